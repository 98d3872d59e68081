using System.Net.Security;
using System.Text.Json;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Wire;

/// <summary>A connection that was opened for another name (RFC 9110, 15.5.20).</summary>
public sealed class ServerNameTests(WireEstate estate, BalancedWireEstate balanced) : IClassFixture<WireEstate>, IClassFixture<BalancedWireEstate>
{
    [Fact]
    public async Task a_request_over_a_connection_for_another_name_is_sent_to_a_connection_of_its_own()
    {
        estate.Exchange.Clear();

        var (status, audited) = await AskAsync(estate, "autodiscover.contoso.com");

        Assert.Equal(421, status);
        Assert.Equal(("attack-refused", "misdirected-request"), audited);
        Assert.Empty(estate.Exchange.Requests);
    }

    [Fact]
    public async Task the_same_goes_for_HTTP_2()
    {
        await using var wire = await estate.ConnectHttp2Async("autodiscover.contoso.com");

        var replies = await wire.SendAllAsync([Http2Wire.Request("GET", "/owa/?n=1", [("cookie", estate.Session)])]);

        Assert.Equal(421, Assert.Single(replies).Status);
    }

    [Theory]
    [InlineData("MAIL.contoso.com")]
    [InlineData("127.0.0.1")]
    public async Task a_name_in_other_letters_and_none_are_served(string name)
    {
        var (status, _) = await AskAsync(estate, name);

        Assert.Equal(200, status);
    }

    [Theory]
    [InlineData("X-Forwarded-For: 203.0.113.7\r\n")]
    [InlineData("X-Forwarded-For: unknown\r\n")]
    [InlineData("")]
    public async Task a_balancer_asks_for_the_name_it_knows_the_node_by(string forwarded)
    {
        var (status, _) = await AskAsync(balanced, "gateway1.corp.contoso.com", forwarded);

        Assert.Equal(200, status);
    }

    [Theory]
    [InlineData("X-Forwarded-For: 203.0.113.7\r\n")]
    [InlineData("X-Original-For: 127.0.0.1\r\n")]
    public async Task whoever_is_no_listed_balancer_gains_nothing_by_forwarding(string forwarded)
    {
        var (status, _) = await AskAsync(estate, "gateway1.corp.contoso.com", forwarded);

        Assert.Equal(421, status);
    }

    [Fact]
    public async Task a_public_name_with_letters_beyond_ASCII_is_told_by_its_form_in_DNS()
    {
        const string name = "post.xn--mller-kva.example";
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Tls = true, Configuration = gateway => gateway["PublicOrigin"] = "https://post.müller.example" });
        await using var connection = await WireEstate.ConnectAsync(network, SslApplicationProtocol.Http11, name);

        var reply = Assert.Single(await RawConnection.TalkAsync(connection, $"GET /.gateway/session HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n"));

        Assert.Equal(401, reply.Status); // nobody is signed in
    }

    [Theory]
    [InlineData("xn--99999999999.contoso.com")] // stands for no letters
    [InlineData("mail.contoso.com.")]
    [InlineData("mail.contoso.com:8443")]
    public async Task another_host_is_refused(string host)
    {
        await using var connection = await estate.ConnectAsync();

        var reply = Assert.Single(await RawConnection.TalkAsync(connection, $"GET /owa/ping.owa HTTP/1.1\r\nHost: {host}\r\nCookie: {estate.Session}\r\nConnection: close\r\n\r\n"));

        Assert.Equal(400, reply.Status);
        Assert.Equal("wrong-host", estate.Network.Audit.Of(JsonElement.Parse(reply.Body).GetProperty("reference").GetString()!)["gateway.reason"]);
    }

    [Fact]
    public async Task a_probe_of_health_may_come_under_any_name()
    {
        await using var connection = await estate.ConnectAsync("gateway1.corp.contoso.com");

        var reply = Assert.Single(await RawConnection.TalkAsync(connection, "GET /.gateway/health/live HTTP/1.1\r\nHost: gateway1\r\nConnection: close\r\n\r\n"));

        Assert.Equal(200, reply.Status);
    }

    private static async Task<(int Status, (string? Action, string? Reason) Audited)> AskAsync(WireEstate estate, string name, string more = "")
    {
        await using var connection = await estate.ConnectAsync(name);
        var reply = Assert.Single(await RawConnection.TalkAsync(
            connection, $"GET /owa/ping.owa?n=1 HTTP/1.1\r\nHost: mail.contoso.com\r\nCookie: {estate.Session}\r\n{more}Connection: close\r\n\r\n"));
        if (reply.Status == 200) return (200, default);
        var line = estate.Network.Audit.Of(JsonElement.Parse(reply.Body).GetProperty("reference").GetString()!);
        return (reply.Status, (line["event.action"], line["gateway.reason"]));
    }
}

/// <summary>The same, with a balancer on this machine that speaks TLS to the gateway.</summary>
public sealed class BalancedWireEstate : WireEstate
{
    private protected override void Configure(JsonObject gateway) => gateway["ForwardedHeaders"] = new JsonObject { ["KnownProxies"] = new JsonArray("127.0.0.1") };
}
