using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using MfaGateway.ClusterTests.Setup;

namespace MfaGateway.ClusterTests;

/// <summary>What a gateway tells systemd (sd_notify(3)): the test listens where systemd would.</summary>
[Collection(Cluster.Name)]
public sealed class ServiceManagerTests(Cluster cluster)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gateway_says_when_it_is_ready_that_it_is_alive_and_that_it_is_stopping()
    {
        var folder = Directory.CreateTempSubdirectory("mfagw-notify-");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder.FullName, "notify")));
        using var gateway = Start(folder.FullName);
        var heard = new List<string>();

        try
        {
            await HearAsync("READY=1");
            var ready = heard.Count;
            for (var n = 0; n < 3; n++) await HearAsync("WATCHDOG=1");
            using (var kill = Process.Start("kill", ["-TERM", $"{gateway.Id}"])) await kill.WaitForExitAsync(Cancel);
            await HearAsync("STOPPING=1");

            await gateway.WaitForExitAsync(Cancel).WaitAsync(Patience, Cancel);
            Assert.Equal(0, gateway.ExitCode);
            Assert.DoesNotContain("STOPPING=1", heard.Take(ready));
        }
        finally
        {
            gateway.Kill(entireProcessTree: true);
        }

        folder.Delete(recursive: true);

        async Task HearAsync(string word)
        {
            var buffer = new byte[1_024];
            do
            {
                var length = await systemd.ReceiveAsync(buffer, SocketFlags.None, Cancel).AsTask().WaitAsync(Patience, Cancel);
                heard.AddRange(Encoding.UTF8.GetString(buffer, 0, length).Split('\n', StringSplitOptions.RemoveEmptyEntries));
            }
            while (heard[^1] != word);
        }
    }

    private Process Start(string folder)
    {
        // the .NET host takes a parent of this name for systemd
        var parent = File.CreateSymbolicLink(Path.Combine(folder, "systemd"), "/bin/sh").FullName;
        var start = new ProcessStartInfo(parent, ["-c", "\"$@\" & trap \"kill -TERM $!\" TERM; wait $!; wait $!", "systemd", "dotnet", Path.Combine(AppContext.BaseDirectory, "mfagw.dll"), "run", "--config", Path.Combine(cluster.StateFolder, "gateway.json")]);
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["NOTIFY_SOCKET"] = Path.Combine(folder, "notify"),
            ["WATCHDOG_USEC"] = "2000000",
            ["Gateway__Listen__Url"] = $"https://127.0.0.1:{RedisServer.FreePort()}",
            ["Gateway__Management__Url"] = $"http://127.0.0.1:{RedisServer.FreePort()}",
            ["Gateway__DataDirectory"] = folder,
            ["Gateway__Sessions__Store"] = "Memory",
            ["Gateway__Audit__Sinks__0__Path"] = Path.Combine(folder, "audit.jsonl"),
        })
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
