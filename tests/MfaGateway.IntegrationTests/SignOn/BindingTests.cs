using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignOn;

/// <summary>A token is tied to the TLS connection that it travels on; these servers take no other.</summary>
public sealed class BindingTests
{
    [Fact]
    public async Task a_token_tied_to_another_certificate_is_refused()
    {
        await using var estate = await KerberosEstate.StartAsync();
        estate.Server.ExpectedBinding = [.. "tls-server-end-point:"u8, .. new byte[32]];

        var page = await estate.Network.NewBrowser().OpenAsync("/owa/");

        Assert.Equal(HttpStatusCode.BadGateway, page.Status);
        Assert.Equal("server-refused", estate.Network.Audit.Of(page.Reference)["gateway.reason"]);
    }

    [Fact]
    public async Task servers_with_different_certificates_each_get_a_token_for_their_own()
    {
        await using var estate = await KerberosEstate.StartAsync(servers: 2);
        estate.Servers[1].Certificate = TestCertificate.Another;

        for (var n = 0; n < 20; n++)
        {
            var browser = await estate.SignedInAsync($"user{n}@contoso.com");
            Assert.Equal($"user{n}@contoso.com", (await browser.FetchAsync(HttpMethod.Get, "/owa/ping.owa")).Body);
        }

        Assert.All(estate.Servers, server => Assert.NotEmpty(server.Requests)); // chosen by chance: all on one server once in half a million runs
        Assert.All(estate.Servers.SelectMany(server => server.Requests), request => Assert.NotNull(request.User));
    }

    [Fact]
    public async Task a_certificate_renewed_between_two_connections_changes_the_token()
    {
        await using var estate = await KerberosEstate.StartAsync();
        var alice = await estate.SignedInAsync("alice@contoso.com");
        estate.Server.Certificate = TestCertificate.Another;

        var bob = await estate.SignedInAsync("bob@contoso.com"); // a new connection
        var old = await alice.FetchAsync(HttpMethod.Get, "/owa/ping.owa"); // the old one

        Assert.Equal("alice@contoso.com", old.Body);
        Assert.Equal("bob@contoso.com", (await bob.FetchAsync(HttpMethod.Get, "/owa/ping.owa")).Body);
        Assert.All(estate.Server.Requests, request => Assert.NotNull(request.User));
        Assert.Equal(0, estate.Realm.Renewals);
    }

    [Fact]
    public async Task a_server_with_a_certificate_that_nobody_trusts_gets_no_token()
    {
        await using var estate = await KerberosEstate.StartAsync();
        estate.Server.Certificate = TestCertificate.Untrusted;

        var page = await estate.Network.NewBrowser().OpenAsync("/owa/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Equal(0, estate.Realm.TokensMade);
        Assert.Empty(estate.Server.Requests);
    }
}
