using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MfaGateway.InteropTests.Setup;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>Apache with mod_auth_gssapi: a web server by other people that takes Negotiate tokens, each once. It says who the user is; channel bindings it does not
/// know.</summary>
internal sealed class Apache : IMailServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;

    private Apache(Process process, string address) => (_process, Address) = (process, address);

    public string Address { get; }

    /// <param name="domain">Whose tickets it takes.</param>
    /// <param name="certificate">What it shows; null for a server without TLS.</param>
    public static async Task<Apache> StartAsync(Domain domain, TestCertificate? certificate = null)
    {
        const string Modules = "/usr/lib/apache2/modules";
        Assert.True(File.Exists($"{Modules}/mod_auth_gssapi.so"), "mod_auth_gssapi is missing. Run: apt-get install apache2 libapache2-mod-auth-gssapi");
        var (folder, address) = (Path.Combine(domain.Folder, "apache"), $"{domain.Network}.20");
        var (pages, replays) = (Path.Combine(folder, "pages"), Directory.CreateDirectory(Path.Combine(folder, "replays")).FullName);
        foreach (var protocol in (string[])["owa", "ecp"])
        {
            Directory.CreateDirectory(Path.Combine(pages, protocol));
            await File.WriteAllTextAsync(Path.Combine(pages, protocol, "healthcheck.htm"), "200 OK");
        }

        await File.WriteAllTextAsync(Path.Combine(pages, "owa", "index.html"), """Apache shows mail to <!--#echo encoding="none" var="REMOTE_USER" -->""");
        // its workers are not root: they must get at the key, and keep replays somewhere
        await Domain.RunAsync("chmod", "o+rX", domain.Folder, Path.Combine(domain.Folder, "keytabs"), domain.Keytab("mail"), domain.ClientConfiguration);
        await Domain.RunAsync("chmod", "-R", "o+rX", folder);
        await Domain.RunAsync("chmod", "o+w", replays);
        var file = Path.Combine(folder, "httpd.conf");
        await File.WriteAllTextAsync(
            file,
            $"""
            ServerRoot "{folder}"
            DefaultRuntimeDir "{folder}"
            PidFile "{folder}/httpd.pid"
            Mutex file:{folder}
            ErrorLog "{folder}/error.log"
            ServerName mail.{Domain.Suffix}
            Listen {address}:8080
            User www-data
            Group www-data
            LoadModule mpm_event_module {Modules}/mod_mpm_event.so
            LoadModule authn_core_module {Modules}/mod_authn_core.so
            LoadModule authz_core_module {Modules}/mod_authz_core.so
            LoadModule authz_user_module {Modules}/mod_authz_user.so
            LoadModule auth_gssapi_module {Modules}/mod_auth_gssapi.so
            LoadModule headers_module {Modules}/mod_headers.so
            LoadModule dir_module {Modules}/mod_dir.so
            LoadModule include_module {Modules}/mod_include.so
            {Tls(Modules, certificate)}
            StartServers 1
            ServerLimit 1
            ThreadsPerChild 8
            MaxRequestWorkers 8
            MinSpareThreads 1
            MaxSpareThreads 8
            LimitRequestFieldSize 65536
            DocumentRoot "{pages}"
            DirectoryIndex index.html
            Header always set X-Remote-User "expr=%{"{REMOTE_USER}"}"
            <Location "/owa">
              ForceType text/html
              Options +Includes
              SetOutputFilter INCLUDES
              AuthType GSSAPI
              AuthName "mail"
              GssapiAllowedMech krb5
              GssapiCredStore keytab:{domain.Keytab("mail")}
              GssapiAcceptorName HTTP@mail.{Domain.Suffix}
              Require valid-user
            </Location>
            <LocationMatch "^/(owa|ecp)/healthcheck.htm$">
              AuthType None
              Require all granted
            </LocationMatch>
            """);
        var start = new ProcessStartInfo("apache2") { Environment = { ["KRB5_CONFIG"] = domain.ClientConfiguration, ["KRB5RCACHENAME"] = $"file2:{replays}/seen" } };
        foreach (var argument in (string[])["-D", "FOREGROUND", "-f", file]) start.ArgumentList.Add(argument);
        var apache = new Apache(Process.Start(start)!, $"{(certificate is null ? "http" : "https")}://{address}:8080");
        await apache.AnsweringAsync(address, folder);
        return apache;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string Tls(string modules, TestCertificate? certificate) => certificate is null ? "" : $"""
        LoadModule ssl_module {modules}/mod_ssl.so
        SSLEngine on
        SSLCertificateFile "{certificate.Path}"
        SSLCertificateKeyFile "{certificate.KeyPath}"
        """;

    private async Task AnsweringAsync(string address, string folder)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Parse(address), 8080);
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(began) < Patience)
            {
                Assert.False(_process.HasExited, $"Apache ended: {(File.Exists($"{folder}/error.log") ? await File.ReadAllTextAsync($"{folder}/error.log") : "it says nothing")}");
                await Task.Delay(20);
            }
        }
    }
}
