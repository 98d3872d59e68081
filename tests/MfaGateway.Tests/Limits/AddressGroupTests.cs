using System.Net;
using MfaGateway.Limits;

namespace MfaGateway.Tests.Limits;

public class AddressGroupTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    public void Who_has_a_whole_64_is_one_sender(string one, string other, bool same) =>
        Assert.Equal(same, AddressGroup.Of(IPAddress.Parse(one)) == AddressGroup.Of(IPAddress.Parse(other)));
}
