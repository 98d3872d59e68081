using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace MfaGateway.Shield.KnownAttacks;

/// <summary>What happens to a request that a rule matches.</summary>
internal enum ShieldRuleMode
{
    /// <summary>It is refused.</summary>
    Block,

    /// <summary>It is recorded, and goes on.</summary>
    Log,

    /// <summary>The rule is not looked at.</summary>
    Off,
}

/// <summary>A rule, compiled. Everything it names must hold. Arrays, because to walk through one costs no memory.</summary>
internal sealed record ShieldRule
{
    public required string Id { get; init; }

    public required ShieldRuleMode Mode { get; init; }

    /// <summary>In one sentence: what it refuses.</summary>
    public string What { get; init; } = "";

    public IReadOnlyList<string> Cves { get; init; } = [];

    /// <summary>Where the shape was published.</summary>
    public string? Source { get; init; }

    /// <summary>Since when there is this rule.</summary>
    public DateOnly? Since { get; init; }

    /// <summary>The file it comes from; null for a rule that came with the gateway.</summary>
    public string? File { get; init; }

    public string[] Methods { get; init; } = [];

    /// <summary>Looked for in the canonical path with the decoded query behind it.</summary>
    public required Regex[] Target { get; init; }

    public required (string Name, Regex Value)[] Headers { get; init; }

    /// <summary>Looked for in <c>name=value</c> of each cookie.</summary>
    public required Regex[] Cookies { get; init; }

    /// <summary>Requests that it must match, and those that it must not.</summary>
    public required IReadOnlyList<string> Hits { get; init; }

    public required IReadOnlyList<string> Passes { get; init; }

    /// <summary>Whether it looks at requests with this verb.</summary>
    public bool AppliesTo(string method)
    {
        if (Methods.Length == 0) return true;
        foreach (var one in Methods)
        {
            if (one.Equals(method, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    public bool Matches(HttpRequest request, ReadOnlySpan<char> target)
    {
        if (!AppliesTo(request.Method)) return false;
        foreach (var pattern in Target)
        {
            if (!pattern.IsMatch(target)) return false;
        }

        foreach (var (name, pattern) in Headers)
        {
            if (!AnyValue(request.Headers[name], pattern)) return false;
        }

        foreach (var pattern in Cookies)
        {
            if (!AnyCookie(request.Headers.Cookie, pattern)) return false;
        }

        return true;
    }

    private static bool AnyValue(StringValues values, Regex pattern)
    {
        foreach (var value in values)
        {
            if (DecodedText.Matches(pattern, value)) return true;
        }

        return false;
    }

    /// <summary>Divided as <see cref="AttackCookies"/> does it, because ASP.NET on the other side divides at commas too.</summary>
    private static bool AnyCookie(StringValues header, Regex pattern)
    {
        foreach (var line in header)
        {
            foreach (var range in line.AsSpan().SplitAny(';', ','))
            {
                if (DecodedText.Matches(pattern, line.AsSpan()[range].Trim())) return true;
            }
        }

        return false;
    }
}
