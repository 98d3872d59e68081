using MfaGateway.Audit;
using MfaGateway.Configuration;
using MfaGateway.SignIn;

namespace MfaGateway.Tests;

/// <summary>The settings of a small gateway. A test changes only what it is about.</summary>
internal static class Settings
{
    public static GatewaySettings Of(GatewayOptions options, string? folder = null) => new(options, folder ?? Path.GetTempPath());

    public static GatewaySettings Default => Of(Options());

    public static GatewayOptions Options(Action<GatewayOptions>? change = null)
    {
        var options = new GatewayOptions { PublicOrigin = new Uri("https://mail.contoso.com"), Policy = { Path = "policy.json" } };
        options.Exchange.Servers.Add("https://ex1.contoso.com");
        options.Audit.Sinks.Add(new AuditSinkOptions { Kind = "File", Path = "audit.jsonl" });
        change?.Invoke(options);
        return options;
    }

    public static ProviderOptions Adfs(Action<ProviderOptions>? change = null) => Changed(change, new ProviderOptions
    {
        Kind = "Adfs",
        Authority = "https://sts.contoso.com/adfs",
        ClientId = "gateway",
        Resource = "https://mail.contoso.com/gateway",
    });

    public static ProviderOptions Entra(Action<ProviderOptions>? change = null) => Changed(change, new ProviderOptions
    {
        Kind = "Entra",
        TenantId = "11111111-2222-3333-4444-555555555555",
        ClientId = "gateway",
        AuthenticationContext = "c1",
    });

    public static ProviderOptions Oidc(Action<ProviderOptions>? change = null) => Changed(change, new ProviderOptions
    {
        Kind = "Oidc",
        Authority = "https://login.example.org",
        ClientId = "gateway",
        Evidence = { Mfa = { Row("amr", "mfa", "otp"), Row("acr", "loa-4") } },
    });

    public static Provider Provider(ProviderOptions options, string name = "main") => new(name, options, ProviderCatalog.KindOf(options.Kind)!);

    public static ClaimRule Row(string claim, params string[] values) => new() { Claim = claim, AnyOf = [.. values] };

    private static ProviderOptions Changed(Action<ProviderOptions>? change, ProviderOptions options)
    {
        change?.Invoke(options);
        return options;
    }
}
