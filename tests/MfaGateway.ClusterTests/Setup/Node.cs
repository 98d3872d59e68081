using System.Diagnostics;
using System.Text;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>One gateway: a process of its own, as an operator starts it.</summary>
internal sealed class Node : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _configuration;
    private readonly Dictionary<string, string> _environment;
    private readonly StringBuilder _log = new();
    private Process? _process;

    public Node(string name, string configuration, int port, int managementPort, Dictionary<string, string> environment)
    {
        (Name, _configuration, Port, ManagementPort) = (name, configuration, port, managementPort);
        _environment = new(environment)
        {
            ["Gateway__Listen__Url"] = $"https://127.0.0.1:{port}",
            ["Gateway__Management__Url"] = $"http://127.0.0.1:{managementPort}",
        };
    }

    public string Name { get; }

    public int Port { get; }

    public int ManagementPort { get; }

    public int ProcessId => _process!.Id;

    public int? ExitCode => _process is { HasExited: true } ended ? ended.ExitCode : null;

    public string Log
    {
        get
        {
            lock (_log) return _log.ToString();
        }
    }

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "mfagw.dll"), "run", "--config", _configuration]) start.ArgumentList.Add(argument);
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public async Task StartAsync()
    {
        Start();
        using var client = new HttpClient();
        await Eventually.Async(
            async () =>
            {
                if (ExitCode is { } code) Assert.Fail($"{Name} ended with {code}:\n{Log}");
                using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{ManagementPort}/health/ready"));
                return answer.IsSuccessStatusCode;
            },
            Patience);
    }

    /// <summary>As a service manager does; the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{ProcessId}"]);
        await kill.WaitForExitAsync();
        await _process!.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null) return;
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_log) _log.AppendLine(line.Data);
    }
}
