using System.Text;

namespace MfaGateway.IntegrationTests.Wire;

/// <summary>Makes fields that would give a browser another identity, address or path, under the names and aliases that somebody behind the gateway might read.</summary>
internal sealed class SpoofedHeaders(int seed)
{
    /// <summary>Stands in every value.</summary>
    public const string Mark = "SPOOFED";

    // from public sources on each product: Exchange's own, forwarding, identity of other proxies, other targets and verbs, hop by hop, tracing
    private static readonly string[] _names =
    [
        "X-CommonAccessToken", "msExchLogonMailbox", "msExchTargetMailbox", "msExchLogonAccount", "msExchProxyUri", "X-vDirObjectId", "X-IsFromCafe", "X-SourceCafeServer",
        "X-TargetServer", "X-TargetBEServer", "X-WLID-MemberName", "X-BEServer", "X-BEResource", "X-BEServerHint", "X-BackEndCookie", "X-FEServer", "X-BackEndOverride",
        "X-CalculatedBETarget", "X-Rps-CAT", "X-LogonType", "X-AnonResource-Backend",
        "Forwarded", "X-Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-PathBase", "X-Forwarded-Server",
        "X-Forwarded-By", "X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Groups", "X-Forwarded-Client-Cert", "X-Original-For", "X-Original-Host", "X-Original-Proto", "X-Host",
        "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP", "X-Cluster-Client-IP", "Fastly-Client-IP", "X-Azure-ClientIP", "X-ProxyUser-Ip", "X-Originating-IP", "Client-IP",
        "X-Original-URL", "X-Rewrite-URL", "X-Override-URL", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-HTTP-Path-Override",
        "Authorization", "Proxy-Authorization", "Remote-User", "Remote-Addr", "X-Remote-User", "X-Remote-Addr", "X-Auth-Request-User", "X-Auth-Request-Email", "X-User", "X-WEBAUTH-USER",
        "X-MS-Proxy", "X-MS-ProxyAuth-Token", "X-MS-Forwarded-Client-IP", "X-MS-Endpoint-Absolute-Path", "X-MS-CLIENT-PRINCIPAL", "X-MS-CLIENT-PRINCIPAL-NAME", "X-MS-ADFS-Proxy-Client-IP",
        "X-SSL-Client-Cert", "X-Client-Cert", "SSL-CLIENT-S-DN", "X-ARR-ClientCert", "X-ARR-SSL", "X-ARR-LOG-ID", "X-IIS-WindowsAuthToken", "MS-ASPNETCORE-TOKEN", "MS-ASPNETCORE-WINAUTHTOKEN",
        "Translate", "Proxy", "Via", "Max-Forwards", "Trailer", "Alt-Used", "traceparent", "tracestate", "baggage", "Request-Id", "Correlation-Context",
        "X-Mfagw-User", "X-Gateway-User", "mfagw", "X-OWA_Identity", "X_OWA_CANARY", "X.OWA.CANARY", "Sec_Fetch_Mode",
    ];

    // headers that pass when their value is one address
    private static readonly string[] _mailboxes = ["X-AnchorMailbox", "X-OWA-ExplicitLogonUser"];

    private static readonly string[] _values = ["{0}", "{0}=", "{0}, {0}", "127.0.0.1, {0}", "Negotiate {0}", "/powershell?{0}", "S-1-5-18-{0}", "for={0};host=ex1", "\"{0}\"", "{0}\t{0}", "{0}=\u00c3\u00a4"];
    private static readonly string[] _notMailboxes = ["owa/{0}@x.y", "{0}@x.y/powershell", "{0}", "{0}@", "@{0}", "a@b@{0}", "{0}@x.y, a@b.c", "{0}%2f@x.y", "<{0}@x.y>", "{0}@x.y;a=b", "{0} @x.y"];

    private readonly Random _random = new(seed);

    public (string Name, string Value) Next()
    {
        if (_random.Next(20) == 0) return (Cased(Pick(_mailboxes)), With(Pick(_notMailboxes)));
        return (Cased(Alias(Pick(_names))), With(Pick(_values)));
    }

    private string Pick(string[] from) => from[_random.Next(from.Length)];

    private static string With(string value) => value.Replace("{0}", Mark, StringComparison.Ordinal);

    /// <summary>IIS takes <c>_</c> for <c>-</c> in names, others <c>.</c>; and an unknown name with a known beginning is no better than the known one.</summary>
    private string Alias(string name)
    {
        var alias = new StringBuilder(name);
        if (_random.Next(2) == 0) alias.Replace('-', "-_.".AsSpan()[_random.Next(3)]);
        if (_random.Next(6) == 0 && !name.StartsWith("X-OWA", StringComparison.Ordinal)) alias.Append("-_.".AsSpan()[_random.Next(3)]).Append((char)('a' + _random.Next(26)));
        return alias.ToString();
    }

    private string Cased(string name) => _random.Next(4) switch
    {
        0 => name.ToUpperInvariant(),
        1 => name.ToLowerInvariant(),
        2 => string.Concat(name.Select(c => _random.Next(2) == 0 ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c))),
        _ => name,
    };
}
