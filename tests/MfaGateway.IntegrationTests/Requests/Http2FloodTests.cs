using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>Floods of HTTP/2 frames: the attacker loses the connection, people work on.</summary>
public sealed class Http2FloodTests
{
    private const int Connections = 4;
    private const int Most = 100_000;

    /// <summary>Less than Kestrel has by itself, so that it is our limits that end something.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(25);

    private static readonly byte[] _owa = RawHttp2.Block("GET", "/owa/");

    [Fact]
    public async Task streams_that_are_opened_and_reset_at_once_end_the_connection()
    {
        await using var network = await StartAsync();

        var attacks = await AttackAsync(network, "rapid reset (CVE-2023-44487)", (stream, _) =>
            [.. RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndStream | RawHttp2.EndHeaders, stream, _owa), .. RawHttp2.Frame(RawHttp2.ResetStream, 0, stream, 0, 0, 0, 8)]);

        Assert.All(attacks, sent => Assert.InRange(sent, 1, Most - 1));
    }

    [Theory]
    [InlineData("settings flood (CVE-2019-9515)")]
    [InlineData("ping flood (CVE-2019-9512)")]
    [InlineData("priority flood (CVE-2019-9513)")]
    public async Task frames_without_work_end_the_connection(string flood)
    {
        await using var network = await StartAsync();
        byte[] frame = flood[..4] switch
        {
            "sett" => RawHttp2.Frame(RawHttp2.Settings, 0, 0, 0, 4, 0, 1, 0, 0),
            "ping" => RawHttp2.Frame(RawHttp2.Ping, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8),
            _ => RawHttp2.Frame(RawHttp2.Priority, 0, 1, 0, 0, 0, 0, 16),
        };
        var batch = Enumerable.Repeat(frame, 50).SelectMany(bytes => bytes).ToArray();

        var attacks = await AttackAsync(network, flood, (_, _) => batch, Most);

        Assert.All(attacks, sent => Assert.InRange(sent, 3_000 / 50, Most - 1)); // what the sender's and the receiver's buffers hold is sent, not read
        Assert.Equal(1, network.Log.CountOf("carry no work"));
    }

    [Fact]
    public async Task frames_of_a_listed_balancer_are_not_counted()
    {
        await using var network = await StartAsync(gateway => gateway["ForwardedHeaders"] = new JsonObject { ["KnownProxies"] = new JsonArray("127.0.0.1") });
        await using var connection = await RawHttp2.ConnectAsync(network);

        var sent = await connection.FloodAsync(_ => RawHttp2.Frame(RawHttp2.Priority, 0, 1, 0, 0, 0, 0, 16), 10_000);
        await connection.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndStream | RawHttp2.EndHeaders, 3, _owa));

        Assert.Equal((10_000, RawHttp2.Headers), (sent, await connection.AnswerOrEndAsync(3)));
    }

    [Fact]
    public async Task a_header_that_goes_on_in_further_frames_without_end_ends_the_connection()
    {
        await using var network = await StartAsync();
        using var more = new MemoryStream();
        RawHttp2.WriteLiteral(more, "x-more", new string('a', 4_000));
        var field = more.ToArray();

        var attacks = await AttackAsync(network, "continuation flood (CVE-2024-27316)", (_, n) =>
            n == 0 ? RawHttp2.Frame(RawHttp2.Headers, 0, 1, _owa) : RawHttp2.Frame(RawHttp2.Continuation, 0, 1, field));

        Assert.All(attacks, sent => Assert.InRange(sent, 1, Most - 1));
    }

    [Fact]
    public async Task a_header_that_goes_on_in_empty_frames_is_cut_off_when_its_time_is_up()
    {
        await using var network = await StartAsync(gateway => (gateway["Limits"]!["HeaderTimeout"], gateway["Limits"]!["IdleFramesPerMinute"]) = ("00:00:01", 10_000_000)); // the time, not their number
        await using var connection = await RawHttp2.ConnectAsync(network);
        await connection.SendAsync(RawHttp2.Frame(RawHttp2.Headers, 0, 1, _owa));
        var sent = Task.Run(() => connection.FloodAsync(_ => RawHttp2.Frame(RawHttp2.Continuation, 0, 1), int.MaxValue), TestContext.Current.CancellationToken);

        Assert.Null(await connection.AnswerOrEndAsync(1).WaitAsync(_patience, TestContext.Current.CancellationToken));
        await sent;
    }

    [Fact]
    public async Task a_body_of_empty_frames_is_cut_off_when_its_time_is_up()
    {
        await using var network = await StartAsync(gateway => gateway["Limits"]!["IdleFramesPerMinute"] = 10_000_000); // the time, not their number
        await using var connection = await RawHttp2.ConnectAsync(network);
        var post = RawHttp2.Block("POST", "/.gateway/signin-oidc/oidc", ("content-type", "application/x-www-form-urlencoded"));
        await connection.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, 1, post));
        var stop = new CancellationTokenSource();
        var sent = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested && await connection.FloodAsync(_ => RawHttp2.Frame(RawHttp2.Data, 0, 1), 10) == 10) await Task.Delay(1);
            },
            TestContext.Current.CancellationToken);

        var answer = await connection.AnswerOrEndAsync(1).WaitAsync(_patience, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await sent;

        Assert.True(answer is null or RawHttp2.ResetStream or RawHttp2.Headers, $"{answer}"); // the stream is refused or the connection ends
        Assert.Empty(network.Exchange.Requests);
    }

    [Fact]
    public async Task a_header_larger_than_the_bound_never_arrives()
    {
        await using var network = await StartAsync();
        var alice = await network.SignedInBrowserAsync(); // for whom it would arrive
        var before = network.Exchange.Requests.Count;
        await using var connection = await RawHttp2.ConnectAsync(network);
        using var block = new MemoryStream();
        block.Write(RawHttp2.Block("GET", "/owa/", ("cookie", $"__Host-mfagw={alice.Cookies.Find("__Host-mfagw")!.Value}")));
        for (var n = 0; n < 17; n++) RawHttp2.WriteLiteral(block, $"x-more-{n}", new string('a', 4_000));
        var bytes = block.ToArray();
        List<byte[]> frames = [RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndStream, 1, bytes.AsSpan(0, 16_000))];
        for (var from = 16_000; from < bytes.Length; from += 16_000)
        {
            var part = bytes.AsSpan(from, Math.Min(16_000, bytes.Length - from));
            frames.Add(RawHttp2.Frame(RawHttp2.Continuation, from + part.Length == bytes.Length ? RawHttp2.EndHeaders : (byte)0, 1, part));
        }

        await connection.FloodAsync(n => frames[n], frames.Count);

        Assert.True(await connection.AnswerOrEndAsync(1) is null or RawHttp2.Headers); // cut off, or told so (431)
        Assert.Equal(before, network.Exchange.Requests.Count);
    }

    [Fact]
    public async Task more_streams_at_once_than_allowed_are_refused()
    {
        await using var network = await StartAsync();
        await using var connection = await RawHttp2.ConnectAsync(network);
        var post = RawHttp2.Block("POST", "/.gateway/signin-oidc/oidc", ("content-type", "application/x-www-form-urlencoded"));
        for (var n = 0; n < 100; n++) await connection.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, 1 + (2 * n), post));

        await connection.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, 201, post));

        Assert.Equal(RawHttp2.ResetStream, await connection.AnswerOrEndAsync(201).WaitAsync(_patience, TestContext.Current.CancellationToken));
    }

    private static Task<SimulatedNetwork> StartAsync(Action<JsonObject>? configuration = null) => SimulatedNetwork.StartAsync(new NetworkSetup { Tls = true, Configuration = configuration });

    /// <summary>Floods over several connections while somebody works; how many frames each could send.</summary>
    private static async Task<int[]> AttackAsync(SimulatedNetwork network, string name, Func<int, int, byte[]> frame, int most = Most)
    {
        var user = await BusyUser.SignInAsync(network);
        return await user.DuringAsync(name, () => Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            await using var connection = await RawHttp2.ConnectAsync(network);
            var sent = await connection.FloodAsync(n => frame(1 + (2 * n), n), most);
            TestContext.Current.SendDiagnosticMessage($"{name}: sent {sent} times of at most {most}");
            return sent;
        }))));
    }
}
