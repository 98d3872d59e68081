using MfaGateway.Limits;

namespace MfaGateway.Tests.Limits;

public class DescriptorReserveTests
{
    [Theory]
    [InlineData(0, 1_024, true)]
    [InlineData(895, 1_024, true)]
    [InlineData(896, 1_024, false)]
    [InlineData(47, 64, true)]
    [InlineData(48, 64, false)]
    [InlineData(1_000_000, long.MaxValue, true)]
    public void An_eighth_of_the_descriptors_but_at_least_sixteen_is_kept(long descriptor, long limit, bool admitted) =>
        Assert.Equal(admitted, DescriptorReserve.Admits(descriptor, limit));

    [Theory]
    [InlineData("Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 524288               files     \n", 1_024L)]
    [InlineData("Max open files            unlimited            unlimited            files     \n", null)]
    [InlineData("Max processes             127                  127                  processes \n", null)]
    [InlineData("", null)]
    public void The_limit_is_read_as_the_kernel_writes_it(string limits, long? expected) => Assert.Equal(expected, DescriptorReserve.SoftLimit(limits));
}
