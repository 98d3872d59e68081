using MfaGateway.Configuration;
using MfaGateway.Exchange;
using MfaGateway.Shield;
using MfaGateway.SignIn;

namespace MfaGateway.Fuzz;

/// <summary>A target has one meaning or none; and no return address leaves the origin.</summary>
internal static class RequestLineTargets
{
    private static readonly string[] Words =
    [
        "/", "//", "\\", "..", ".", "...", "%2e", "%2f", "%5c", "%252e", "%c0%ae", "%00", "%0d%0a", "%20", " ", ";", ":", "::$DATA", "~1", "~", "(S(x))", "%u002f", "%", "@", "#",
        "?", "&", "=", "*", "|", "owa", "ecp", "OWA", "auth", "service.svc", "proxyLogon.ecp", "powershell", "autodiscover.json", "default.aspx", "calendar", "alice@contoso.com",
        "prem", "15.2.1258.12", "scripts", "a.js", "ev.owa2", "keepalive.owa", "UA=0", ".gateway", "signin-oidc", "https://", "http://evil.test", "//evil.test", "/\\evil.test",
        "mail.contoso.com", "javascript:", "data:", "é", "/owa/", "/ecp/", "/%", "?a=b", "http:", "logoff.owa", "attachment.ashx", "DDI", "DDIService.svc",
    ];

    private static readonly Uri Origin = new("https://mail.contoso.com/owa/");

    private static readonly PublishedPaths Published = new(new GatewayOptions());

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE"];

    public static FuzzTarget RequestTarget() => new("request-target", Words, generate: null, TryTarget) { Share = 3 };

    public static FuzzTarget ReturnAddress() => new("return-address", Words, generate: null, TryReturn) { Share = 3 };

    private static FuzzFindings TryTarget(string input)
    {
        if (!CanonicalTarget.TryParse(input, out var target))
            return new FuzzFindings(IsValid: false, input.Length > 0 && input[0] == '/' ? ["refused"] : ["no path"]);

        var path = target.Path;
        FuzzFailure.Unless(path.Length <= CanonicalTarget.MaxPath && path[0] == '/', "a path begins with a slash and is short");
        FuzzFailure.Unless(path.All(c => c is >= ' ' and < '\x7f' && !"%\\;:*<>\"|?#&^`{}[]".Contains(c, StringComparison.Ordinal)), "a path holds nothing that has two meanings");
        var segments = path[1..].Split('/');
        FuzzFailure.Unless(segments[..^1].All(segment => segment.Length > 0), "no segment is empty");
        FuzzFailure.Unless(!segments.Any(segment => segment.EndsWith('.') || segment.EndsWith(' ') || segment.StartsWith('(')), "no segment is one that Windows or ASP.NET reads as another");
        FuzzFailure.Unless(target.Query.Length == 0 || target.Query[0] == '?', "a query begins with its question mark");
        FuzzFailure.Unless(input.EndsWith(target.Query, StringComparison.Ordinal), "a query stays as it was");
        FuzzFailure.Unless(CanonicalTarget.TryParse(target.Encoded + target.Query, out var again) && again == target, "the form that is sent means the same once more");
        FuzzFailure.Unless(new Uri("https://ex1.contoso.test" + target.Encoded).AbsolutePath == target.Encoded, "whoever reads the path again reads the same");
        _ = target.SingleQueryValue("UA");
        var matches = Methods.Select(method => Published.Find(target, method)).ToList();
        FuzzFailure.Unless(matches.All(match => match.Publication is null) || IsBelow(path, "/owa") || IsBelow(path, "/ecp"), "nothing else is published");
        return new FuzzFindings(true, [$"{RequestShape.IsBackgroundPoll(target)} {RequestShape.IsHanging(target)}", .. matches.Select(match => $"{match.PathKnown} {match.Publication?.Resource} {match.Publication?.MaxBody}")]);
    }

    // HTTP.sys and IIS compare paths without regard to case
    private static bool IsBelow(string path, string application) =>
        path.Equals(application, StringComparison.OrdinalIgnoreCase) || path.StartsWith(application + "/", StringComparison.OrdinalIgnoreCase);

    private static FuzzFindings TryReturn(string input)
    {
        var parts = input.Split('\n', 2);
        var target = ReturnTarget.From(parts[0], parts.Length > 1 ? parts[1] : null);

        FuzzFailure.Unless(target[0] == '/' && !target.StartsWith("//", StringComparison.Ordinal) && !target.Split('?', '#')[0].Contains('\\', StringComparison.Ordinal), "a return address is a path");
        FuzzFailure.Unless(target.All(c => c is > ' ' and < '\x7f'), "a return address fits into a header");
        var address = new Uri(Origin, target);
        FuzzFailure.Unless(address.GetLeftPart(UriPartial.Authority) == "https://mail.contoso.com", $"a return address stays on the origin, but {target} is {address}");
        FuzzFailure.Unless(!target.StartsWith("/.gateway", StringComparison.OrdinalIgnoreCase), "a return address is none of the gateway's own");
        var hash = target.IndexOf('#', StringComparison.Ordinal);
        FuzzFailure.Unless((hash < 0 ? ReturnTarget.From(target) : ReturnTarget.From(target[..hash], target[hash..])) == target, "a return address that was accepted is accepted again");
        return new FuzzFindings(target != ReturnTarget.Default, [$"{hash >= 0} {target.Contains('?', StringComparison.Ordinal)} {target.Contains('%', StringComparison.Ordinal)}", .. target.Split('/').Take(6)]);
    }
}
