using MfaGateway.IntegrationTests.Simulation;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>A laptop that was closed says no word more, and its notification request would wait here and at Exchange for as long as that goes on. So the server asks with a ping (RFC 9113, 6.7).</summary>
public sealed class SilentHttp2ClientTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(45);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task who_has_gone_without_a_word_is_found_out_and_Exchange_is_let_go()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Tls = true,
            Services = services => services.PostConfigure<KestrelServerOptions>(kestrel =>
            {
                var limits = kestrel.Limits.Http2;
                (limits.KeepAlivePingDelay, limits.KeepAlivePingTimeout) = (Faster(limits.KeepAlivePingDelay), Faster(limits.KeepAlivePingTimeout));
            }),
        });
        using var nothing = new PatternStream(1, knowsLength: false) { PauseAt = 0, Until = new TaskCompletionSource().Task };
        network.Exchange.Answer = received => received.Target.Contains("Pending", StringComparison.Ordinal) ? new HttpResponseMessage { Content = new StreamContent(nothing) } : null;
        var handle = (await network.SignedInBrowserAsync()).Cookies.Find("__Host-mfagw")!.Value;
        var ask = RawHttp2.Block("GET", "/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0", ("cookie", $"__Host-mfagw={handle}"));
        await using var connection = await RawHttp2.ConnectAsync(network);
        await connection.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndStream | RawHttp2.EndHeaders, 1, ask));

        await connection.EndAsync().WaitAsync(_patience, Cancel); // takes what comes, and answers nothing

        await nothing.Closed.WaitAsync(_patience, Cancel);
    }

    /// <summary>The server measures by a clock of its own, so a time that the gateway sets is made shorter here; "never" stays "never".</summary>
    private static TimeSpan Faster(TimeSpan time) => time == TimeSpan.MaxValue ? time : time / 20;
}
