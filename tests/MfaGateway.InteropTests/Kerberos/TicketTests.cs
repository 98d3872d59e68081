namespace MfaGateway.InteropTests.Kerberos;

[Collection(DomainTests.Name)]
public sealed class TicketTests(Domain domain)
{
    [Fact]
    public async Task a_user_is_signed_on_as_himself_with_nothing_but_the_gateways_keytab()
    {
        using var gatekeeper = new Gatekeeper(domain);
        using var acceptor = new Acceptor(domain.Keytab("mail"));

        using var context = await gatekeeper.GrantedAsync("alice@contoso.test");
        var accepted = acceptor.Accept(context.Token.Span, Gatekeeper.Binding);

        Assert.Equal(@"alice\@contoso.test@CONTOSO.TEST", accepted.User);
        Assert.True(accepted.Bound);
        Assert.True(context.Completes(accepted.Answer));
    }
}
