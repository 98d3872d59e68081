using System.Net;
using System.Text;
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

    [Fact]
    public async Task letters_beyond_ASCII_in_a_header_arrive_as_they_were_sent()
    {
        await using var exchange = await LoopbackServer.StartAsync();
        var received = "";
        exchange.Handler = context =>
        {
            if (context.Request.Path == "/owa/attachment.ashx") received = context.Request.Headers.Cookie.ToString();
            return Task.FromResult(true);
        };
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { RealExchange = exchange.Origin });
        var alice = await network.SignedInBrowserAsync();
        var cookies = $"__Host-mfagw={alice.Cookies.Find("__Host-mfagw")!.Value}; name=Grüße";

        var answer = await RawConnection.GetAsync(network, "/owa/attachment.ashx", $"Cookie: {Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(cookies))}");

        Assert.Equal(200, answer.Status);
        Assert.Equal("name=Grüße", received);
    }

    [Fact]
    public async Task letters_beyond_ASCII_in_an_answer_s_header_arrive_as_they_were_sent()
    {
        await using var exchange = await LoopbackServer.StartAsync();
        exchange.Handler = context =>
        {
            if (context.Request.Path == "/owa/attachment.ashx") context.Response.Headers.ContentDisposition = "attachment; filename=\"Grüße.pdf\"";
            return Task.FromResult(true);
        };
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { RealExchange = exchange.Origin });
        var alice = await network.SignedInBrowserAsync();

        var answer = await RawConnection.GetAsync(network, "/owa/attachment.ashx", $"Cookie: __Host-mfagw={alice.Cookies.Find("__Host-mfagw")!.Value}");

        Assert.Equal(200, answer.Status);
        Assert.Contains("filename=\"Grüße.pdf\"", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(answer.Head)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task headers_of_tracing_bring_nothing_of_the_browser_to_Exchange()
    {
        await using var exchange = await LoopbackServer.StartAsync();
        var received = new List<string>();
        exchange.Handler = context =>
        {
            if (context.Request.Path == "/owa/attachment.ashx") received.AddRange(context.Request.Headers.Select(h => $"{h.Key}: {h.Value}"));
            return Task.FromResult(true);
        };
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { RealExchange = exchange.Origin });
        var alice = await network.SignedInBrowserAsync();

        await RawConnection.GetAsync(
            network, "/owa/attachment.ashx", $"Cookie: __Host-mfagw={alice.Cookies.Find("__Host-mfagw")!.Value}",
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate: mark=CONFIDENTIAL", "baggage: user=CONFIDENTIAL", "Correlation-Context: user=CONFIDENTIAL");

        Assert.NotEmpty(received);
        Assert.DoesNotContain(received, header => header.Contains("CONFIDENTIAL", StringComparison.Ordinal) || header.Contains("0af7651916cd43dd", StringComparison.Ordinal));
    }
}
