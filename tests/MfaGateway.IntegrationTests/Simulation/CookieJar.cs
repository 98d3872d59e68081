using System.Globalization;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>One cookie as a browser keeps it.</summary>
internal sealed record Cookie(string Name, string Value, string Host, string Path)
{
    public bool Secure { get; init; }
    public bool HttpOnly { get; init; }
    public string SameSite { get; init; } = "Lax";
    public DateTimeOffset? Expires { get; init; }
}

/// <summary>Cookies by the rules of RFC 6265bis as far as they matter here: path, Secure, SameSite, age, and the prefixes of names.</summary>
internal sealed class CookieJar(TimeProvider time)
{
    private readonly List<Cookie> _cookies = [];
    private readonly Lock _lock = new();

    public IReadOnlyList<Cookie> All
    {
        get
        {
            var now = time.GetUtcNow();
            lock (_lock) return [.. _cookies.Where(c => !(c.Expires <= now))];
        }
    }

    public Cookie? Find(string name) => All.FirstOrDefault(c => c.Name == name);

    /// <summary>Puts a cookie in as it is, or takes one back that was removed.</summary>
    public void Add(Cookie cookie)
    {
        lock (_lock)
        {
            _cookies.RemoveAll(c => (c.Name, c.Host, c.Path) == (cookie.Name, cookie.Host, cookie.Path));
            _cookies.Add(cookie);
        }
    }

    public void Remove(string name)
    {
        lock (_lock) _cookies.RemoveAll(c => c.Name == name);
    }

    public void Take(Uri url, string setCookie)
    {
        var parts = setCookie.Split(';', StringSplitOptions.TrimEntries);
        var attributes = parts.Skip(1).Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p.Length > 1 ? p[1] : "", StringComparer.OrdinalIgnoreCase);
        var pair = parts[0].Split('=', 2);
        var cookie = new Cookie(pair[0], pair[1], url.Host, attributes.GetValueOrDefault("path") is { Length: > 0 } path ? path : "/")
        {
            Secure = attributes.ContainsKey("secure"),
            HttpOnly = attributes.ContainsKey("httponly"),
            SameSite = attributes.GetValueOrDefault("samesite", "Lax"),
            Expires = Expiry(attributes),
        };
        if (cookie.Name.StartsWith("__Host-", StringComparison.Ordinal) && (!cookie.Secure || cookie.Path != "/" || attributes.ContainsKey("domain"))) return;
        if (cookie.Name.StartsWith("__Secure-", StringComparison.Ordinal) && !cookie.Secure) return;
        if (cookie.SameSite.Equals("None", StringComparison.OrdinalIgnoreCase) && !cookie.Secure) return;
        Add(cookie);
    }

    /// <summary>The header for a request; null for none.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="sameSite">The page that causes the request is of the same site, or a person typed the address.</param>
    /// <param name="safeNavigation">It is a navigation by GET.</param>
    public string? HeaderFor(Uri url, bool sameSite, bool safeNavigation)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            _cookies.RemoveAll(c => c.Expires <= now);
            var sent = _cookies.Where(c => c.Host == url.Host && PathMatches(c.Path, url.AbsolutePath) && (!c.Secure || url.Scheme == "https")
                && (sameSite || c.SameSite.ToUpperInvariant() switch { "NONE" => true, "LAX" => safeNavigation, _ => false }));
            return string.Join("; ", sent.OrderByDescending(c => c.Path.Length).Select(c => $"{c.Name}={c.Value}")) is { Length: > 0 } header ? header : null;
        }
    }

    private DateTimeOffset? Expiry(Dictionary<string, string> attributes)
    {
        if (attributes.TryGetValue("max-age", out var age)) return time.GetUtcNow().AddSeconds(long.Parse(age, CultureInfo.InvariantCulture));
        return attributes.TryGetValue("expires", out var date) ? DateTimeOffset.Parse(date, CultureInfo.InvariantCulture) : null;
    }

    private static bool PathMatches(string cookie, string path) =>
        path == cookie || (path.StartsWith(cookie, StringComparison.Ordinal) && (cookie.EndsWith('/') || path[cookie.Length] == '/'));
}
