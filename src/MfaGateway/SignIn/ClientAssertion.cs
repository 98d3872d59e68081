using MfaGateway.Configuration;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace MfaGateway.SignIn;

/// <summary>Proves to a provider who the gateway is: an assertion signed with its certificate (RFC 7523, 2.2), or its secret.</summary>
internal sealed class ClientAssertion(CertificateFiles certificates, TimeProvider time)
{
    public void Apply(OpenIdConnectMessage request, Provider provider, string tokenEndpoint)
    {
        if (provider.Options.ClientCertificate is { } files)
        {
            request.ClientSecret = null;
            request.ClientAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            request.ClientAssertion = Sign(provider, files, tokenEndpoint);
        }
        else
        {
            request.ClientSecret = provider.Options.ClientSecret?.Reveal();
        }
    }

    private string Sign(Provider provider, CertificateOptions files, string tokenEndpoint)
    {
        var certificate = certificates.Load(files);
        var now = time.GetUtcNow();
        var client = provider.Options.ClientId!;
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = client,
            Audience = tokenEndpoint,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = now.AddMinutes(5).UtcDateTime,
            Claims = new Dictionary<string, object> { ["sub"] = client, ["jti"] = Guid.CreateVersion7(now).ToString() },
            SigningCredentials = new X509SigningCredentials(certificate, provider.Profile.AssertionAlgorithm),
            AdditionalHeaderClaims = new Dictionary<string, object>
            {
                ["x5t#S256"] = Base64UrlEncoder.Encode(certificate.GetCertHash(System.Security.Cryptography.HashAlgorithmName.SHA256)),
            },
        });
    }
}
