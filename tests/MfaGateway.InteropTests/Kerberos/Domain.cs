using System.Runtime.InteropServices;
using MfaGateway.Lab.Kerberos;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>The lab's domain controller, in which there are also accounts with which something is wrong, and which can be stopped, frozen and given a wrong
/// clock.</summary>
public sealed partial class Domain : IAsyncLifetime
{
    public const string Realm = DomainController.Realm;
    public const string Suffix = DomainController.Suffix;
    public const string MailService = DomainController.MailService;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2); // the machine may be busy with other suites

    private readonly DomainController _controller = new();
    private bool _frozen;

    /// <summary>Begins the addresses of this domain: 127.x.y.</summary>
    public string Network => _controller.Network;

    public string Folder => _controller.Folder;

    public string Address => _controller.Address;

    /// <summary>An address of the domain's network on which nobody listens.</summary>
    public string NobodysAddress => $"{Network}.99";

    /// <summary>What the domain controller has logged.</summary>
    public string Log => File.ReadAllText(_controller.Log);

    public int ProcessId => _controller.ProcessId;

    public string Keytab(string name) => _controller.Keytab(name);

    /// <summary>How programs that are not the gateway find the domain (krb5.conf of MIT Kerberos).</summary>
    public string ClientConfiguration => Path.Combine(Folder, "clients.conf");

    public async ValueTask InitializeAsync()
    {
        Assert.True(DomainParts.Missing() is null, DomainParts.Missing());
        string[] names = ["alice", "bob", "admin", .. Enumerable.Range(0, 40).Select(number => $"user{number}")];
        await _controller.ProvisionAsync([.. names.Select(name => $"{name}@{Suffix}"), "carol@corp.example"], CancellationToken.None);
        var odd = Path.Combine(Folder, "odd_accounts.py");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Kerberos", "odd_accounts.py"), odd);
        await RunAsync("/usr/bin/python3", odd, _controller.Configuration, _controller.KeytabFolder);
        await File.WriteAllTextAsync(
            ClientConfiguration,
            $$"""
            [libdefaults]
              default_realm = {{Realm}}
              dns_lookup_kdc = false
              dns_lookup_realm = false
              rdns = false
              dns_canonicalize_hostname = false
            [realms]
              {{Realm}} = {
                kdc = {{Address}}
              }
            """);
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Thaw();
        await _controller.DisposeAsync();
    }

    /// <summary>Starts the server, where it was before.</summary>
    /// <param name="clock">How far its clock is ahead, for example <c>+20m</c>.</param>
    public async Task StartAsync(string? clock = null)
    {
        var environment = new Dictionary<string, string>();
        if (clock is not null)
        {
            var library = Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu").Select(folder => Path.Combine(folder, "faketime", "libfaketime.so.1")).FirstOrDefault(File.Exists);
            Assert.True(library is not null, "A clock that is wrong is missing. Run: apt-get install faketime");
            (environment["LD_PRELOAD"], environment["FAKETIME"]) = (library, clock);
        }

        await _controller.StartAsync(environment, CancellationToken.None);
    }

    public Task StopAsync()
    {
        Thaw();
        return _controller.StopAsync();
    }

    /// <summary>From now on it accepts connections, as its operating system does that, and never says a word.</summary>
    public void Freeze()
    {
        _frozen = true;
        Assert.Equal(0, Signal(_controller.ProcessId, 19)); // SIGSTOP
    }

    public void Thaw()
    {
        if (!_frozen) return;
        _frozen = false;
        Assert.Equal(0, Signal(_controller.ProcessId, 18)); // SIGCONT
    }

    /// <summary>Gives the account of the mail service a new password, and its new key to a keytab.</summary>
    public async Task<string> RollMailKeyAsync()
    {
        var keytab = Keytab("mail-new");
        await RunAsync("samba-tool", "user", "setpassword", "svc-exchange", $"--newpassword={Guid.NewGuid():N}aA1", "-s", _controller.Configuration);
        await RunAsync("samba-tool", "domain", "exportkeytab", keytab, $"--principal={MailService}@{Realm}", "-s", _controller.Configuration);
        return keytab;
    }

    public static Task<string> RunAsync(string program, params string[] arguments) => ChildProgram.RunAsync(program, arguments, CancellationToken.None).WaitAsync(Patience);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}

/// <summary>The tests that share the domain. One after another: the Kerberos library has one configuration per process.</summary>
[CollectionDefinition(Name)]
public sealed class DomainTests : ICollectionFixture<Domain>
{
    public const string Name = "Kerberos domain";
}
