using System.Diagnostics;
using MfaGateway.Lab.Kerberos;
using MfaGateway.SignOn.Kerberos;
using MfaGateway.SignOn.Kerberos.Gssapi;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>What went wrong where others tried this, and must not go wrong here.</summary>
[Collection(DomainTests.Name)]
public sealed class TrapTests(Domain domain)
{
    [Fact]
    public void no_handle_is_ever_zero()
    {
        Assert.Throws<InvalidOperationException>(() => new GssCredential(0));
    }

    /// <summary>The trap itself: a zero handle means the process's default credential, so here admin.</summary>
    [Fact]
    public async Task the_process_has_no_default_credential_even_where_its_environment_names_one()
    {
        var cache = $"FILE:{Path.Combine(domain.Folder, "admin.ccache")}";
        using (var first = new Gatekeeper(domain)) await first.RefusedAsync("alice@contoso.test"); // so that there is a configuration file
        await Domain.RunAsync("env", $"KRB5_CONFIG={domain.ClientConfiguration}", "kinit", "-c", cache, "-k", "-t", domain.Keytab("admin"), $"admin@{Domain.Realm}");
        CarelessProgram.Set("KRB5CCNAME", cache);
        Assert.Equal("admin@CONTOSO.TEST", CarelessProgram.SpeaksFor());

        using var gatekeeper = new Gatekeeper(domain);

        Assert.Equal("nobody", CarelessProgram.SpeaksFor());
    }

    /// <summary>A keytab in the environment would be the same trap: the library turns it into a default credential when it needs one.</summary>
    [Fact]
    public void nor_where_its_environment_names_a_keytab()
    {
        new Gatekeeper(domain).Dispose(); // so that there is a configuration file: the one of the test before may have gone with its folder

        CarelessProgram.Set("KRB5CCNAME", "MEMORY:careless");
        CarelessProgram.Set("KRB5_CLIENT_KTNAME", $"FILE:{domain.Keytab("admin")}");
        Assert.Equal("admin@CONTOSO.TEST", CarelessProgram.SpeaksFor());

        using var gatekeeper = new Gatekeeper(domain);

        Assert.Equal("nobody", CarelessProgram.SpeaksFor());
    }

    [Fact]
    public void a_token_that_would_speak_for_somebody_else_is_never_handed_out()
    {
        using var gatekeeper = new Gatekeeper(domain);
        using var delegation = new GssDelegation(gatekeeper.Account, TimeProvider.System, gatekeeper.Log);
        var own = delegation.Acquire();

        // the gateway's own credential taken for alice's: as if the library had mixed them up
        Assert.Throws<WrongIdentityException>(() => GssUserTicket.Obtain(own, @"alice\@contoso.test@CONTOSO.TEST", "HTTP/gateway.contoso.test", TimeProvider.System));
    }

