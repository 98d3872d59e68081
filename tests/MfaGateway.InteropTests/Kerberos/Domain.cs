using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>A Samba Active Directory domain controller of the tests' own, on loopback addresses of its own, and the keytabs of its accounts. It ends with this
/// process even if that is killed: it watches its standard input.</summary>
public sealed partial class Domain : IAsyncLifetime
{
    public const string Realm = "CONTOSO.TEST";
    public const string Suffix = "contoso.test";
    public const string MailService = $"HTTP/mail.{Suffix}";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2); // the machine may be busy with other suites

    private Process? _samba;
    private bool _frozen;

    /// <summary>Begins the addresses of this domain: 127.x.y.</summary>
    public string Network { get; } = FreeNetwork();

    public string Folder { get; } = Directory.CreateTempSubdirectory("mfagw-domain-").FullName;

    public string Address => $"{Network}.10";

    /// <summary>An address of the domain's network on which nobody listens.</summary>
    public string NobodysAddress => $"{Network}.99";

    private string Configuration => Path.Combine(Folder, "smb.conf");

    public string Keytab(string name) => Path.Combine(Folder, "keytabs", $"{name}.keytab");

    public async ValueTask InitializeAsync()
    {
        Assert.True(Environment.IsPrivilegedProcess, "The domain controller of these tests needs port 88: run them as root.");
        Assert.True(File.Exists("/usr/sbin/samba"), "Samba is missing. Run: apt-get install samba samba-ad-dc samba-ad-provision samba-dsdb-modules winbind krb5-user");
        Directory.CreateDirectory(Path.Combine(Folder, "keytabs"));
        await RunAsync(
            "samba-tool", "domain", "provision", $"--targetdir={Folder}/dc", "--server-role=dc", $"--realm={Realm}", "--domain=CONTOSO", "--adminpass=Passw0rd.Adm1n",
            "--dns-backend=NONE", "--host-name=dc1", $"--host-ip={Address}", $"--option=interfaces={Address}/8", "--option=bind interfaces only=yes",
            "--option=ldb:nosync=true", "--option=server services=ldap, kdc");
        Directory.CreateDirectory(Path.Combine(Folder, "dc", "run"));
        await File.WriteAllTextAsync(Configuration, Settings());
        await RunAsync("/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "Kerberos", "accounts.py"), Configuration, Path.Combine(Folder, "keytabs"));
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Starts the server, where it was before.</summary>
    /// <param name="clock">How far its clock is ahead, for example <c>+20m</c>.</param>
    public async Task StartAsync(string? clock = null)
    {
        var start = new ProcessStartInfo("samba") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "-F", "-M", "single", "--no-process-group", "-s", Configuration, "-l", Path.Combine(Folder, "dc") }) start.ArgumentList.Add(argument);
        if (clock is not null)
        {
            var library = Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu").Select(folder => Path.Combine(folder, "faketime", "libfaketime.so.1")).FirstOrDefault(File.Exists);
            Assert.True(library is not null, "A clock that is wrong is missing. Run: apt-get install faketime");
            start.Environment["LD_PRELOAD"] = library;
            start.Environment["FAKETIME"] = clock;
        }

        _samba = Process.Start(start)!;
        _samba.OutputDataReceived += (_, _) => { }; // read so that the pipes never fill up; what matters is in the log file
        _samba.ErrorDataReceived += (_, _) => { };
        _samba.BeginOutputReadLine();
        _samba.BeginErrorReadLine();
        await AnsweringAsync(88);
        await AnsweringAsync(389);
    }

    public async Task StopAsync()
    {
        if (_samba is null) return;
        Thaw();
        _samba.StandardInput.Close();
        if (!_samba.WaitForExit(TimeSpan.FromSeconds(5))) _samba.Kill();
        await _samba.WaitForExitAsync();
        _samba.Dispose();
        _samba = null;
    }

    /// <summary>From now on it accepts connections, as its operating system does that, and never says a word.</summary>
    public void Freeze()
    {
        _frozen = true;
        Assert.Equal(0, Signal(_samba!.Id, 19)); // SIGSTOP
    }

    public void Thaw()
    {
        if (!_frozen) return;
        _frozen = false;
        Assert.Equal(0, Signal(_samba!.Id, 18)); // SIGCONT
    }

    /// <summary>Gives the account of the mail service a new password, and its new key to a keytab.</summary>
    public async Task<string> RollMailKeyAsync()
    {
        var keytab = Keytab("mail-new");
        await RunAsync("samba-tool", "user", "setpassword", "svc-exchange", $"--newpassword={Guid.NewGuid():N}aA1", "-s", Configuration);
        await RunAsync("samba-tool", "domain", "exportkeytab", keytab, $"--principal={MailService}@{Realm}", "-s", Configuration);
        return keytab;
    }

    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} failed: {await errors}{await output}");
        return await output;
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
        log file = {Folder}/dc/log.samba
        max log size = 0
        log level = 1 auth_audit:2 kerberos:3
        [sysvol]
        path = {Folder}/dc/state/sysvol
        [netlogon]
        path = {Folder}/dc/state/sysvol/{Suffix}/scripts
        """;

    private async Task AnsweringAsync(int port)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Parse(Address), port);
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(began) < Patience && !_samba!.HasExited)
            {
                await Task.Delay(20);
            }
        }
    }

    /// <summary>Addresses of one process among many that may run such tests at once; the loopback network has sixteen million.</summary>
    private static string FreeNetwork()
    {
        while (true)
        {
            var network = $"127.{Random.Shared.Next(64, 250)}.{Random.Shared.Next(1, 250)}";
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

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}

/// <summary>The tests that share the domain. One after another: the Kerberos library has one configuration per process.</summary>
[CollectionDefinition(Name)]
public sealed class DomainTests : ICollectionFixture<Domain>
{
    public const string Name = "Kerberos domain";
}
