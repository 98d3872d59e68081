using System.Net;
using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy.Conditions;

/// <summary>The conditions that look at the client's address: source and network.</summary>
public class NetworkConditionTests
{
    private static Match Says(string when, string? source) => Policies.PermitWhen(when)
        .Explain(Policies.Request() with { Source = source is null ? null : IPAddress.Parse(source) }).Rules[0].Conditions[0].Says;

    [Theory]
    [InlineData("10.0.0.0", Match.Yes)]
    [InlineData("10.255.255.255", Match.Yes)]
    [InlineData("11.0.0.0", Match.No)]
    [InlineData("192.0.2.7", Match.Yes)]
    [InlineData("192.0.2.8", Match.No)]
    [InlineData("2001:db8::1", Match.Yes)]
    [InlineData("2001:db9::1", Match.No)]
    [InlineData("::ffff:10.1.2.3", Match.Yes)]
    [InlineData("::ffff:11.1.2.3", Match.No)]
    [InlineData("::10.1.2.3", Match.No)]
    public void Source_is_in_a_listed_network(string source, Match expected) =>
        Assert.Equal(expected, Says(""" "source": ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32"] """, source));

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("::ffff:10.1.2.3")]
    public void A_network_written_in_ipv4_mapped_form_means_its_ipv4_form(string source) =>
        Assert.Equal(Match.Yes, Says(""" "source": ["::ffff:10.0.0.0/104"] """, source));

    [Fact]
    public void Every_ipv6_address_does_not_mean_every_ipv4_address()
    {
        Assert.Equal(Match.No, Says(""" "source": ["::/0"] """, "10.1.2.3"));
        Assert.Equal(Match.Yes, Says(""" "source": ["::/0"] """, "2001:db8::1"));
        Assert.Equal(Match.Yes, Says(""" "source": ["0.0.0.0/0"] """, "203.0.113.9"));
    }

    [Theory]
    [InlineData("10.1.2.3", Match.Yes)]
    [InlineData("203.0.113.9", Match.No)]
    public void Network_is_looked_up_by_name_whatever_its_case(string source, Match expected) =>
        Assert.Equal(expected, Says(""" "network": ["Intranet"] """, source));

    [Theory]
    [InlineData(""" "source": ["0.0.0.0/0"] """)]
    [InlineData(""" "network": ["intranet"] """)]
    public void An_unknown_address_is_an_error_and_not_outside(string when) => Assert.Equal(Match.Error, Says(when, null));
}
