using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>What only a real connection to Exchange shows.</summary>
public sealed class ExchangeConnectionTests
{
    [Fact]
    public async Task a_post_without_body_is_never_sent_twice_when_a_kept_connection_breaks()
    {
        await using var exchange = new ClosingServer();
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { RealExchange = exchange.Origin });
        var alice = await network.SignedInBrowserAsync(); // leaves a connection that is kept

        var answer = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=SendItem", null, ("X-OWA-UrlPostData", "%7B%22mail%22%3A1%7D"));

        Assert.Equal(HttpStatusCode.BadGateway, answer.Status);
        Assert.Equal(1, exchange.Posts);
    }
}
