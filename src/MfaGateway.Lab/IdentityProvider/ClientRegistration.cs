using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>The one client of the lab's identity provider: a gateway.</summary>
internal sealed record ClientRegistration
{
    /// <summary>Client id of the lab's gateway.</summary>
    public const string GatewayId = "0b6f6c52-9f1d-4d65-8a3e-5c9d7e21f4aa";

    /// <summary>Names under which the lab's gateway configurations know this provider; each has its own redirect address.</summary>
    private static readonly string[] ProviderNames = [AdfsDialect.DialectName, EntraDialect.DialectName, "oidc", "other"];

    public string ClientId { get; init; } = GatewayId;

    /// <summary>Compared exactly, trailing slash included.</summary>
    public required IReadOnlyList<Uri> RedirectUris { get; init; }

    public IReadOnlyList<Uri> PostLogoutRedirectUris { get; init; } = [];

    /// <summary>Called in a hidden frame when the session here ends (OpenID Connect Front-Channel Logout 1.0).</summary>
    public Uri? FrontChannelLogoutUri { get; init; }

    /// <summary>Its public key checks client assertions (<c>private_key_jwt</c>). This or a secret is needed.</summary>
    public X509Certificate2? Certificate { get; init; }

    public string? Secret { get; init; }

    /// <summary>The registration of a gateway at that origin.</summary>
    public static ClientRegistration ForGateway(Uri origin) => new()
    {
        RedirectUris = [.. ProviderNames.Select(name => new Uri(origin, $"/.gateway/signin-oidc/{name}"))],
        PostLogoutRedirectUris = [new Uri(origin, "/.gateway/signedout")],
        FrontChannelLogoutUri = new Uri(origin, "/.gateway/frontchannel-logout"),
    };

    public OpenIddictApplicationDescriptor ToDescriptor()
    {
        var descriptor = new OpenIddictApplicationDescriptor
        {
            ClientId = ClientId,
            ClientSecret = Secret,
            ClientType = ClientTypes.Confidential,
            ConsentType = ConsentTypes.Implicit,
            DisplayName = "MfaGateway",
        };
        descriptor.RedirectUris.UnionWith(RedirectUris);
        descriptor.PostLogoutRedirectUris.UnionWith(PostLogoutRedirectUris);
        descriptor.Permissions.UnionWith(
        [
            Permissions.Endpoints.Authorization, Permissions.Endpoints.Token, Permissions.Endpoints.EndSession,
            Permissions.GrantTypes.AuthorizationCode, Permissions.GrantTypes.RefreshToken, Permissions.ResponseTypes.Code,
        ]);
        if (Certificate is not null)
        {
            using var publicOnly = X509CertificateLoader.LoadCertificate(Certificate.RawData);
            var key = JsonWebKeyConverter.ConvertFromX509SecurityKey(new X509SecurityKey(publicOnly), representAsRsaKey: true);
            descriptor.JsonWebKeySet = new JsonWebKeySet { Keys = { key } };
        }

        return descriptor;
    }
}
