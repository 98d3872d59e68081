using System.Diagnostics;
using System.Reflection;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>A real HAProxy with the file that <c>deploy/</c> has for it; only addresses and paths are those of the test.</summary>
internal sealed class Balancer : IAsyncDisposable
{
    private readonly Process _process;

    private Balancer(Process process) => _process = process;

    public static string DeployFolder { get; } =
        typeof(Balancer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "DeployFolder").Value!;

    public static Balancer Start(string folder, int port, string certificate, string key, string authority, IReadOnlyList<Node> nodes)
    {
        var pair = Path.Combine(folder, "balancer.pem");
        File.WriteAllText(pair, $"{File.ReadAllText(certificate)}\n{File.ReadAllText(key)}");
        var file = Path.Combine(folder, "haproxy.cfg");
        File.WriteAllLines(file, File.ReadAllLines(Path.Combine(DeployFolder, "haproxy", "haproxy.cfg")).Where(line => !line.TrimStart().StartsWith("server ", StringComparison.Ordinal))
            .Select(line => line
                .Replace("maxconn 40000", "maxconn 1000", StringComparison.Ordinal) // as many files as any account may open
                .Replace("bind :443", $"bind 127.0.0.1:{port}", StringComparison.Ordinal)
                .Replace("/etc/haproxy/mail.pem", pair, StringComparison.Ordinal)
                .Replace("/etc/haproxy/gateways-ca.pem", authority, StringComparison.Ordinal)
                .Replace("hdr Host mail.contoso.com", $"hdr Host localhost:{port}", StringComparison.Ordinal)
                .Replace("mail.contoso.com", "localhost", StringComparison.Ordinal))
            .Concat(nodes.Select(node => $"  server {node.Name} 127.0.0.1:{node.Port}")));
        var process = Process.Start(new ProcessStartInfo("haproxy", ["-db", "-f", file]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return new Balancer(process);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
