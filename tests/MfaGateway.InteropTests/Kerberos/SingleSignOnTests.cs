using System.Net;
using System.Text.Json.Nodes;
using MfaGateway.InteropTests.Setup;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>The whole way: somebody signs in at the provider once and reads mail as himself, with a domain controller, a provider and an acceptor that share no
/// code with the gateway.</summary>
[Collection(DomainTests.Name)]
public sealed class SingleSignOnTests(Domain domain)
{
    [Fact]
    public async Task people_sign_in_once_and_exchange_knows_each_of_them()
    {
        await using var deployment = await StartAsync();
        using var alice = deployment.OpenBrowser();
        using var bob = deployment.OpenBrowser();

        await SignInAsync(alice, Account.Alice);
        await SignInAsync(bob, Account.Bob);

        Assert.Equal(@"Exchange shows /owa/ to alice\@contoso.test@CONTOSO.TEST", alice.Html);
        Assert.Equal(@"Exchange shows /owa/ to bob\@contoso.test@CONTOSO.TEST", bob.Html);
        for (var n = 0; n < 20; n++)
        {
            await alice.OpenAsync($"/owa/default.aspx?n={n}");
            await bob.OpenAsync($"/owa/default.aspx?n={n}");
            Assert.Equal(@"Exchange shows /owa/default.aspx to alice\@contoso.test@CONTOSO.TEST", alice.Html);
            Assert.Equal(@"Exchange shows /owa/default.aspx to bob\@contoso.test@CONTOSO.TEST", bob.Html);
        }

        Assert.InRange(deployment.Acceptor.Tokens, 2, 6); // the server said that its connections stay signed on
    }

    [Fact]
    public async Task every_request_carries_a_token_when_it_is_wanted_so()
    {
        await using var deployment = await StartAsync(kerberos => kerberos["Authentication"] = "PerRequest");
        using var alice = deployment.OpenBrowser();
        await SignInAsync(alice, Account.Alice);

        for (var n = 0; n < 10; n++) await alice.OpenAsync("/owa/default.aspx");

        Assert.Equal(@"Exchange shows /owa/default.aspx to alice\@contoso.test@CONTOSO.TEST", alice.Html);
        Assert.Equal(11, deployment.Acceptor.Tokens);
    }

    [Fact]
    public async Task a_stopped_domain_controller_is_not_noticed_by_those_who_have_a_ticket()
    {
        await using var deployment = await StartAsync(kerberos => kerberos["KdcTimeout"] = "00:00:03");
        using var alice = deployment.OpenBrowser();
        using var bob = deployment.OpenBrowser();
        await SignInAsync(alice, Account.Alice);

        await domain.StopAsync();
        try
        {
            for (var n = 0; n < 5; n++) await alice.OpenAsync("/owa/default.aspx");
            Assert.Equal(@"Exchange shows /owa/default.aspx to alice\@contoso.test@CONTOSO.TEST", alice.Html);
            await SignInAsync(bob, Account.Bob);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, bob.Status);
        }
        finally
        {
            await domain.StartAsync();
        }

        await bob.OpenAsync("/owa/");
        Assert.Equal(@"Exchange shows /owa/ to bob\@contoso.test@CONTOSO.TEST", bob.Html);
    }

    [Fact]
    public async Task a_keytab_that_is_old_is_a_page_with_a_reference_and_nobody_is_signed_on()
    {
        await using var deployment = await StartAsync(kerberos => kerberos["Keytab"] = domain.Keytab("stale"));
        using var alice = deployment.OpenBrowser();

        await SignInAsync(alice, Account.Alice);

        Assert.Equal(HttpStatusCode.BadGateway, alice.Status);
        Assert.Equal(0, deployment.Acceptor.Tokens);
    }

    /// <summary>Apache tells each token from one it has seen, keeps no connection signed on, and is told nothing by the gateway but the ticket.</summary>
    [Theory]
    [InlineData("upn", @"{0}\@contoso.test@CONTOSO.TEST")]
    [InlineData("samAccountName", "{0}@CONTOSO.TEST")]
    public async Task other_peoples_web_server_behind_the_gateway_knows_each_of_them(string rule, string name)
    {
        await using var deployment = await Deployment.StartAsync(
            SignOn(kerberos => (kerberos["UserName"], kerberos["Domains"]) = (rule, new JsonObject { ["contoso.test"] = Domain.Realm })),
            async (certificate, _) => await Apache.StartAsync(domain, certificate));
        using var alice = deployment.OpenBrowser();
        using var bob = deployment.OpenBrowser();
        await SignInAsync(alice, Account.Alice);
        await SignInAsync(bob, Account.Bob);

        for (var n = 0; n < 10; n++)
        {
            await alice.OpenAsync($"/owa/?n={n}");
            await bob.OpenAsync($"/owa/?n={n}");
            Assert.Equal($"Apache shows mail to {string.Format(null, name, "alice")}", alice.Html);
            Assert.Equal($"Apache shows mail to {string.Format(null, name, "bob")}", bob.Html);
        }
    }

    private static async Task SignInAsync(Browser browser, Account account)
    {
        await browser.OpenAsync("/owa/");
        await browser.GivePasswordAsync(account);
    }

    private Task<Deployment> StartAsync(Action<JsonObject>? change = null) => Deployment.StartAsync(SignOn(change), domain.Keytab("mail"));

    private JsonObject SignOn(Action<JsonObject>? change = null)
    {
        var kerberos = new JsonObject
        {
            ["Realm"] = Domain.Realm, ["Kdcs"] = new JsonArray(domain.Address), ["Account"] = "svc-gateway", ["Keytab"] = domain.Keytab("gateway"),
        };
        change?.Invoke(kerberos);
        return new JsonObject { ["Method"] = "Kerberos", ["ServicePrincipalName"] = Domain.MailService, ["Kerberos"] = kerberos };
    }
}
