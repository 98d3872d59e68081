using System.Net;
using System.Net.Sockets;
using MfaGateway.Lab.Estate;

namespace MfaGateway.IntegrationTests.Lab;

public sealed class LabPortsTests
{
    [Fact]
    public void addresses_follow_from_one_port()
    {
        var ports = new LabPorts(8443, 2);

        Assert.Equal("https://localhost:8443/", ports.Gateway.AbsoluteUri);
        Assert.Equal("https://127.0.0.1:8444/", ports.IdentityProvider.AbsoluteUri);
        Assert.Equal("http://127.0.0.1:8445/", ports.Management.AbsoluteUri);
        Assert.Equal(["https://127.0.0.1:8453/", "https://127.0.0.1:8454/"], ports.Exchange.Select(address => address.AbsoluteUri));
    }

    [Theory]
    [InlineData(1, "the identity provider")]
    [InlineData(11, "Exchange server 1")]
    public void a_port_that_somebody_listens_on_is_named_with_its_purpose(int offset, string purpose)
    {
        var ports = LabPorts.FindFree(3);
        using var somebody = new TcpListener(IPAddress.Loopback, ports.Port + offset);
        somebody.Start();

        Assert.Equal([(ports.Port + offset, purpose)], ports.Taken());
    }

    [Fact]
    public void a_listener_on_the_other_loopback_counts_too()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        var ports = LabPorts.FindFree(1);
        using var somebody = new TcpListener(IPAddress.IPv6Loopback, ports.Port);
        somebody.Start();

        Assert.Equal([(ports.Port, "the gateway")], ports.Taken());
    }

    [Fact]
    public void the_largest_port_leaves_room_for_all_servers()
    {
        var ports = new LabPorts(LabPorts.Largest(3), 3);

        Assert.Equal(IPEndPoint.MaxPort, ports.Exchange[^1].Port);
    }
}