    [Fact]
    public async Task a_token_is_good_once_and_every_request_gets_its_own()
    {
        using var gatekeeper = new Gatekeeper(domain);
        using var acceptor = new TicketAcceptor(domain.Keytab("mail"), $"file2:{Path.Combine(domain.Folder, "replays")}");
        using var first = await gatekeeper.GrantedAsync("alice@contoso.test");
        using var second = await gatekeeper.GrantedAsync("alice@contoso.test");
        acceptor.Accept(first.Token.Span, Gatekeeper.Binding);

        var replay = Assert.Throws<GssException>(() => acceptor.Accept(first.Token.Span, Gatekeeper.Binding));
        var fresh = acceptor.Accept(second.Token.Span, Gatekeeper.Binding);

        Assert.Contains("replay", replay.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(@"alice\@contoso.test@CONTOSO.TEST", fresh.User);
    }

    [Fact]
    public async Task a_token_made_for_another_connection_is_refused_by_the_server()
    {
        using var gatekeeper = new Gatekeeper(domain);
        using var acceptor = new TicketAcceptor(domain.Keytab("mail"), "none:");
        using var context = await gatekeeper.GrantedAsync("alice@contoso.test");
        var other = Gatekeeper.Binding.ToArray();
        other[^1] ^= 1;

        var refusal = Assert.Throws<GssException>(() => acceptor.Accept(context.Token.Span, other));

        Assert.Equal(0x0004_0000u, refusal.Major); // GSS_S_BAD_BINDINGS
    }

    [Fact]
    public async Task an_answer_of_somebody_else_does_not_complete_the_context()
    {
        using var gatekeeper = new Gatekeeper(domain);
        using var acceptor = new TicketAcceptor(domain.Keytab("mail"), "none:");
        using var mine = await gatekeeper.GrantedAsync("alice@contoso.test");
        using var other = await gatekeeper.GrantedAsync("alice@contoso.test");

        var answer = acceptor.Accept(other.Token.Span, Gatekeeper.Binding).Answer;

        Assert.False(mine.Completes(answer));
        Assert.False(mine.Completes([]));
        Assert.False(mine.Completes("junk"u8));
        Assert.True(other.Completes(answer));
    }

    /// <summary>One handle does one S4U2Self at a time; with a domain controller 25 ms away that would be 29 users a second.</summary>
    [Fact]
    public async Task new_users_do_not_wait_for_each_other()
    {
        await using var relay = new SlowRelay(domain.Address, TimeSpan.FromMilliseconds(100));
        var alone = await TimeOfAsync(relay, workers: 1);

        var together = await TimeOfAsync(relay, workers: 12);

        Assert.True(together < alone / 2, $"12 users took {together.TotalMilliseconds:f0} ms with twelve threads, {alone.TotalMilliseconds:f0} ms with one.");
    }

    /// <summary>Administrators by another name: Windows says in the ticket which account an alias belongs to.</summary>
    [Theory]
    [InlineData("ceo@contoso.test", "Administrator@CONTOSO.TEST")]
    [InlineData("printer@contoso.test", "PRT01$@CONTOSO.TEST")]
    public async Task a_privileged_account_behind_an_alias_is_refused(string alias, string owner)
    {
        using var log = new KdcThreads(1, 10, () => new AliasDelegation(owner), TimeProvider.System, new RecordingLog());
        using var tickets = new DelegatedTickets(() => new KerberosOptions(), log, TimeProvider.System, new RecordingLog());

        var result = await tickets.InitiateAsync(alias, Domain.MailService, default, renew: false, TestContext.Current.CancellationToken);

        Assert.Same(SignOnFailure.PrivilegedUser, Assert.IsType<TicketResult.Refused>(result).Failure);
    }

    private async Task<TimeSpan> TimeOfAsync(SlowRelay relay, int workers)
    {
        using var gatekeeper = new Gatekeeper(domain, choice => (choice.Kdcs, choice.Workers) = ([relay.Address], workers));
        Assert.Equal("granted", await gatekeeper.RefusedAsync("alice@contoso.test")); // the first also obtains the gateway's own ticket
        var began = Stopwatch.GetTimestamp();
        var results = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => gatekeeper.RefusedAsync($"user{n}@contoso.test")));
        Assert.All(results, result => Assert.Equal("granted", result));
        return Stopwatch.GetElapsedTime(began);
    }

    private sealed class AliasDelegation(string owner) : IDelegation
    {
        public Delegated Obtain(string user, string servicePrincipalName) => new Delegated.Granted(new AliasTicket(owner));

        public void Dispose()
        {
        }
    }

    private sealed class AliasTicket(string owner) : IUserTicket
    {
        public string Owner => owner;

        public DateTimeOffset Expires => TimeProvider.System.GetUtcNow().AddHours(1);

        public ITicketContext Start(ReadOnlySpan<byte> channelBinding) => throw new InvalidOperationException("A token was made for a privileged account.");

        public void Dispose()
        {
        }
    }
}
