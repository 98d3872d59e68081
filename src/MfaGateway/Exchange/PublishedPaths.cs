using System.Buffers;
using System.Collections.Frozen;
using MfaGateway.Configuration;
using MfaGateway.Shield;
using MfaGateway.SignOn;

namespace MfaGateway.Exchange;

/// <summary>Where a request leads, if anywhere.</summary>
/// <param name="Resource">The published application the policy knows: <c>owa</c>, <c>ecp</c>, <c>ecp-options</c> or <c>calendar</c>.</param>
/// <param name="Cluster">The protocol whose servers and health count: <c>owa</c> or <c>ecp</c>.</param>
/// <param name="MaxBody">Largest body in bytes.</param>
internal sealed record Publication(string Resource, string Cluster, long MaxBody)
{
    /// <summary>Open to people without a session, if the policy permits it.</summary>
    public bool Anonymous { get; init; }

    /// <summary>Signs out; never forwarded.</summary>
    public bool SignOut { get; init; }
}

/// <summary>The answer for a path and a verb.</summary>
/// <param name="Publication">Where it leads; null when the path or the verb is not published.</param>
/// <param name="PathKnown">The path is published, if not for this verb.</param>
internal readonly record struct PublicationMatch(Publication? Publication, bool PathKnown);

/// <summary>Publishes Exchange by allow-list: what is not listed here or in the configuration does not exist.</summary>
internal sealed class PublishedPaths
{
    // Published for one thing below /owa or /ecp, these words would reach another application of the front end (CVE-2022-41080 and kin).
    private static readonly FrozenSet<string> _otherApplications = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "powershell", "autodiscover", "ecp", "owa", "ews", "exchange", "mapi", "rpc", "oab", "api", "integrated", "oma");

    private static readonly FrozenSet<string> _staticFiles = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        ".js", ".css", ".png", ".gif", ".jpg", ".jpeg", ".svg", ".ico", ".cur", ".bmp", ".webp", ".woff", ".woff2", ".ttf", ".eot", ".otf",
        ".htm", ".html", ".json", ".xml", ".txt", ".map", ".wav", ".mp3", ".manifest", ".webmanifest", ".wasm", ".properties");

    private static readonly SearchValues<char> _mailbox = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$'+=@");

    private const long SmallBody = 1_000_000;

    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _other = _otherApplications.GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _static = _staticFiles.GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly PublishedShape[] _owa;
    private readonly PublishedShape[] _ecp;
    private readonly PublishedShape[] _ecpOptions;
    private readonly Publication[] _toOwa;
    private readonly Publication[] _toEcp;
    private readonly Publication[] _toEcpOptions;
    private readonly bool _calendar;

    public PublishedPaths(GatewayOptions options)
    {
        var publish = options.Exchange.Publish;
        var extra = publish.Extra.Select(e => (Path: e.Path!, Shape: new PublishedShape(e.Path![5..], VerbsOf(e.Methods)))).ToList();
        var ownLogon = PassThroughSignOn.Serves(options.Exchange.SignOn);
        _owa = [.. ExchangeShapes.Owa, .. ownLogon ? ExchangeShapes.OwaLogon : [], .. Of(extra, "/owa/")];
        _ecp = [.. ExchangeShapes.Ecp, .. ownLogon ? ExchangeShapes.EcpLogon : [], .. Of(extra, "/ecp/")];
        _ecpOptions = [.. (publish.EcpOptions.Count > 0 ? publish.EcpOptions : ExchangeShapes.DefaultEcpOptions)
            .Select(path => new PublishedShape(path["/ecp/".Length..], Verbs.All))];
        _calendar = publish.Calendar;
        (_toOwa, _toEcp, _toEcpOptions) = (BySize("owa", "owa", options), BySize("ecp", "ecp", options), BySize("ecp-options", "ecp", options));
    }

    public PublicationMatch Find(CanonicalTarget target, string method)
    {
        var path = target.Path.AsSpan();
        if (Below(path, "/owa") is { } owa) return FindOwa(path[owa..], method);
        if (Below(path, "/ecp") is { } ecp) return FindEcp(path[ecp..], target, method);
        return default;
    }

    /// <summary>Where the rest begins when the path is the root itself or lies below it; <c>/owax</c> does not.</summary>
    private static int? Below(ReadOnlySpan<char> path, string root)
    {
        if (!path.StartsWith(root, StringComparison.OrdinalIgnoreCase)) return null;
        if (path.Length == root.Length) return root.Length;
        return path[root.Length] == '/' ? root.Length + 1 : null;
    }

    private PublicationMatch FindOwa(ReadOnlySpan<char> rest, string method)
    {
        if (IsSignOut(rest)) return SignOut("owa", method);
        if (rest.StartsWith("calendar/", StringComparison.OrdinalIgnoreCase)) return FindCalendar(rest, method);
        rest = WithoutMailbox(rest, out _);
        return NamesOtherApplication(rest) ? default : Match(_owa, rest, method, _toOwa);
    }

    private PublicationMatch FindEcp(ReadOnlySpan<char> rest, CanonicalTarget target, string method)
    {
        if (IsSignOut(rest)) return SignOut("ecp", method);
        rest = WithoutMailbox(rest, out var mailbox);
        if (NamesOtherApplication(rest) || Any(ExchangeShapes.EcpNever, rest)) return default;
        return Match(_ecp, rest, method, !mailbox && IsOptions(rest, target) ? _toEcpOptions : _toEcp);
    }

    private PublicationMatch FindCalendar(ReadOnlySpan<char> rest, string method)
    {
        if (!_calendar || !ExchangeShapes.Calendar.Matches(rest)) return default;
        return (VerbOf(method) & Verbs.Read) == 0
            ? new PublicationMatch(null, PathKnown: true)
            : new PublicationMatch(new Publication("calendar", "owa", 0) { Anonymous = true }, PathKnown: true);
    }

    /// <summary>Options pages of a normal user: the listed shapes, and the root when OWA or Outlook sends the user there.</summary>
    private bool IsOptions(ReadOnlySpan<char> rest, CanonicalTarget target) => rest.IsEmpty
        ? target.SingleQueryValue("rfr") is "owa" or "olk"
        : Any(_ecpOptions, rest);

    /// <summary>The explicit logon form <c>/owa/someone@contoso.com/…</c> shifts every later segment by one; rules look at what stands behind it.</summary>
    private static ReadOnlySpan<char> WithoutMailbox(ReadOnlySpan<char> rest, out bool found)
    {
        var slash = rest.IndexOf('/');
        var first = slash < 0 ? rest : rest[..slash];
        var at = first.IndexOf('@');
        found = at > 0 && at == first.LastIndexOf('@') && first[(at + 1)..].Contains('.') && !first.ContainsAnyExcept(_mailbox);
        if (!found) return rest;
        return slash < 0 ? [] : rest[(slash + 1)..];
    }

    /// <summary>By name, wherever it stands below the root; a picture of that name is only a picture.</summary>
    private bool IsSignOut(ReadOnlySpan<char> rest)
    {
        if (_static.Contains(Extension(rest))) return false;
        var file = rest[(rest.LastIndexOf('/') + 1)..];
        return file.StartsWith("logoff.", StringComparison.OrdinalIgnoreCase)
            || file.StartsWith("signout.", StringComparison.OrdinalIgnoreCase)
            || file.Equals("TimeoutLogout.aspx", StringComparison.OrdinalIgnoreCase);
    }

    private bool NamesOtherApplication(ReadOnlySpan<char> rest)
    {
        foreach (var range in rest.Split('/'))
        {
            if (_other.Contains(rest[range])) return true;
        }

        return false;
    }

    private PublicationMatch Match(PublishedShape[] shapes, ReadOnlySpan<char> rest, string method, Publication[] bySize)
    {
        var verb = VerbOf(method);
        var known = false;
        foreach (var shape in shapes)
        {
            if (!shape.Matches(rest) || (shape.StaticOnly && !_static.Contains(Extension(rest)))) continue;
            if ((shape.Verbs & verb) != 0) return new PublicationMatch(bySize[(int)shape.Body], PathKnown: true);
            known = true;
        }

        return new PublicationMatch(null, known);
    }

    private static PublicationMatch SignOut(string cluster, string method) => (VerbOf(method) & Verbs.All) == 0
        ? new PublicationMatch(null, PathKnown: true)
        : new PublicationMatch(new Publication(cluster, cluster, SmallBody) { SignOut = true }, PathKnown: true);

    /// <summary>One for each <see cref="BodySize"/>, in its order.</summary>
    private static Publication[] BySize(string resource, string cluster, GatewayOptions options) =>
        [new(resource, cluster, SmallBody), new(resource, cluster, 2_000_000), new(resource, cluster, options.Exchange.MaxUploadBytes)];

    private static bool Any(PublishedShape[] shapes, ReadOnlySpan<char> rest)
    {
        foreach (var shape in shapes)
        {
            if (shape.Matches(rest)) return true;
        }

        return false;
    }

    private static ReadOnlySpan<char> Extension(ReadOnlySpan<char> path)
    {
        var dot = path.LastIndexOf('.');
        return dot > path.LastIndexOf('/') ? path[dot..] : [];
    }

    private static IEnumerable<PublishedShape> Of(IEnumerable<(string Path, PublishedShape Shape)> extra, string root) =>
        extra.Where(e => e.Path.StartsWith(root, StringComparison.OrdinalIgnoreCase)).Select(e => e.Shape);

    private static Verbs VerbsOf(IList<string> methods) =>
        methods.Count == 0 ? Verbs.Read : methods.Aggregate(Verbs.None, (all, method) => all | VerbOf(method.ToUpperInvariant()));

    /// <summary>Case counts (RFC 9110, 9.1): a policy on POST must not meet a <c>post</c> that Exchange takes for one.</summary>
    internal static Verbs VerbOf(string method) => method switch
    {
        "GET" => Verbs.Get,
        "POST" => Verbs.Post,
        "HEAD" => Verbs.Head,
        _ => Verbs.None,
    };
}
