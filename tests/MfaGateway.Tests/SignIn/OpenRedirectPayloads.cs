namespace MfaGateway.Tests.SignIn;

/// <summary>Ways to write the address of another origin so that a careless check takes it for a path: every scheme with every way to begin an authority, every
/// disguise of the host, and what may stand around it.</summary>
internal static class OpenRedirectPayloads
{
    private static readonly string[] Schemes =
        ["", "http:", "https:", "HtTpS:", "%68ttps:", "javascript:", "java\tscript:", "data:text/html,", "ftp:", "mailto:", "vbscript:", " https:", "\thttps:", "https%3a", "\0https:"];

    private static readonly string[] Beginnings =
    [
        "//", "///", "////", "/\\", "\\/", "\\\\", "\\", "/%2f", "/%5c", "%2f%2f", "%5c%5c", "%2f/", "%252f%252f", "/\t/", "/\n/", "/\r/", "/%09/", "/%0a/", "/%0d/", "/ /", "/%20/",
        "/;@", "/.//", "/..//", "/%2e%2e//", "/./\\", "/owa//", "/owa/..//", "/owa/..%2f/", "/owa/%2e%2e/%2f", "/%c0%af", "/\u2215", "/\uff0f", "/%00/", "@", "/@", "", "/",
    ];

    private static readonly string[] Hosts =
    [
        "attacker.example", "attacker.example:443", "mail.contoso.com@attacker.example", "mail.contoso.com%40attacker.example", "mail.contoso.com.attacker.example",
        "mail.contoso.com:x@attacker.example", "attacker.example%00mail.contoso.com", "attacker.example%23.mail.contoso.com", "attacker.example\\.mail.contoso.com",
        "attacker%E3%80%82example", "0x7f000001", "[::1]",
    ];

    private static readonly string[] Endings = ["", "/", "/owa/", "/%2e%2e", "?/owa/", "#/owa/", "%0d%0aLocation:%20https://attacker.example/", "\r\nSet-Cookie: x=y"];

    public static IEnumerable<string> All() =>
        from scheme in Schemes
        from beginning in Beginnings
        from host in Hosts
        from ending in Endings
        where Interesting(scheme, beginning, host, ending)
        select scheme + beginning + host + ending;

    /// <summary>At most two odd parts at a time: more disguises of one payload only hide each other.</summary>
    private static bool Interesting(string scheme, string beginning, string host, string ending) =>
        (scheme is "" or "https:" ? 0 : 1) + (beginning == "//" ? 0 : 1) + (host == "attacker.example" ? 0 : 1) + (ending.Length == 0 ? 0 : 1) <= 2;
}
