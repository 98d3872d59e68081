namespace MfaGateway.IntegrationTests.SignIn;

/// <summary>Targets that lead away from our origin in some reader's eyes, made by combining the classes of tricks: schemes, slashes, encodings, user info,
/// look-alike hosts, control and non-ASCII characters, dot segments.</summary>
internal static class RedirectPayloads
{
    private const string Evil = "evil.test";

    private static readonly string[] _schemes =
    [
        "", "http:", "https:", "HTTPS:", "hTtP:", "ftp:", "file:", "ws:", "javascript:", "JaVaScRiPt:", "data:text/html,", "vbscript:", "view-source:", "blob:", "about:", "x:",
        "https%3A", "%68ttps:", "java\tscript:", "java\nscript:", " https:", "\thttps:", "\u00a0https:",
    ];

    private static readonly string[] _slashes =
    [
        "//", "///", "////", "/\\", "\\/", "\\\\", "\\\\\\", "/\\/", "/%2f", "%2f%2f", "%2F/", "/%5c", "%5c%5c", "/%09/", "/\t/", "/\n/", "/\r\n/", "/ /", "/%00/", "/./", "/../", "/;/",
        "/%252f", "/\u2215", "/\uff0f", "/\u2044", "\uff0f\uff0f", "/%ef%bc%8f", "/%c0%af", "//%09/", "/.//", "/..//", "/%2e//", "/%2e%2e//", "/?//", "/#//",
    ];

    private static readonly string[] _hosts =
    [
        Evil, "EVIL.TEST", $"mail.contoso.com@{Evil}", $"mail.contoso.com:443@{Evil}", $"mail.contoso.com%40{Evil}", $"user:pw@{Evil}", $"mail.contoso.com.{Evil}", $"{Evil}/mail.contoso.com",
        $"{Evil}%2fmail.contoso.com", $"{Evil}#mail.contoso.com", $"{Evil}?mail.contoso.com", $"{Evil}\\mail.contoso.com", $"{Evil}:443", $"{Evil}:80", "[::1]", "127.0.0.1", "2130706433",
        "0x7f000001", "\u24d4vil.test", "evil\u3002test", "evil%E3%80%82test", "xn--evl-bma.test", $"{Evil}.", $"{Evil}%00.contoso.com", $"{Evil}%0d%0a", "localhost",
    ];

    private static readonly string[] _whole =
    [
        "https:evil.test", "http:evil.test", "https:/evil.test", "http:/\\evil.test", "https:\\\\evil.test", "///evil.test@mail.contoso.com", "evil.test", ".evil.test", "@evil.test",
        ":443@evil.test", ":@evil.test", "mail.contoso.com", "\u0000//evil.test", "/\u0000/evil.test", "/owa\u0000//evil.test", "/owa/\r\nLocation: https://evil.test", "/owa/%0d%0aLocation:%20https://evil.test",
        "/owa/\nSet-Cookie: a=b", "/owa/..//evil.test", "/owa/../..//evil.test", "/owa/%2e%2e//evil.test", "/owa/.%2e/%2fevil.test", "/owa//evil.test", "/owa;//evil.test", "/owa/;@evil.test",
        "/.gateway/signout", "/.gateway/../owa", "/.GATEWAY/signout", "/%2egateway/signout", "/.gateway/signin?return=https://evil.test", "*", "/*", "?", "#", "?//evil.test", "#//evil.test", " ", "\t",
        "/ //evil.test", "/\u200b/evil.test", "/\ufeff/evil.test", "\u2028//evil.test", "/\u202e/evil.test", "<script>", "\"><script>alert(1)</script>", "/owa/\"onmouseover=alert(1)",
        "javascript://mail.contoso.com/%0aalert(1)", "javascript:alert(1)//mail.contoso.com/owa/", "data:text/html;base64,PHNjcmlwdD4=", "https://mail.contoso.com\u0009.evil.test/",
        "https://mail.contoso.com%09.evil.test/", "https://mail.contoso.com\\.evil.test/", "https://mail.contoso.com;.evil.test", "//\u0665evil.test", "/%E2%80%8B/evil.test", "/%e3%80%82evil.test",
    ];

    /// <summary>All of them, no two alike.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. _schemes.SelectMany(scheme => _slashes.Take(11).SelectMany(slashes => new[] { $"{scheme}{slashes}{Evil}/", $"{scheme}{slashes}{Evil}" }))
            .Concat(_slashes.SelectMany(slashes => _hosts.Select(host => $"{slashes}{host}/owa/")))
            .Concat(_hosts.SelectMany(host => new[] { $"https://{host}/", $"https://{host}", $"//{host}", $"/\\{host}" }))
            .Concat(_whole)
            .Where(payload => payload.Length > 0)
            .Distinct(),
    ];
}
