using MfaGateway.Sessions;
using MfaGateway.SignOn.Kerberos;
using MfaGateway.SignOn.Kerberos.Gssapi;

namespace MfaGateway.Tests.SignOn.Kerberos;

public class NamesTests
{
    [Theory]
    [InlineData("alice@contoso.com", "alice@contoso.com")]
    [InlineData("carol@corp.example", "carol@corp.example")] // a UPN suffix need not be the domain
    [InlineData("alice", null)]
    [InlineData("@contoso.com", null)]
    [InlineData("alice@", null)]
    [InlineData("alice@bob@contoso.com", null)]
    [InlineData(@"CONTOSO\alice", null)]
    [InlineData("alice/admin@contoso.com", null)]
    [InlineData(@"alice\@evil@contoso.com", null)]
    [InlineData("alice @contoso.com", null)]
    [InlineData("alice\n@contoso.com", null)]
    public void A_user_principal_name_is_taken_as_it_is_or_not_at_all(string user, string? expected) =>
        Assert.Equal(expected, UserNaming.NameOf(Session(user), new KerberosOptions()));

    [Theory]
    [InlineData("alice", "alice@CONTOSO.COM")]
    [InlineData(@"CORP\alice", "alice@CONTOSO.COM")]
    [InlineData(@"corp\alice", "alice@CONTOSO.COM")]
    [InlineData("alice@contoso.com", "alice@CONTOSO.COM")] // the realm itself
    [InlineData("alice@emea.contoso.com", "alice@EMEA.CONTOSO.COM")]
    [InlineData("alice@partner.example", null)] // somebody else's alice
    [InlineData(@"PARTNER\alice", null)]
    [InlineData(@"CORP\alice@partner.example", null)]
    [InlineData(@"CORP\", null)]
    [InlineData(@"A\B\alice", null)]
    public void An_account_name_counts_only_with_a_domain_that_is_known(string user, string? expected)
    {
        var options = new KerberosOptions
        {
            Realm = "CONTOSO.COM", UserName = "samAccountName", Domains = { ["CORP"] = "CONTOSO.COM", ["emea.contoso.com"] = "EMEA.CONTOSO.COM" },
        };

        Assert.Equal(expected, UserNaming.NameOf(Session(user), options));
    }

    [Fact]
    public void A_claim_with_the_name_must_have_exactly_one_value()
    {
        var options = new KerberosOptions { UserClaim = "upn" };

        Assert.Equal("ann@contoso.com", UserNaming.NameOf(Session("a", ("upn", ["ann@contoso.com"])), options));
        Assert.Null(UserNaming.NameOf(Session("a@contoso.com", ("upn", ["ann@contoso.com", "bob@contoso.com"])), options));
        Assert.Null(UserNaming.NameOf(Session("a@contoso.com"), options));
    }

    [Theory]
    [InlineData("adm-alice@contoso.com", true)]
    [InlineData("alice-da@contoso.com", true)]
    [InlineData("svc.backup.night@contoso.com", true)]
    [InlineData("root@contoso.com", true)]
    [InlineData("alice@contoso.com", false)]
    [InlineData("madm-alice@contoso.com", false)]
    [InlineData("Administrator@contoso.com", false)] // who names his own is taken at his word
    [InlineData("anything$@contoso.com", true)]
    public void Names_are_refused_by_pattern(string user, bool refused)
    {
        var options = new KerberosOptions { RefusedUsers = { "adm-*", "*-DA", "*backup*", "root" } };

        Assert.Equal(refused, RefusedNames.Contains(user, options));
    }

    [Theory]
    [InlineData(@"alice\@contoso.com@CONTOSO.COM", true)] // as it was asked for
    [InlineData("asmith@CONTOSO.COM", true)] // Windows: the account that the UPN belongs to
    [InlineData(@"bob\@contoso.com@CONTOSO.COM", false)] // another UPN
    [InlineData("svc-gateway@CONTOSO.COM", false)]
    [InlineData("SVC-GATEWAY@CONTOSO.COM", false)]
    [InlineData("alice", false)]
    [InlineData("", false)]
    public void The_ticket_must_name_the_user_who_was_asked_for(string owner, bool fits) =>
        Assert.Equal(fits, GssNamesOfUsers.MayStandFor(owner, "alice@contoso.com", new GssAccount("svc-gateway", "CONTOSO.COM", "keytab", usersAreAccounts: false)));

    [Theory]
    [InlineData("Alice@CONTOSO.COM", true)]
    [InlineData("bob@CONTOSO.COM", false)]
    [InlineData("alice@PARTNER.EXAMPLE", false)]
    public void An_account_must_come_back_as_it_was(string owner, bool fits) =>
        Assert.Equal(fits, GssNamesOfUsers.MayStandFor(owner, "alice@CONTOSO.COM", new GssAccount("svc-gateway", "CONTOSO.COM", "keytab", usersAreAccounts: true)));

    private static GatewaySession Session(string user, params (string Type, string[] Values)[] claims) => new()
    {
        User = user, Subject = "s", Provider = "adfs", CreatedAt = DateTimeOffset.UnixEpoch,
        Claims = claims.ToDictionary(c => c.Type, c => (IReadOnlyList<string>)c.Values),
    };
}
