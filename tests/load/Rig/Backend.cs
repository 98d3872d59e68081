using System.Diagnostics;
using MfaGateway.Lab.Certificates;

namespace MfaGateway.Load.Rig;

/// <summary>Stands for Exchange: nginx over TLS, which answers cheaper than any of the proxies, so that they are what is measured.</summary>
internal sealed class Backend : IAsyncDisposable
{
    /// <summary>Bytes of the answers.</summary>
    public const int Small = 400;

    public const int Script = 102_400;

    public const int Attachment = 1_048_576;

    public const int Large = 35_000_000;

    public const int Icon = 2_048;

    private readonly Process _process;

    private Backend(Process process) => _process = process;

    /// <param name="folder">For its files.</param>
    /// <param name="ports">Where it listens; each stands for a server.</param>
    /// <param name="leaf">Its certificate.</param>
    public static Backend Start(string folder, IReadOnlyList<int> ports, PemFiles leaf)
    {
        var listens = string.Concat(ports.Select(port => $"listen 127.0.0.1:{port} ssl; "));
        var files = Directory.CreateDirectory(Path.Combine(folder, "backend")).FullName;
        foreach (var (name, length) in (IEnumerable<(string, int)>)[("script", Script), ("icon", Icon), ("1", Attachment), ("35", Large)])
            File.WriteAllBytes(Path.Combine(files, name), [.. Enumerable.Range(0, length).Select(n => (byte)('a' + (n % 23)))]);
        var text = new string('m', Small);
        var configuration = Path.Combine(files, "nginx.conf");
        File.WriteAllText(configuration, $$"""
            daemon off; user root; pid {{files}}/pid; worker_processes 2; error_log {{files}}/error.log; worker_rlimit_nofile 20000;
            events { worker_connections 16384; }
            http {
              access_log off; keepalive_requests 100000000; keepalive_timeout 1h; client_max_body_size 0; sendfile on; tcp_nopush on;
              client_body_temp_path {{files}}/up; proxy_temp_path {{files}}/p; fastcgi_temp_path {{files}}/f; uwsgi_temp_path {{files}}/u; scgi_temp_path {{files}}/s;
              server {
                {{listens}}ssl_certificate {{leaf.Certificate}}; ssl_certificate_key {{leaf.Key}}; ssl_protocols TLSv1.2 TLSv1.3;
                default_type text/plain;
                location ~ ^/(owa|ecp)/healthcheck.htm$ { return 200 "200 OK"; }
                location = /owa/attachment.ashx { root {{files}}; try_files /$arg_id =404; }
                location = /owa/prem/script.js { root {{files}}; try_files /script =404; }
                location = /owa/prem/icon.svg { root {{files}}; try_files /icon =404; }
                location = /owa/ev.owa2 { root {{files}}; try_files /35 =404; limit_rate_after 1k; limit_rate 64; } # something every second, as notifications come
                location / { return 200 "{{text}}"; }
              }
            }
            """);
        return new Backend(Programs.Start("nginx", ["-p", files, "-e", $"{files}/error.log", "-c", configuration]));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
