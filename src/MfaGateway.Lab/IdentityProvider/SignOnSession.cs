using System.Globalization;
using System.Security.Claims;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>A remembered single sign-on session, as its cookie carries it.</summary>
/// <param name="Upn">Who is signed in.</param>
/// <param name="Id">The session's id, claim <c>sid</c>.</param>
/// <param name="PasswordAt">When the password was given.</param>
/// <param name="FactorAt">When the second factor was given; null when it was not.</param>
internal sealed record SignOnSession(string Upn, string Id, DateTimeOffset PasswordAt, DateTimeOffset? FactorAt)
{
    /// <summary>Name of the cookie scheme.</summary>
    public const string Scheme = "lab-sso";

    private const string FactorClaim = "factor_at";

    public ClaimsPrincipal ToPrincipal()
    {
        var identity = new ClaimsIdentity(Scheme);
        identity.AddClaim(new Claim("upn", Upn));
        identity.AddClaim(new Claim("sid", Id));
        identity.AddClaim(new Claim("auth_time", Text(PasswordAt)));
        if (FactorAt is { } at) identity.AddClaim(new Claim(FactorClaim, Text(at)));
        return new ClaimsPrincipal(identity);
    }

    public static SignOnSession? From(ClaimsPrincipal? principal) =>
        principal?.FindFirst("upn")?.Value is { } upn && principal.FindFirst("sid")?.Value is { } id && Time(principal, "auth_time") is { } at
            ? new SignOnSession(upn, id, at, Time(principal, FactorClaim))
            : null;

    private static string Text(DateTimeOffset at) => at.UtcTicks.ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset? Time(ClaimsPrincipal principal, string type) =>
        long.TryParse(principal.FindFirst(type)?.Value, CultureInfo.InvariantCulture, out var ticks) ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
}
