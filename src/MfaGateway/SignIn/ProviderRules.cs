using MfaGateway.Configuration;

namespace MfaGateway.SignIn;

/// <summary>What each kind of provider cannot do without.</summary>
internal static class ProviderRules
{
    public static void Check(string at, ProviderOptions provider, Rules check)
    {
        check.That(provider.ClientSecret is not null || provider.ClientCertificate is not null, at,
            "The gateway has nothing to prove itself with at this provider.",
            $"Set ClientCertificate.Path, or the environment variable Gateway__{at.Replace(".", "__", StringComparison.Ordinal)}__ClientSecret.");
        var kind = ProviderCatalog.KindOf(provider.Kind);
        check.That(kind is EntraProvider || !provider.Evidence.TrustConditionalAccess, $"{at}.Evidence.TrustConditionalAccess", "Only Entra has Conditional Access.", "Remove it.");
        switch (kind)
        {
            case AdfsProvider:
                CheckAuthority(at, provider, check, "https://sts.contoso.com/adfs");
                check.That(!string.IsNullOrWhiteSpace(provider.Resource), $"{at}.Resource",
                    "AD FS without a resource applies no policy of yours, so MFA could be skipped.",
                    "Set it to the identifier of the Web API that carries the access control policy.");
                break;
            case EntraProvider:
                check.That(Guid.TryParse(provider.TenantId, out _), $"{at}.TenantId", $"'{provider.TenantId}' is not a tenant's GUID.",
                    "Copy the directory (tenant) ID; 'common' and 'organizations' would let every tenant in.");
                check.That(Uri.TryCreate(provider.Instance, UriKind.Absolute, out var cloud) && cloud.Scheme == "https", $"{at}.Instance", $"'{provider.Instance}' is not an https address.", "Write https://login.microsoftonline.com or your cloud's.");
                check.That(provider.AuthenticationContext is not null || provider.Evidence.Mfa.Count > 0 || provider.Evidence.TrustConditionalAccess, $"{at}.AuthenticationContext",
                    "Nothing in an Entra v2.0 token shows MFA by itself.",
                    "Set AuthenticationContext to the context your Conditional Access policy is bound to, or Evidence.TrustConditionalAccess to true.");
                break;
            default:
                CheckAuthority(at, provider, check, "https://login.example.org");
                check.That(provider.Evidence.Mfa.Count > 0, $"{at}.Evidence.Mfa", "Nothing says which claims of this provider prove MFA.",
                    "Add rows such as { \"Claim\": \"amr\", \"AnyOf\": [\"mfa\", \"otp\"] }.");
                break;
        }
    }

    private static void CheckAuthority(string at, ProviderOptions provider, Rules check, string example)
    {
        if (check.That(!string.IsNullOrWhiteSpace(provider.Authority), $"{at}.Authority", "The issuer's address is missing.", $"Write for example {example}."))
            check.That(Uri.TryCreate(provider.Authority, UriKind.Absolute, out var authority) && authority is { Scheme: "https", Query: "", UserInfo: "" }, $"{at}.Authority",
                $"'{provider.Authority}' is not an https address.", $"Write for example {example}.");
    }
}
