using System.Collections.Frozen;
using MfaGateway.Shield;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace MfaGateway.Exchange;

/// <summary>What browsers are told about Exchange's pages besides what Exchange says: types are not guessed, addresses of mail pages stay here, and other sites do not frame them.</summary>
internal static class BrowserProtection
{
    /// <summary>Forbids handlers in attributes, through which mail content became script (CVE-2026-42897). A policy of its own beside Exchange's: both count (Content Security
    /// Policy Level 3, 3.1), and OWA needs the inline scripts and <c>eval</c> that its own allows.</summary>
    internal const string NoScriptAttributes = "script-src-attr 'none'";

    /// <summary>The shells of OWA, as Microsoft's mitigation lists them (CSS-Exchange, EOMT); an empty name is that of the folder.</summary>
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _shells = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "", "owa", "default.aspx", "projection.aspx", "readingPane.aspx", "popout.aspx").GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Pages of the admin center that the cloud's frames in hybrid organisations.</summary>
    private static readonly FrozenSet<string> _framed = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "/ecp/error.aspx", "/ecp/hybridlogouthelper.aspx");

    /// <param name="response">The answer with Exchange's headers.</param>
    /// <param name="target">What was asked for.</param>
    /// <param name="publication">Where that led.</param>
    /// <param name="blockScriptAttributes">Whether <see cref="NoScriptAttributes"/> is wanted.</param>
    public static void Add(HttpResponse response, CanonicalTarget target, Publication publication, bool blockScriptAttributes)
    {
        var headers = response.Headers;
        headers.XContentTypeOptions = "nosniff";
        if (headers["Referrer-Policy"].Count == 0) headers["Referrer-Policy"] = "same-origin"; // not stricter: a page that hides its address posts with Origin: null
        if (headers.XFrameOptions.Count == 0 && !MayBeFramed(target, publication)) headers.XFrameOptions = "SAMEORIGIN";
        if (blockScriptAttributes && publication.Cluster == "owa" && IsShell(target.Path) && IsPage(response))
            headers.ContentSecurityPolicy = StringValues.Concat(headers.ContentSecurityPolicy, NoScriptAttributes);
    }

    /// <summary>OWA frames itself and the options, which are of its own origin; published calendars stand in other people's pages.</summary>
    private static bool MayBeFramed(CanonicalTarget target, Publication publication) =>
        publication.Anonymous || _framed.Contains(target.Path);

    private static bool IsShell(string path) => _shells.Contains(path.AsSpan(path.LastIndexOf('/') + 1));

    private static bool IsPage(HttpResponse response) => response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true;
}
