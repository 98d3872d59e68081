using System.Net;
using MfaGateway.IntegrationTests.Simulation;
using MfaGateway.SignOn.Kerberos;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MfaGateway.IntegrationTests.SignOn;

/// <summary>Connections that a server closes: what may be sent again, and that it is sent with a token of its own.</summary>
public sealed class BrokenConnectionTests
{
    private const string Read = "/owa/ping.owa";

    [Fact]
    public async Task a_read_over_a_connection_that_the_server_has_closed_goes_over_a_new_one_with_a_token_of_its_own()
    {
        await using var estate = await KerberosEstate.StartAsync();
        var alice = await estate.SignedInAsync("alice@contoso.com");
        await CloseAfterAsync(estate, alice);

        var answer = await alice.FetchAsync(HttpMethod.Get, Read);

        Assert.Equal("alice@contoso.com", answer.Body);
        Assert.True(estate.Server.Requests.Last().WithToken);
        Assert.Equal(1, estate.Connections);
    }

    [Fact]
    public async Task a_post_over_a_connection_that_the_server_has_closed_goes_over_a_new_one_because_nothing_of_it_was_sent()
    {
        await using var estate = await KerberosEstate.StartAsync();
        var alice = await estate.SignedInAsync("alice@contoso.com");
        await CloseAfterAsync(estate, alice);

        var answer = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc", new StringContent("{}"));

        Assert.Equal("alice@contoso.com", answer.Body);
        Assert.Single(estate.Server.Requests, request => request.Method == "POST");
    }

    [Fact]
    public async Task a_connection_that_waited_after_a_refused_ticket_is_no_worse_than_another()
    {
        await using var estate = await KerberosEstate.StartAsync();
        estate.Realm.Refuse = _ => SignOnFailure.KdcUnreachable;
        var alice = estate.Network.NewBrowser();
        await alice.OpenAsync("/owa/");
        Assert.Equal(1, estate.Connections);
        estate.Realm.Refuse = null;

        var answer = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc", new StringContent("{}"));

        Assert.Equal("alice@contoso.com", answer.Body);
        Assert.Equal(1, estate.Connections);
    }

    [Fact]
    public async Task a_server_that_keeps_no_connections_gets_a_new_one_and_a_token_for_each_request()
    {
        await using var estate = await KerberosEstate.StartAsync();
        estate.Server.Answer = (context, _) =>
        {
            context.Response.Headers.Connection = "close";
            return Task.FromResult(false);
        };
        var alice = await estate.SignedInAsync("alice@contoso.com");

        for (var n = 0; n < 3; n++) Assert.Equal("alice@contoso.com", (await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc", new StringContent("{}"))).Body);

        Assert.Equal(4, estate.Server.Requests.Select(request => request.Connection).Distinct().Count());
        Assert.All(estate.Server.Requests, request => Assert.True(request.WithToken));
    }

    [Fact]
    public async Task a_client_that_waits_to_be_told_to_send_its_body_is_told()
    {
        await using var estate = await KerberosEstate.StartAsync();
        var alice = await estate.SignedInAsync("alice@contoso.com");

        var answer = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc", new ByteArrayContent(new byte[100_000]), ("Expect", "100-continue"));

        Assert.Equal("alice@contoso.com", answer.Body);
    }

    [Fact]
    public async Task a_post_that_breaks_off_is_not_repeated()
    {
        await using var estate = await KerberosEstate.StartAsync();
        var alice = await estate.SignedInAsync("alice@contoso.com");
        estate.Server.Answer = (context, _) =>
        {
            context.Abort();
            return Task.FromResult(true);
        };

        var empty = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=SendItem", null, ("X-OWA-UrlPostData", "%7B%22mail%22%3A1%7D"));
        var full = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=SendItem", new StringContent("{}"));

        Assert.Equal([HttpStatusCode.BadGateway, HttpStatusCode.BadGateway], [empty.Status, full.Status]);
        Assert.Equal(2, estate.Server.Requests.Count(request => request.Method == "POST"));
    }

    [Fact]
    public async Task a_server_that_cannot_be_reached_is_left_for_another_and_so_is_one_that_breaks_off_a_read()
    {
        await using var estate = await KerberosEstate.StartAsync(servers: 2);
        var alice = await estate.SignedInAsync("alice@contoso.com");
        var (at, other) = estate.Servers[0].Requests.IsEmpty ? (estate.Servers[1], estate.Servers[0]) : (estate.Servers[0], estate.Servers[1]);
        at.Answer = (context, _) =>
        {
            context.Abort();
            return Task.FromResult(true);
        };

        Assert.Equal("alice@contoso.com", (await alice.FetchAsync(HttpMethod.Get, Read)).Body); // broken off here, answered there
        await other.DisposeAsync();
        at.Answer = null;
        var answer = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc", new StringContent("{}")); // not to be reached there, answered here

        Assert.Equal("alice@contoso.com", answer.Body);
    }

    /// <summary>The server answers one more request and then closes the connection in good order, which the gateway only finds when it uses it.</summary>
    private static async Task CloseAfterAsync(KerberosEstate estate, Browser browser)
    {
        estate.Server.Answer = async (context, user) =>
        {
            await context.Response.WriteAsync(user);
            await context.Response.Body.FlushAsync(); // the headers have gone, and say nothing of it
            context.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().RequestClose();
            return true;
        };
        Assert.Equal("alice@contoso.com", (await browser.FetchAsync(HttpMethod.Get, Read)).Body);
        estate.Server.Answer = null;
        await KerberosEstate.UntilAsync(() => estate.Server.SignedOn == 0);
    }
}
