using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using MfaGateway.Lab.Kerberos;

namespace MfaGateway.InteropTests.Kerberos;

[Collection(DomainTests.Name)]
public sealed class TicketTests(Domain domain)
{
    [Fact]
    public async Task a_user_is_signed_on_as_himself_with_nothing_but_the_gateways_keytab()
    {
        using var gatekeeper = new Gatekeeper(domain);
        using var acceptor = new TicketAcceptor(domain.Keytab("mail"), "none:");

        using var context = await gatekeeper.GrantedAsync("alice@contoso.test");
        var accepted = acceptor.Accept(context.Token.Span, Gatekeeper.Binding);

        Assert.Equal(@"alice\@contoso.test@CONTOSO.TEST", accepted.User);
        Assert.True(accepted.Bound);
        Assert.True(context.Completes(accepted.Answer));
    }

    [Theory]
    [InlineData("upn", "carol@corp.example", @"carol\@corp.example@CONTOSO.TEST")] // a suffix that is not the domain
    [InlineData("upn", "dora.explorer@contoso.test", @"dora.explorer\@contoso.test@CONTOSO.TEST")] // not the account's name
    [InlineData("samAccountName", "dora@CONTOSO.TEST", "dora@CONTOSO.TEST")]
    public async Task users_are_known_by_upn_and_by_account(string rule, string user, string expected)
    {
        using var gatekeeper = new Gatekeeper(domain, choice => choice.UserName = rule);

        Assert.Equal(expected, await gatekeeper.AcceptedAsAsync(user));
    }

    [Fact]
    public async Task many_users_at_once_are_each_signed_on_as_themselves()
    {
        using var gatekeeper = new Gatekeeper(domain, choice => choice.Workers = 8);
        using var acceptor = new TicketAcceptor(domain.Keytab("mail"), "none:");
        var wrong = 0;

        await Parallel.ForAsync(0, 2_000, TestContext.Current.CancellationToken, async (n, _) =>
        {
            var user = $"user{n * 7 % 40}@contoso.test";
            using var context = await gatekeeper.GrantedAsync(user);
            var accepted = acceptor.Accept(context.Token.Span, Gatekeeper.Binding);
            if (accepted.User != $"{user.Replace("@", @"\@", StringComparison.Ordinal)}@CONTOSO.TEST" || !context.Completes(accepted.Answer)) Interlocked.Increment(ref wrong);
        });

        Assert.Equal(0, wrong);
    }

    [Fact]
    public async Task another_peoples_web_server_takes_the_token()
    {
        using var gatekeeper = new Gatekeeper(domain);
        await using var apache = await Apache.StartAsync(domain);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var context = await gatekeeper.GrantedAsync("alice@contoso.test");
        var mail = new Uri($"{apache.Address}/owa/");
        using var without = await client.GetAsync(mail, TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, mail)
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Negotiate", Convert.ToBase64String(context.Token.Span)) },
        };

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(@"alice\@contoso.test@CONTOSO.TEST", response.Headers.GetValues("X-Remote-User").Single());
        var answer = Assert.Single(response.Headers.WwwAuthenticate);
        Assert.True(context.Completes(Convert.FromBase64String(answer.Parameter!)));
    }

    /// <summary>.NET's own acceptor cannot be told which keytab to use but by the environment, and looks at no bindings on Linux.</summary>
    [Fact]
    public async Task dotnets_acceptor_takes_the_token()
    {
        using var gatekeeper = new Gatekeeper(domain);
        using var context = await gatekeeper.GrantedAsync("alice@contoso.test");
        CarelessProgram.Set("KRB5_KTNAME", $"FILE:{domain.Keytab("mail")}");
        CarelessProgram.Set("KRB5RCACHENAME", "none:");
        using var server = new NegotiateAuthentication(new NegotiateAuthenticationServerOptions { Package = "Negotiate" });

        var answer = server.GetOutgoingBlob(context.Token.Span, out var status);

        Assert.Equal(NegotiateAuthenticationStatusCode.Completed, status);
        Assert.Equal(@"alice\@contoso.test@CONTOSO.TEST", server.RemoteIdentity.Name);
        Assert.True(context.Completes(answer));
    }
}
