namespace MfaGateway.Tests.Configuration;

/// <summary>Settings that are well formed and would open a door or break the start.</summary>
public sealed class DangerousSettingsTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("https://ex1.contoso.com/")]
    [InlineData("https://ex1.contoso.com:443")]
    [InlineData("HTTPS://EX1.contoso.com")]
    public void A_server_listed_twice_in_two_spellings_is_listed_twice(string spelling)
    {
        Expect($$$"""{"Exchange":{"Servers":["https://ex1.contoso.com","{{{spelling}}}"]}}""", "$.Gateway.Exchange.Servers", "listed twice");
    }

    [Fact]
    public void The_management_listener_does_not_pretend_to_speak_TLS()
    {
        Expect("""{"Management":{"Url":"https://127.0.0.1:8445"}}""", "$.Gateway.Management.Url", "http://127.0.0.1:8445");
    }

    [Theory]
    [InlineData("Cookie")]
    [InlineData("authorization")]
    [InlineData("Host")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X_Forwarded_Proto")]
    [InlineData("Forwarded")]
    [InlineData("X-CommonAccessToken")]
    [InlineData("msExchLogonMailbox")]
    [InlineData("X-MS-Proxy")]
    [InlineData("X-Rewrite-URL")]
    [InlineData("X-Original-URL")]
    [InlineData("Remote_User")]
    [InlineData("X-Auth-Request-User")]
    [InlineData("X-Real-IP")]
    [InlineData("X-SSL-Client-Cert")]
    [InlineData("SSL_CLIENT_S_DN")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Connection")]
    [InlineData("Upgrade")]
    public void A_header_that_gives_another_identity_address_or_framing_cannot_be_let_through(string name)
    {
        Expect($$$"""{"Exchange":{"AllowedRequestHeaders":["X-Fine","{{{name}}}"]}}""", "$.Gateway.Exchange.AllowedRequestHeaders[1]", name);
    }

    private void Expect(string patch, string path, string words)
    {
        _folder.Patch(patch);

        var problem = Assert.Single(_folder.Load().Problems);

        Assert.Equal(path, problem.Path);
        Assert.Contains(words, $"{problem.Message} {problem.Remedy}", StringComparison.Ordinal);
    }
}
