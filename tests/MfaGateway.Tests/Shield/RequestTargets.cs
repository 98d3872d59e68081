using CsCheck;

namespace MfaGateway.Tests.Shield;

/// <summary>Request targets of every kind: ordinary ones, and the tricks by which one path is taken for another.</summary>
internal static class RequestTargets
{
    // Ordinary pieces outnumber the odd ones, so that about a third of the targets is accepted: a refusal proves nothing about what is let through.
    private static readonly Gen<string> _pieces = Gen.Frequency(
        (20, OneOf("owa", "ecp", "OWA", "service.svc", "DDI", "a@b.c", "x", "15.2.1118.7", "default.aspx")),
        (20, Gen.Const("/")),
        (3, OneOf("%6f", "%61", "%20", "%40", "%2d", "%7e", " ", "~", "+", "(", "%28")),
        (1, OneOf(
            ".", "..", "...", "%2e", "%2E%2e", "//", "\\", "%5c", "%2f", "%2F", ";", "%3b", "%25", "%252e", "%00", "%c0%ae", "%ff", "é", "%", "%2", "%zz",
            ":", "*", "<", "%7f", "\t", "~1", "#", "|", "%u002e", "%u002f", "%e0%80%ae", "%c0%af", "%c1%9c", "\uff0f", "\uff0e", "\u2215", "::$DATA", "%3a%3a$DATA", ". ", "%20%2e",
            "(S(x))", "(A(x)F(y))", "%28S(x))", "%0d%0a", "%0", "%25%32%65", "%%32%65", "/./", "/../", "/%2e%2e/", "..%2f", "..%5c", "..\\", ";/", "&", "^", "`", "{", "[", "http://ex1/", "@ex1", "%23", "%3f", "\0", "\u0130")),
        (1, Gen.Char.Select(c => c.ToString())));

    /// <summary>About a third has a canonical form.</summary>
    public static readonly Gen<string> Any = Gen.Select(
        _pieces.Array[0, 8],
        Gen.Frequency((3, ""), (1, "?a=1"), (1, "?x=%2e%2e/&y"), (1, "?/../ecp/?z\\%2f")),
        Gen.Frequency((60, "/"), (1, ""), (1, "\\"), (1, "//"), (1, "http://mail.contoso.com/"), (1, "https://a@ex1:444/"), (1, "ex1:444"), (1, "*"), (1, "%2f")),
        (pieces, query, beginning) => beginning + string.Concat(pieces) + query);

    /// <summary>Below what Exchange publishes, so that more of them arrive there.</summary>
    public static readonly Gen<string> Published = Gen.Select(
        OneOf("/owa/", "/OWA/", "/owa/prem/", "/%6fwa/resources/", "/owa/someone@contoso.com/prem/", "/ecp/", "/ecp/PersonalSettings/"),
        _pieces.Array[0, 4],
        OneOf("", "", "x.js", "x%2ejs", "default.aspx", "x.png?a=1", "?a=1&b=%2f..%5c", "?x=%2e%2e/&y='\"<>"),
        (beginning, pieces, end) => beginning + string.Concat(pieces) + end);

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(n => values[n]);
}
