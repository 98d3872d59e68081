namespace MfaGateway.SignOn.Kerberos;

/// <summary>Accounts that are never signed on. A domain lets the gateway act for everybody who is not flagged "sensitive", its administrators and its
/// computers too; whoever can make an identity provider say such a name must gain nothing.</summary>
internal static class RefusedNames
{
    private static readonly string[] _default = ["Administrator", "krbtgt"];

    /// <param name="user">UPN, name@REALM, or a name alone.</param>
    /// <param name="options">The names.</param>
    public static bool Contains(string user, KerberosOptions options)
    {
        var at = user.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? user : user[..at];
        if (name.EndsWith('$')) return true; // computers never read mail
        if (options.Account is { } own && name.Equals(own, StringComparison.OrdinalIgnoreCase)) return true;
        var refused = options.RefusedUsers.Count > 0 ? options.RefusedUsers : _default;
        return refused.Any(pattern => Matches(name, pattern));
    }

    private static bool Matches(string name, string pattern) => (pattern.StartsWith('*'), pattern.EndsWith('*')) switch
    {
        (true, true) => name.Contains(pattern.Trim('*'), StringComparison.OrdinalIgnoreCase),
        (true, false) => name.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase),
        (false, true) => name.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase),
        _ => name.Equals(pattern, StringComparison.OrdinalIgnoreCase),
    };
}
