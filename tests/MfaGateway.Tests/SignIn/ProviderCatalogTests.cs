using MfaGateway.SignIn;

namespace MfaGateway.Tests.SignIn;

public class ProviderCatalogTests
{
    [Theory]
    // the domain of a hint decides first, whr before the login hint
    [InlineData("a@contoso.com", null, null, "entra")]
    [InlineData("a@CONTOSO.com", null, "adfs", "entra")]
    [InlineData(null, "contoso.com", null, "entra")]
    [InlineData("a@fabrikam.com", "contoso.com", null, "entra")]
    [InlineData("a@contoso.com", "fabrikam.com", "adfs", "adfs")]
    [InlineData("contoso.com", null, null, "entra")]
    // then the default
    [InlineData("a@elsewhere.com", null, "adfs", "adfs")]
    [InlineData(null, null, "ADFS", "ADFS")]
    // else a person chooses
    [InlineData("a@elsewhere.com", null, null, null)]
    [InlineData("a@notcontoso.com", null, null, null)]
    [InlineData("a@contoso.com@evil.example", null, null, null)]
    [InlineData("", null, null, null)]
    [InlineData(null, null, null, null)]
    public void A_hint_or_the_default_chooses_among_several(string? loginHint, string? domainHint, string? byDefault, string? chosen)
    {
        var catalog = Catalog(byDefault, ("adfs", Settings.Adfs()), ("entra", Settings.Entra(o => o.Domains.Add("contoso.com"))));

        var decided = catalog.TryChoose(loginHint, domainHint, out var provider);

        Assert.Equal((chosen is not null, chosen), (decided, provider?.Name));
    }

    [Fact]
    public void The_only_provider_needs_no_choice()
    {
        Assert.True(Catalog(null, ("adfs", Settings.Adfs())).TryChoose("a@elsewhere.com", null, out var provider));

        Assert.Equal("adfs", provider.Name);
    }

    [Fact]
    public void Providers_are_found_by_name_scheme_and_issuer()
    {
        var catalog = Catalog(null, ("adfs", Settings.Adfs(o => o.Authority += "/")), ("entra", Settings.Entra()));

        Assert.Equal("adfs", catalog.FindByScheme("oidc:adfs")?.Name);
        Assert.Equal("adfs", catalog.FindByIssuer("https://sts.contoso.com/adfs")?.Name);
        Assert.Equal("entra", catalog.FindByIssuer("https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0")?.Name);
        Assert.Null(catalog.Find("other"));
        Assert.Null(catalog.FindByScheme("cookies"));
        Assert.Null(catalog.FindByIssuer("https://STS.contoso.com/adfs"));
        Assert.Null(catalog.FindByIssuer("https://sts.contoso.com"));
    }

    private static ProviderCatalog Catalog(string? byDefault, params (string Name, ProviderOptions Options)[] providers) => new(Settings.Of(Settings.Options(options =>
    {
        options.DefaultProvider = byDefault;
        foreach (var (name, provider) in providers) options.Providers[name] = provider;
    })));
}
