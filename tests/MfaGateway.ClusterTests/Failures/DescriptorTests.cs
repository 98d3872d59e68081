using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MfaGateway.ClusterTests.Setup;

namespace MfaGateway.ClusterTests.Failures;

/// <summary>Somebody opens connections until the gateway may open nothing more.</summary>
[Collection(FailureTests.Name)]
public sealed class DescriptorTests(FailureLab lab)
{
    private const int Room = 100;
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gateway_without_descriptors_serves_who_is_signed_in_lets_nobody_else_in_and_recovers()
    {
        await using var node = lab.NewNode([]);
        await node.StartAsync();
        using var alice = await lab.SignedInAsync(node);
        using var bob = await lab.SignedInAsync(node);
        using var stranger = lab.NewUser(node);
        using var ended = await lab.SignedInAsync(node);
        await FailureLab.RevokeAsync(node, ended);
        using var door = new HttpClient();
        var ready = new Uri($"http://127.0.0.1:{node.ManagementPort}/health/ready");
        await using var load = new GuardedLoad([alice, bob], [stranger, ended]);
        await Task.Delay(500, Cancel);
        var (before, used) = (node.Log.Length, Directory.GetFiles($"/proc/{node.ProcessId}/fd").Length);

        await LimitAsync(node, used + Room);
        await Task.Delay(TimeSpan.FromSeconds(1.5), Cancel); // the gateway looks every second
        var (begun, busy) = (load.People["200"], Cpu(node));
        var crowd = await CrowdAsync(node.Port, 10 * Room);
        await Task.Delay(TimeSpan.FromSeconds(FailureLab.Long ? 60 : 4), Cancel);
        var during = load.People["200"] - begun;
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(door, ready));
        Assert.InRange(Directory.GetFiles($"/proc/{node.ProcessId}/fd").Length, used, used + Room - 1);
        using var newcomer = lab.NewUser(node);
        Assert.StartsWith("broken", await newcomer.PostAsync(10, Cancel), StringComparison.Ordinal);
        TestContext.Current.SendDiagnosticMessage($"{used} descriptors and {Room} more; {crowd.Count(IsOpen)} of {crowd.Count} connections stayed; people were served {during} times meanwhile; {Cpu(node) - busy} ticks of processor");
        foreach (var connection in crowd) connection.Dispose();

        await Eventually.Async(async () => await newcomer.PostAsync(10, Cancel) is "440", Recovery);
        await Eventually.Async(() => Task.FromResult(LogLines.Count(node.Log, "descriptors for new connections again") == 1), Recovery);
        using var carol = await lab.SignedInAsync(node);
        Assert.Equal("200", await carol.PostAsync(10, Cancel));
        await load.StopAsync();
        load.ExpectNoFalseAnswer();
        Assert.True(during > 20, $"People were served {during} times.");
        Assert.Null(node.ExitCode);
        var said = node.Log[before..];
        Assert.Equal((2, 1), (LogLines.Problems(said), LogLines.Count(said, "descriptors this process may have are in use"))); // when it began and when it was over
    }

    /// <summary>Opens connections that send nothing, from several addresses as a crowd does.</summary>
    private static async Task<List<Socket>> CrowdAsync(int port, int size)
    {
        var crowd = new List<Socket>();
        for (var n = 0; n < size; n++)
        {
            var connection = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            connection.Bind(new IPEndPoint(IPAddress.Parse($"127.0.0.{2 + (n % 8)}"), 0));
            crowd.Add(connection);
            try
            {
                await connection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), Cancel);
            }
            catch (SocketException)
            {
                // closed already
            }
        }

        return crowd;
    }

    private static bool IsOpen(Socket connection) => connection.Connected && !connection.Poll(0, SelectMode.SelectRead);

    private static long Cpu(Node node)
    {
        var fields = File.ReadAllText($"/proc/{node.ProcessId}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture); // utime and stime (proc(5))
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient door, Uri address)
    {
        using var answer = await door.GetAsync(address, Cancel);
        return answer.StatusCode;
    }

    private static async Task LimitAsync(Node node, int limit)
    {
        using var prlimit = Process.Start("prlimit", ["--pid", $"{node.ProcessId}", $"--nofile={limit}:"]);
        await prlimit.WaitForExitAsync(Cancel);
        Assert.Equal(0, prlimit.ExitCode);
    }
}
