using System.Buffers;
using MfaGateway.Shield;

namespace MfaGateway.SignIn;

/// <summary>Where a person goes after the sign-in: a path of our own origin in canonical form, or <c>/owa/</c>. Never another origin, however it is spelled.</summary>
internal static class ReturnTarget
{
    public const string Default = "/owa/";
    private const int MaxLength = 4_096;

    private static readonly SearchValues<char> _fragment = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%");

    /// <param name="target">A path with query as asked for; null for none.</param>
    /// <param name="fragment">The part after <c>#</c>, with or without it; null for none.</param>
    public static string From(string? target, string? fragment = null)
    {
        if (target is null || target.Length > MaxLength || !CanonicalTarget.TryParse(target, out var canonical)
            || canonical.Path.StartsWith("/.gateway", StringComparison.OrdinalIgnoreCase)) return Default;
        return canonical.Encoded + canonical.Query + Fragment(fragment);
    }

    private static string Fragment(string? fragment)
    {
        var text = fragment.AsSpan().TrimStart('#');
        return text.IsEmpty || text.Length > MaxLength || text.ContainsAnyExcept(_fragment) ? "" : $"#{text}";
    }
}
