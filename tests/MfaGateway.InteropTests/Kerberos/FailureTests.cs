namespace MfaGateway.InteropTests.Kerberos;

/// <summary>Every cause that the domain controller can give has its own name.</summary>
[Collection(DomainTests.Name)]
public sealed class FailureTests(Domain domain)
{
    public static TheoryData<string, string> RefusedPeople => new()
    {
        { "nobody@contoso.test", "user-unknown" },
        { "alice@fabrikam.test", "user-unknown" },
        { "disabled@contoso.test", "user-disabled" },
        { "locked@contoso.test", "user-disabled" },
        { "expired@contoso.test", "user-expired" },
        { "mustchange@contoso.test", "password-expired" },
        { "sensitive@contoso.test", "delegation-refused" }, // with two other causes the same: only the directory tells them apart
        { "Administrator@contoso.test", "privileged-user" },
        { "dc1$@contoso.test", "privileged-user" },
        { "svc-gateway@contoso.test", "privileged-user" },
    };

    [Theory]
    [MemberData(nameof(RefusedPeople))]
    public async Task who_cannot_be_signed_on_is_told_by_the_cause(string user, string cause)
    {
        using var gatekeeper = new Gatekeeper(domain);

        Assert.Equal(cause, await gatekeeper.RefusedAsync(user));
    }

    [Theory]
    [InlineData("HTTP/autodiscover.contoso.test", "delegation-refused")]
    [InlineData("HTTP/nowhere.contoso.test", "service-unknown")]
    public async Task a_service_that_may_not_be_delegated_to_is_told_from_one_that_does_not_exist(string service, string cause)
    {
        using var gatekeeper = new Gatekeeper(domain);

        Assert.Equal(cause, await gatekeeper.RefusedAsync("alice@contoso.test", service));
    }

    [Theory]
    [InlineData("svc-noproto", "noproto", "delegation-refused")]
    [InlineData("svc-gateway", "noproto", "keytab-missing")] // another account's keys: the library speaks of a missing credentials cache
    [InlineData("svc-gateway", "does-not-exist", "keytab-missing")]
    [InlineData("svc-gateway", "stale", "keytab-stale")]
    [InlineData("svc-ghost", "ghost", "account-unknown")]
    public async Task what_is_wrong_with_the_gateways_own_account_is_told(string account, string keytab, string cause)
    {
        using var gatekeeper = new Gatekeeper(domain, choice => (choice.Account, choice.Keytab) = (account, domain.Keytab(keytab)));

        Assert.Equal(cause, await gatekeeper.RefusedAsync("alice@contoso.test"));
    }

    [Fact]
    public async Task a_domain_controller_that_is_not_there_is_told()
    {
        using var gatekeeper = new Gatekeeper(domain, choice => choice.Kdcs = [domain.NobodysAddress]);

        Assert.Equal("kdc-unreachable", await gatekeeper.RefusedAsync("alice@contoso.test"));
    }

    [Fact]
    public async Task the_second_domain_controller_is_asked_when_the_first_is_not_there()
    {
        using var gatekeeper = new Gatekeeper(domain, choice => choice.Kdcs = [domain.NobodysAddress, domain.Address]);

        Assert.Equal("granted", await gatekeeper.RefusedAsync("alice@contoso.test"));
    }

    [Fact]
    public async Task a_keytab_without_modern_keys_is_told()
    {
        var old = domain.Keytab("old-keys");
        await KeytabFiles.KeepAsync(domain.Keytab("gateway"), old, type => type == 23);
        using var gatekeeper = new Gatekeeper(domain, choice => choice.Keytab = old);

        var cause = await gatekeeper.RefusedAsync("alice@contoso.test");
        Assert.True(cause == "encryption-type", gatekeeper.Log.ToString());
    }

    [Theory]
    [InlineData("+20m", "clock-skew")] // tickets of tomorrow
    [InlineData("-20m", "granted")] // the library learns the domain's time, by which Exchange goes too
    public async Task clocks_that_differ_too_much_are_told(string clock, string expected)
    {
        await domain.StopAsync();
        await domain.StartAsync(clock);
        try
        {
            using var gatekeeper = new Gatekeeper(domain);

            var cause = await gatekeeper.RefusedAsync("alice@contoso.test");

            Assert.True(cause == expected, cause + gatekeeper.Log);
        }
        finally
        {
            await domain.StopAsync();
            await domain.StartAsync();
        }
    }

    [Fact]
    public async Task each_refusal_is_logged_once_with_its_number_and_its_remedy()
    {
        using var gatekeeper = new Gatekeeper(domain);

        for (var n = 0; n < 5; n++) await gatekeeper.RefusedAsync("nobody@contoso.test");

        Assert.Equal(6100, gatekeeper.Log.Lines[0].Event.Id); // the gateway's own account works
        var line = Assert.Single(gatekeeper.Log.Lines.Skip(1));
        Assert.Equal(6003, line.Event.Id);
        Assert.Contains("docs/kerberos.md#user-unknown", line.Text, StringComparison.Ordinal);
    }
}
