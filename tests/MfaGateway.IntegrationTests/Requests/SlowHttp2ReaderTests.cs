using System.Collections.Concurrent;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>Clients of HTTP/2 decide by windows how much of an answer they get (RFC 9113, 5.2). Who opens none, or hardly any, for a long answer holds little of the gateway, and not for ever.</summary>
public sealed class SlowHttp2ReaderTests
{
    /// <summary>What the gateway takes of one answer from Exchange for somebody who takes nothing of it: a buffer of 64 KiB of the forwarder and one of the server.</summary>
    private const long MostHeld = 2 * 65_536;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task who_opens_no_window_for_a_long_answer_is_cut_off_and_Exchange_is_let_go()
    {
        await using var network = await StartAsync();
        var (user, downloads) = (await BusyUser.SignInAsync(network), Downloads(network));
        await using var connection = await RawHttp2.ConnectAsync(network, RawHttp2.NoWindow);

        var held = await user.DuringAsync("a reader of HTTP/2 without a window", async () =>
        {
            await connection.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndStream | RawHttp2.EndHeaders, 1, await AskAsync(network)));
            var taken = await TakenAsync(downloads, 1);
            await connection.EndAsync().WaitAsync(TimeSpan.FromSeconds(60), Cancel);
            await downloads.Single().Closed.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
            return taken;
        });

        Assert.InRange(Assert.Single(held), 1, MostHeld);
    }

    [Fact]
    public async Task who_asks_for_as_many_long_answers_as_he_may_and_takes_nothing_makes_the_gateway_hold_little_and_is_cut_off()
    {
        await using var network = await StartAsync();
        var (user, downloads, ask) = (await BusyUser.SignInAsync(network), Downloads(network), await AskAsync(network));
        await using var connection = await RawHttp2.ConnectAsync(network, RawHttp2.NoWindow);

        var held = await user.DuringAsync("100 answers of HTTP/2 without a window", async () =>
        {
            for (var n = 0; n < 100; n++) await connection.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndStream | RawHttp2.EndHeaders, 1 + (2 * n), ask));
            var taken = await TakenAsync(downloads, 100);
            await connection.EndAsync().WaitAsync(TimeSpan.FromSeconds(60), Cancel);
            await Task.WhenAll(downloads.Select(download => download.Closed)).WaitAsync(TimeSpan.FromSeconds(60), Cancel);
            return taken;
        });

        Assert.Equal(100, held.Length);
        Assert.All(held, taken => Assert.InRange(taken, 0, MostHeld));
        TestContext.Current.SendDiagnosticMessage($"100 answers that nobody took: {held.Sum()} bytes of Exchange's");
    }

    /// <summary>Each byte that he takes gives him five seconds more, so the server's own limit never ends this: what ends it is that the forwarder comes no further.</summary>
    [Fact]
    public async Task who_takes_a_byte_now_and_then_is_cut_off_when_the_answer_came_no_further_for_too_long()
    {
        await using var network = await StartAsync(activity: TimeSpan.FromSeconds(10));
        var (user, downloads) = (await BusyUser.SignInAsync(network), Downloads(network));
        await using var connection = await RawHttp2.ConnectAsync(network, RawHttp2.NoWindow);

        await user.DuringAsync("a reader of HTTP/2 who takes a byte now and then", async () =>
        {
            await connection.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndStream | RawHttp2.EndHeaders, 1, await AskAsync(network)));
            var ended = connection.AnswerOrEndAsync(1);
            for (var n = 0; n < 200 && (downloads.IsEmpty || !downloads.Single().Closed.IsCompleted); n++)
            {
                await connection.SendAsync(RawHttp2.Frame(RawHttp2.WindowUpdate, 0, 1, 0, 0, 0, 1));
                await Task.Delay(200, Cancel);
            }

            return await ended.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        });

        Assert.True(downloads.Single().Closed.IsCompleted);
        Assert.InRange(downloads.Single().Position, 1, MostHeld);
    }

    private static Task<SimulatedNetwork> StartAsync(TimeSpan? activity = null) => SimulatedNetwork.StartAsync(new NetworkSetup
    {
        Tls = true,
        Configuration = gateway => gateway["Limits"]!["MinimumBytesPerSecond"] = 1_000_000,
        Options = options => options.Exchange.ActivityTimeout = activity ?? options.Exchange.ActivityTimeout,
    });

    /// <summary>
    /// What the gateway has taken of so many answers from Exchange when it takes no more. Not when it has cut the reader off: between that and the end of the forwarder it reads on into
    /// nothing, and this Exchange of the tests has gigabytes a second.
    /// </summary>
    private static async Task<long[]> TakenAsync(ConcurrentBag<PatternStream> downloads, int answers)
    {
        long[] before = [];
        while (true)
        {
            await Task.Delay(1_000, Cancel);
            long[] taken = [.. downloads.Select(download => download.Position)];
            if (taken.Length == answers && taken.SequenceEqual(before)) return taken;
            before = taken;
        }
    }

    /// <summary>Exchange has 200 MB for whoever asks; the answers it began.</summary>
    private static ConcurrentBag<PatternStream> Downloads(SimulatedNetwork network)
    {
        var begun = new ConcurrentBag<PatternStream>();
        network.Exchange.Answer = received =>
        {
            if (!received.Target.Contains("large", StringComparison.Ordinal)) return null;
            var download = new PatternStream(200_000_000, knowsLength: false);
            begun.Add(download);
            return new HttpResponseMessage { Content = new StreamContent(download) };
        };
        return begun;
    }

    private static async Task<byte[]> AskAsync(SimulatedNetwork network)
    {
        var reader = await network.SignedInBrowserAsync();
        return RawHttp2.Block("GET", "/owa/attachment.ashx?large", ("cookie", $"__Host-mfagw={reader.Cookies.Find("__Host-mfagw")!.Value}"));
    }
}
