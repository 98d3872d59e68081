using System.Globalization;
using MfaGateway.Policy;
using MfaGateway.Sessions;
using MfaGateway.SignIn;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace MfaGateway.Tests.SignIn;

public class SignInAskTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("mfa", "", true)]
    [InlineData("", "mfa", false)]
    [InlineData("mfa", "mfa", true)]
    [InlineData("mfa age=900", "mfa age=1800", true)] // fresher than needed
    [InlineData("mfa age=1800", "mfa age=900", false)]
    [InlineData("mfa", "mfa age=900", false)]
    [InlineData("mfa age=0", "mfa", true)]
    [InlineData("mfa method=fido method=hwk", "mfa method=hwk", true)]
    [InlineData("mfa method=hwk", "mfa method=fido", false)]
    [InlineData("mfa method=hwk", "mfa method=HWK", false)]
    [InlineData("mfa context=c1 context=c2", "mfa context=C2", true)]
    [InlineData("mfa context=c1", "mfa context=c1 context=c2", false)]
    public void A_sign_in_covers_what_asks_for_no_more(string asked, string needed, bool covers) => Assert.Equal(covers, Ask(asked).Covers(Ask(needed)));

    [Fact]
    public void An_ask_holds_every_demand_of_the_policy_once()
    {
        var demand = new StepUpDemand { MaxAge = TimeSpan.FromMinutes(15), Methods = [["fido", "hwk"], ["hwk"]], Contexts = [["c1"], ["C1"]] };

        var ask = SignInAsk.For(demand);

        Assert.Equivalent(new SignInAsk { Mfa = true, MaxAge = TimeSpan.FromMinutes(15), Methods = ["fido", "hwk"], Contexts = ["c1"] }, ask, strict: true);
    }

    /// <summary>Provider, what is asked for, and the parameters of the authorization request as they go out.</summary>
    public static TheoryData<string, string, string> Requests => new()
    {
        { "Adfs", "", "resource=https://mail.contoso.com/gateway" },
        { "Adfs", "mfa", "resource=https://mail.contoso.com/gateway|resource_params=eyJhY3IiOiJodHRwOi8vc2NoZW1hcy5taWNyb3NvZnQuY29tL2NsYWltcy9tdWx0aXBsZWF1dGhuIn0" },
        {
            "Adfs", "mfa age=900",
            "max_age=900|resource=https://mail.contoso.com/gateway|resource_params=eyJhY3IiOiJodHRwOi8vc2NoZW1hcy5taWNyb3NvZnQuY29tL2NsYWltcy9tdWx0aXBsZWF1dGhuIn0"
        },
        { "Adfs with a step-up of its own", "mfa", "amr_values=ngcmfa|resource=https://mail.contoso.com/gateway" },
        { "Entra", "", "" },
        { "Entra", "mfa", """claims={"id_token":{"acrs":{"essential":true,"value":"c1"}}}""" },
        { "Entra", "mfa context=C1", """claims={"id_token":{"acrs":{"essential":true,"value":"c1"}}}""" },
        { "Entra", "mfa context=c5", """claims={"id_token":{"acrs":{"essential":true,"values":["c1","c5"]}}}""" },
        { "Entra", "context=c5", """claims={"id_token":{"acrs":{"essential":true,"value":"c5"}}}""" },
        { "Entra", "mfa age=3600", """claims={"id_token":{"acrs":{"essential":true,"value":"c1"}}}|max_age=3600|prompt=login""" },
        { "Oidc", "", "" },
        { "Oidc", "mfa", "acr_values=loa-4" },
        { "Oidc", "context=loa-3", "acr_values=loa-3" },
        { "Oidc", "mfa age=60", "acr_values=loa-4|max_age=60" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public void Each_dialect_asks_in_its_own_words(string provider, string ask, string parameters)
    {
        var options = provider switch
        {
            "Adfs" => Settings.Adfs(),
            "Entra" => Settings.Entra(),
            "Oidc" => Settings.Oidc(o => o.StepUp["acr_values"] = "loa-4"),
            _ => Settings.Adfs(o => o.StepUp["amr_values"] = "ngcmfa"),
        };
        var request = new OpenIdConnectMessage();
        request.Parameters.Clear();

        Settings.Provider(options).Dialect.Ask(request, options, new SignInRequest(Ask(ask), null, StepUp: true));

        Assert.Equal(parameters, string.Join('|', request.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}")));
    }

    [Theory]
    [InlineData("Adfs", "openid allatclaims", "RS256", "https://sts.contoso.com/adfs")]
    [InlineData("Entra", "openid profile", "PS256", "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0")]
    [InlineData("Oidc", "openid profile", "RS256", "https://login.example.org")]
    public void Each_dialect_has_its_defaults(string kind, string scopes, string algorithm, string authority)
    {
        var provider = Settings.Provider(kind switch { "Adfs" => Settings.Adfs(), "Entra" => Settings.Entra(), _ => Settings.Oidc() });

        Assert.Equal(
            (scopes, algorithm, authority), (string.Join(' ', provider.Profile.Scopes), provider.Profile.AssertionAlgorithm, provider.Authority));
    }

    /// <summary>Reads "mfa age=900 method=fido context=c1".</summary>
    private static SignInAsk Ask(string words)
    {
        string[] parts = words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new SignInAsk
        {
            Mfa = parts.Contains("mfa"),
            MaxAge = Values("age=") is [var age] ? TimeSpan.FromSeconds(int.Parse(age, CultureInfo.InvariantCulture)) : null,
            Methods = Values("method="),
            Contexts = Values("context="),
        };

        string[] Values(string name) => [.. parts.Where(p => p.StartsWith(name, StringComparison.Ordinal)).Select(p => p[name.Length..])];
    }
}
