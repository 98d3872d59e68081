using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>A real <c>redis-server</c> of the test's own on loopback.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string[] _arguments;
    private Process _process;

    private RedisServer(Process process, int port, string[] arguments) => (_process, Port, _arguments) = (process, port, arguments);

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public int ProcessId => _process.Id;

    /// <param name="arguments">Further ones, for example <c>--requirepass</c>.</param>
    public static async Task<RedisServer> StartAsync(params string[] arguments)
    {
        for (var attempt = 0; ; attempt++)
        {
            var port = FreePort();
            try
            {
                return new RedisServer(await StartAsync(port, arguments), port, arguments);
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
                // somebody took the port meanwhile
            }
        }
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>On the same port, empty.</summary>
    public async Task RestartAsync()
    {
        _process.Dispose();
        _process = await StartAsync(Port, _arguments);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<Process> StartAsync(int port, string[] arguments)
    {
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath(), .. arguments])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null) ready.TrySetException(new InvalidOperationException("redis-server ended instead of starting."));
            else if (line.Data.Contains("Ready to accept connections", StringComparison.Ordinal)) ready.TrySetResult();
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await ready.Task.WaitAsync(Patience);
        return process;
    }
}
