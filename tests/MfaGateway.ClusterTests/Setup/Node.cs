using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>One gateway: a process of its own, as an operator starts it.</summary>
internal sealed class Node : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _configuration;
    private readonly string[] _wrapper;
    private readonly Dictionary<string, string> _environment;
    private readonly StringBuilder _log = new();
    private Process? _process;

    /// <summary>A gateway not yet started; a wrapper is a command that does something first and then becomes the gateway.</summary>
    public Node(string name, string configuration, int port, int managementPort, Dictionary<string, string> environment, params string[] wrapper)
    {
        (Name, _configuration, Port, ManagementPort, _wrapper) = (name, configuration, port, managementPort, wrapper);
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

    /// <summary>Most memory it has held since <see cref="ForgetPeak"/>, in bytes.</summary>
    public long PeakMemory => MemoryLine("VmHWM:");

    /// <summary>Memory it holds now, in bytes.</summary>
    public long Memory => MemoryLine("VmRSS:");

    /// <summary>Begins to measure <see cref="PeakMemory"/> anew (proc(5), clear_refs).</summary>
    public void ForgetPeak() => File.WriteAllText($"/proc/{ProcessId}/clear_refs", "5");

    public string Log
    {
        get
        {
            lock (_log) return _log.ToString();
        }
    }

    /// <summary>Thumbprint of the certificate that a new connection gets.</summary>
    public async Task<string> CertificateAsync(CancellationToken cancellationToken)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
        await using var tls = new SslStream(connection.GetStream());
        var anyone = new SslClientAuthenticationOptions { TargetHost = "localhost", AllowTlsResume = false, RemoteCertificateValidationCallback = (_, _, _, _) => true };
        await tls.AuthenticateAsClientAsync(anyone, cancellationToken);
        return tls.RemoteCertificate!.GetCertHashString();
    }

    public void Start()
    {
        string[] command = [.. _wrapper, "dotnet"];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "mfagw.dll"), "run", "--config", _configuration]) start.ArgumentList.Add(argument);
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Task StartAsync()
    {
        Start();
        return ReadyAsync();
    }

    public async Task ReadyAsync()
    {
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

    private long MemoryLine(string name) =>
        1_024 * long.Parse(File.ReadLines($"/proc/{ProcessId}/status").Single(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_log) _log.AppendLine(line.Data);
    }
}
