using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Cryptography;
using MfaGateway.Lab.Estate;

namespace MfaGateway.Lab.Kerberos;

/// <summary>A Samba Active Directory domain controller on loopback addresses of its own, and the keytabs of its accounts. It lives in a folder of its own that
/// goes with it, and it ends with this process even if that is killed, because it watches its standard input.</summary>
internal sealed class DomainController : IAsyncDisposable
{
    public const string Realm = "CONTOSO.TEST";
    public const string Suffix = "contoso.test";
    public const string MailService = $"HTTP/mail.{Suffix}";

    /// <summary>The gateway's account, which may delegate to <see cref="MailService"/>.</summary>
    public const string GatewayAccount = "svc-gateway";

    /// <summary>The machine may be busy with much else.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(2);

    private Process? _samba;

    /// <summary>The first three numbers of the addresses of this domain: <c>127.x.y</c>.</summary>
    public string Network { get; } = FreeNetwork();

    /// <summary>Short, because Samba makes sockets in it whose paths have at most 108 characters.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("mfagw-domain-").FullName;

    public string Address => $"{Network}.10";

    public string Log => Path.Combine(Folder, "dc", "log.samba");

    /// <summary>Samba's configuration file, for its own tools.</summary>
    public string Configuration => Path.Combine(Folder, "smb.conf");

    public string KeytabFolder => Path.Combine(Folder, "keytabs");

    public int ProcessId => (_samba ?? throw new InvalidOperationException("The domain controller does not run.")).Id;

    /// <summary>The keytab of <c>gateway</c> or <c>mail</c>.</summary>
    public string Keytab(string name) => Path.Combine(KeytabFolder, $"{name}.keytab");

    /// <summary>Makes the domain with its people and services; it does not start it.</summary>
    /// <param name="people">User principal names.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LabException">Samba's tools failed.</exception>
    public async Task ProvisionAsync(IEnumerable<string> people, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(KeytabFolder);
        await ChildProgram.RunAsync(
            "samba-tool",
            [
                "domain", "provision", $"--targetdir={Folder}/dc", "--server-role=dc", $"--realm={Realm}", "--domain=CONTOSO",
                $"--adminpass={RandomNumberGenerator.GetHexString(24)}aA1.", "--dns-backend=NONE", "--host-name=dc1", $"--host-ip={Address}",
                $"--option=interfaces={Address}/8", "--option=bind interfaces only=yes", "--option=ldb:nosync=true", "--option=server services=ldap, kdc",
            ],
            cancellationToken);
        Directory.CreateDirectory(Path.Combine(Folder, "dc", "run"));
        await File.WriteAllTextAsync(Configuration, Settings(), cancellationToken);
        var accounts = Path.Combine(Folder, "accounts.py");
        await File.WriteAllTextAsync(accounts, Script(), cancellationToken);
        await ChildProgram.RunAsync("/usr/bin/python3", [accounts, Configuration, KeytabFolder, .. people], cancellationToken);
    }

    /// <summary>Starts the server, where it was before, and waits until it answers.</summary>
    /// <param name="environment">What its environment has besides ours.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LabException">It ended, or does not answer.</exception>
    public async Task StartAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        // -i, else it does not watch its standard input
        string[] arguments = ["-i", "-M", "single", "--no-process-group", "-s", Configuration, "-l", Path.Combine(Folder, "dc")];
        var start = new ProcessStartInfo("samba", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _samba = ChildProgram.Start(start);
        _samba.OutputDataReceived += (_, _) => { }; // read so that the pipes never fill up; what matters is in the log file
        _samba.ErrorDataReceived += (_, _) => { };
        _samba.BeginOutputReadLine();
        _samba.BeginErrorReadLine();
        await AnsweringAsync(_samba, 88, cancellationToken);
        await AnsweringAsync(_samba, 389, cancellationToken);
    }

    public async Task StopAsync()
    {
        if (_samba is null) return;
        _samba.StandardInput.Close();
        using var patience = new CancellationTokenSource(StopTime);
        try
        {
            await _samba.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _samba.Kill();
            await _samba.WaitForExitAsync(CancellationToken.None);
        }

        _samba.Dispose();
        _samba = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private string Settings() =>
        $"""
        [global]
        netbios name = DC1
        workgroup = CONTOSO
        realm = {Realm}
        server role = active directory domain controller
        server services = ldap, cldap, kdc
        interfaces = {Address}/8
        bind interfaces only = yes
        private dir = {Folder}/dc/private
        lock directory = {Folder}/dc
        state directory = {Folder}/dc/state
        cache directory = {Folder}/dc/cache
        pid directory = {Folder}/dc/run
        ncalrpc dir = {Folder}/dc/ncalrpc
        binddns dir = {Folder}/dc/bind-dns
        ldb:nosync = true
        tls enabled = no
        logging = file
        log file = {Log}
        max log size = 0
        log level = 1 auth_audit:2 kerberos:3
        [sysvol]
        path = {Folder}/dc/state/sysvol
        [netlogon]
        path = {Folder}/dc/state/sysvol/{Suffix}/scripts
        """;

    private async Task AnsweringAsync(Process samba, int port, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await IsListeningAsync(port, cancellationToken))
        {
            if (samba.HasExited) throw new LabException($"Samba ended with exit code {samba.ExitCode}:\n{Tail()}");
            if (TimeProvider.System.GetElapsedTime(began) > Patience) throw new LabException($"Samba does not listen on {Address}:{port}:\n{Tail()}");
            await Task.Delay(20, cancellationToken);
        }
    }

    private async Task<bool> IsListeningAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(Address), port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string Tail() => File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(20)) : "it left no log";

    /// <summary>Makes accounts with Samba's own Python library: forty calls of its command-line tool would take ten seconds.</summary>
    private static string Script()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("MfaGateway.Lab.Kerberos.accounts.py")
            ?? throw new InvalidOperationException("The script that makes accounts is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Addresses of one process among many that may run such domains at once; the loopback network has sixteen million.</summary>
    private static string FreeNetwork()
    {
        while (true)
        {
            var network = $"127.{RandomNumberGenerator.GetInt32(64, 250)}.{RandomNumberGenerator.GetInt32(1, 250)}";
            using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Connect(IPAddress.Parse($"{network}.10"), 88);
            }
            catch (SocketException)
            {
                return network;
            }
        }
    }
}
