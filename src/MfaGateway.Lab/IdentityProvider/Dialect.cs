using System.Security.Claims;
using OpenIddict.Abstractions;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>Where a dialect's endpoints are, relative to the server's root.</summary>
internal sealed record DialectPaths(string Issuer, string Configuration, string Authorization, string Token, string Keys, string EndSession, string SignIn)
{
    /// <summary>The userinfo endpoint, if the server has one of its own.</summary>
    public string? UserInfo { get; init; }
}

/// <summary>How one vendor's server understands requests and writes claims.</summary>
internal abstract class Dialect
{
    /// <summary>Name on the command line, and of the provider in the gateway's configuration.</summary>
    public abstract string Name { get; }

    public abstract DialectPaths Paths { get; }

    /// <summary>Claims and scopes that the discovery document lists.</summary>
    public abstract IReadOnlyList<string> Claims { get; }

    public abstract IReadOnlyList<string> Scopes { get; }

    /// <summary>Claims of the ID token that are arrays even with one value. Default none.</summary>
    public virtual IReadOnlyList<string> ArrayClaims => [];

    /// <summary>Whether <c>max_age</c> is understood.</summary>
    public abstract bool KnowsMaxAge { get; }

    /// <summary>The error of a request this server would refuse; null when it would not.</summary>
    public abstract (string Error, string Description)? Refuse(OpenIddictRequest request);

    /// <summary>Whether the request demands a second factor.</summary>
    public abstract bool WantsFactor(OpenIddictRequest request);

    /// <summary>Writes the claims of the ID token besides <c>sub</c>, <c>sid</c> and <c>auth_time</c>.</summary>
    public abstract void AddClaims(ClaimsIdentity identity, OpenIddictRequest request, LabUser user, SignOnSession session);

    /// <summary>Whether a refresh token comes by itself (AD FS: <c>-IssueOAuthRefreshTokensTo</c> of the Web API); else the scope <c>offline_access</c> asks for it.</summary>
    public abstract bool GivesRefreshTokens { get; }

    /// <summary>Writes anew what may have changed since the sign-in: the groups.</summary>
    public abstract void RenewClaims(ClaimsIdentity identity, LabUser user);

    /// <summary>The dialect of that name.</summary>
    public static Dialect Named(string name) => name switch
    {
        AdfsDialect.DialectName => new AdfsDialect(),
        EntraDialect.DialectName => new EntraDialect(),
        _ => throw new ArgumentException($"`{name}` is not a dialect; `adfs` and `entra` are.", nameof(name)),
    };
}
