using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>Clients that take their time lose the connection, and people work on meanwhile.</summary>
public sealed class SlowClientTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(25);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task headers_that_come_a_letter_at_a_time_are_cut_off_when_their_time_is_up()
    {
        await using var network = await StartAsync();
        var user = await BusyUser.SignInAsync(network);

        var answers = await user.DuringAsync("50 connections with slow headers", () => Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            await using var stream = await network.ConnectAsync(Cancel);
            return await TrickleAsync(stream, "GET / HTTP/1.1\r\nHost: mail.contoso.com\r\nX-Slow: ");
        })));

        Assert.All(answers, answer => Assert.True(answer is "" or "HTTP/1.1 408 Request Timeout", answer));
    }

    [Fact]
    public async Task a_body_that_comes_slower_than_it_must_is_cut_off()
    {
        await using var network = await StartAsync(bytesPerSecond: 10_000);
        var user = await BusyUser.SignInAsync(network);

        var answers = await user.DuringAsync("20 connections with slow bodies", () => Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            await using var stream = await network.ConnectAsync(Cancel);
            return await TrickleAsync(stream, "POST /.gateway/signin-oidc/oidc HTTP/1.1\r\nHost: mail.contoso.com\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nstate=", letters: 50); // 500 a second, which Kestrel would bear
        })));

        Assert.All(answers, answer => Assert.True(answer is "" || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), answer));
    }

    [Fact]
    public async Task who_does_not_take_an_answer_that_is_ready_is_cut_off_and_Exchange_is_let_go()
    {
        await using var network = await StartAsync(bytesPerSecond: 1_000_000);
        var user = await BusyUser.SignInAsync(network);
        var reader = await network.SignedInBrowserAsync();
        var download = new PatternStream(200_000_000_000, knowsLength: false); // without an end: on a busy machine gigabytes run into the cut connection before it is noticed
        network.Exchange.Answer = received => received.Target.Contains("large", StringComparison.Ordinal) ? new HttpResponseMessage { Content = new StreamContent(download) } : null;

        var read = await user.DuringAsync("a reader that does not read", async () =>
        {
            await using var stream = await network.ConnectAsync(Cancel);
            var cookie = reader.Cookies.Find("__Host-mfagw")!.Value;
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /owa/attachment.ashx?large HTTP/1.1\r\nHost: mail.contoso.com\r\nCookie: __Host-mfagw={cookie}\r\n\r\n"), Cancel);
            await download.Closed.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
            return download.Position;
        });

        Assert.InRange(read, 1, 199_999_999_999);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET /.gateway/session HTTP/1.1\r\nHost: mail.contoso.com\r\n\r\n")]
    public async Task a_connection_on_which_nothing_more_is_said_is_closed_when_its_time_is_up(string said)
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Configuration = gateway => gateway["Limits"]!["KeepAliveTimeout"] = "00:00:01" });
        await using var stream = await network.ConnectAsync(Cancel);

        await stream.WriteAsync(Encoding.ASCII.GetBytes(said), Cancel);

        await stream.CopyToAsync(Stream.Null, Cancel).WaitAsync(_patience, Cancel); // until it ends
    }

    [Fact]
    public async Task thousands_of_idle_connections_disturb_nobody()
    {
        var crowd = Environment.GetEnvironmentVariable("MFAGW_IDLE") is { } wanted ? int.Parse(wanted, System.Globalization.CultureInfo.InvariantCulture) : 500;
        await using var network = await StartAsync();
        var user = await BusyUser.SignInAsync(network);
        var (connections, before) = (new List<Socket>(), Memory());
        for (var n = 0; n < crowd; n++)
        {
            var connection = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            connection.Bind(new IPEndPoint(IPAddress.Parse($"127.0.0.{2 + (n % 8)}"), 0));
            await connection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, network.Port), Cancel);
            connections.Add(connection);
        }

        await user.DuringAsync($"{crowd} idle connections", () => Task.Delay(TimeSpan.FromSeconds(1), Cancel).ContinueWith(_ => true, TaskScheduler.Default));

        TestContext.Current.SendDiagnosticMessage($"{crowd} idle connections take {(Memory() - before) / crowd} bytes each, with their other end in this process");
        Assert.DoesNotContain(connections, connection => connection.Poll(0, SelectMode.SelectRead)); // none was closed
        foreach (var connection in connections) connection.Dispose();
    }

    private static long Memory()
    {
        GC.Collect();
        return Environment.WorkingSet;
    }

    private static Task<SimulatedNetwork> StartAsync(int bytesPerSecond = 240) => SimulatedNetwork.StartAsync(new NetworkSetup
    {
        Configuration = gateway => (gateway["Limits"]!["HeaderTimeout"], gateway["Limits"]!["MinimumBytesPerSecond"]) = ("00:00:02", bytesPerSecond),
    });

    /// <summary>Sends this and then some letters ten times a second, until the gateway answers or ends; the first line of the answer. Gives up before limits end it that nobody set: Kestrel's own are half a
    /// minute.</summary>
    private static async Task<string> TrickleAsync(Stream stream, string begin, int letters = 1)
    {
        var (watch, more) = (Stopwatch.StartNew(), Enumerable.Repeat((byte)'a', letters).ToArray());
        using var reader = new StreamReader(stream, leaveOpen: true);
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(begin), Cancel);
            var answer = reader.ReadLineAsync(Cancel).AsTask();
            while (await Task.WhenAny(answer, Task.Delay(100, Cancel)) != answer)
            {
                if (watch.Elapsed > _patience) return "nothing: the gateway waits";
                await stream.WriteAsync(more, Cancel);
            }

            return await answer ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
