using MfaGateway.Sessions;

namespace MfaGateway.SignOn.Kerberos;

/// <summary>From a session to the Kerberos name of its user, by the rules in <see cref="KerberosOptions"/>. What is not certain has no name: a wrong guess would
/// open somebody else's mailbox.</summary>
internal static class UserNaming
{
    /// <summary>The name, or null when the session does not say.</summary>
    public static string? NameOf(GatewaySession session, KerberosOptions options)
    {
        var text = options.UserClaim is not { } claim ? session.User : session.Claims.TryGetValue(claim, out var values) && values is [var only] ? only : null;
        if (text is null) return null;
        return options.UserName.Equals("samAccountName", StringComparison.OrdinalIgnoreCase) ? Account(text, options) : IsUpn(text) ? text : null;
    }

    /// <summary>One <c>@</c> with something on either side, and nothing that means something else in a Kerberos name (RFC 1964 section 2.1.1).</summary>
    internal static bool IsUpn(string text) => text.Split('@') is [{ Length: > 0 } name, { Length: > 0 } suffix] && IsPlain(name) && IsPlain(suffix);

    private static string? Account(string text, KerberosOptions options)
    {
        var (domain, name) = text.Split('\\') is [var before, var after] ? (before, after) : text.Split('@') is [var left, var right] ? (right, left) : (null, text);
        if (!IsPlain(name) || name.Contains('@', StringComparison.Ordinal)) return null;
        var realm = domain is null ? options.Realm
            : options.Domains.TryGetValue(domain, out var known) ? known
            : domain.Equals(options.Realm, StringComparison.OrdinalIgnoreCase) ? options.Realm
            : null;
        return realm is null ? null : $"{name}@{realm}";
    }

    private static bool IsPlain(string text) => text.Length is > 0 and <= 256 && !text.Any(c => c is '/' or '\\' || char.IsControl(c) || char.IsWhiteSpace(c));
}
