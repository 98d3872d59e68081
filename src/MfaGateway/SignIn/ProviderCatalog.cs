using System.Diagnostics.CodeAnalysis;
using MfaGateway.Configuration;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.SignIn;

/// <summary>A configured provider with its dialect.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Options">Its section.</param>
/// <param name="Dialect">Its kind.</param>
internal sealed record Provider(string Name, ProviderOptions Options, IIdentityProvider Dialect)
{
    public string Scheme => SchemeOf(Name);
    public string Authority => Dialect.Authority(Options);
    public string DisplayName => Options.DisplayName ?? Name;
    public ProviderProfile Profile => Dialect.Describe(Options);

    public static string SchemeOf(string name) => $"oidc:{name}";

    /// <summary>Where all providers send their answers to.</summary>
    public const string Callbacks = "/.gateway/signin-oidc";

    public static string CallbackPath(string name) => $"{Callbacks}/{name}";
}

/// <summary>The configured providers, and which of them signs a person in.</summary>
internal sealed class ProviderCatalog(GatewaySettings settings)
{
    public static readonly IReadOnlyList<IIdentityProvider> Kinds = [new AdfsProvider(), new EntraProvider(), new OidcProvider()];

    public IEnumerable<Provider> All => settings.Current.Providers.Select(p => Make(p.Key, p.Value));

    public static IIdentityProvider? KindOf(string? kind) => Kinds.FirstOrDefault(k => string.Equals(k.Kind, kind, StringComparison.OrdinalIgnoreCase));

    public Provider? Find(string name) => settings.Current.Providers.TryGetValue(name, out var options) ? Make(name, options) : null;

    public Provider? FindByScheme(string scheme) => scheme.StartsWith("oidc:", StringComparison.Ordinal) ? Find(scheme["oidc:".Length..]) : null;

    public Provider? FindByIssuer(string issuer) => All.FirstOrDefault(p => string.Equals(p.Authority, issuer.TrimEnd('/'), StringComparison.Ordinal));

    /// <summary>Whether an address is where a provider sends its answers. On any other the framework would take the only scheme for the default one, and fail.</summary>
    public bool IsCallback(PathString path) => path.StartsWithSegments(Provider.Callbacks, StringComparison.OrdinalIgnoreCase) && IsOneOf(path);

    private bool IsOneOf(PathString path) => settings.Current.Providers.Keys.Any(name => path.Equals(Provider.CallbackPath(name), StringComparison.OrdinalIgnoreCase));

    /// <summary>The provider for a person: by the domain of the hint, else the default, else the only one; false when a person has to choose.</summary>
    public bool TryChoose(string? loginHint, string? domainHint, [NotNullWhen(true)] out Provider? provider)
    {
        var domain = domainHint ?? loginHint?[(loginHint.LastIndexOf('@') + 1)..];
        provider = domain is null ? null : All.FirstOrDefault(p => p.Options.Domains.Contains(domain, StringComparer.OrdinalIgnoreCase));
        if (provider is null && settings.Current.DefaultProvider is { } name) provider = Find(name);
        if (provider is null && settings.Current.Providers.Count == 1) provider = All.First();
        return provider is not null;
    }

    private static Provider Make(string name, ProviderOptions options) => new(name, options, KindOf(options.Kind)!); // kinds were validated at load
}
