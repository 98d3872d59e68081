using System.Net;
using MfaGateway.Configuration;
using MfaGateway.Policy;
using MfaGateway.Policy.Documents;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Benchmarks.Requests;

/// <summary>What Edge on Windows and Exchange say to each other in Outlook on the web, and the estate they do it in.</summary>
internal static class OwaTraffic
{
    public const string Origin = "https://mail.contoso.com";

    /// <summary>A small file of OWA.</summary>
    public const string SmallGet = "/owa/prem/15.2.1748.10/resources/styles/0/boot.worldwide.mouse.css";

    /// <summary>A call of OWA's scripts.</summary>
    public const string ScriptCall = "/owa/service.svc?action=FindItem&EP=1&ID=-24&AC=1";

    /// <summary>A shared mailbox, with an escape in path and query.</summary>
    public const string Escaped = "/owa/info%40contoso.com/?path=%2fmail%2finbox&modurl=0";

    /// <summary>What Exchange sets as <c>X-BackEndCookie</c>: the mailbox, and where it is.</summary>
    public const string Route =
        "S-1-5-21-1004336348-1177238915-682003330-1104=u56Lnp2ejJqBy8qenJ7Jy8rSz5vLz9LLzZ3L0seZzs/SyZvPx83HxsnNx5nIgYHOyNDPxtDNz83J387Pxc7JxcrMgZyQkYuQjJDRnJCS";

    /// <summary>Another address than the tests' own, with documentation's prefix (RFC 5737).</summary>
    public static readonly IPAddress Client = IPAddress.Parse("192.0.2.17");

    /// <summary>What looks like a protected route.</summary>
    public const string KeptRoute =
        "CfDJ8KVNyhglMLsdbRMs3tYjey7ZHj9yH8sZcRdElNZJPJ1cNGC-MSAeaf7aoO7ouZl_XHwpmf2v5ZMlPNZUr0361xQnoK6z_ukjL4ryIR-e5JHFsQvstVY7_B5vk0J-y8j-KVXlzY5G3I7Ut8J2TS" +
        "paTXZ3BvhdhpACSta9o0Ab6cjLzMk19s0fYSJq4VM4rho0AE0zug0kasBMgbG68j47-e71958rSTSvh_VSC2m5Sw2YLoW7VbZyqHJjes10Zvy2Dg6P8YRjsOSyuilwNHTwZKxo9wD1sCs9xmb0W96q" +
        "LMrtzStRV0EOTe5K8rNPQwoHNA";

    private static readonly (string Name, string Value)[] _ofEveryRequest =
    [
        ("Host", "mail.contoso.com"),
        ("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("Accept-Language", "de-DE,de;q=0.9,en;q=0.8"),
        ("sec-ch-ua", "\"Microsoft Edge\";v=\"131\", \"Chromium\";v=\"131\", \"Not_A Brand\";v=\"24\""),
        ("sec-ch-ua-mobile", "?0"),
        ("sec-ch-ua-platform", "\"Windows\""),
        ("Sec-Fetch-Site", "same-origin"),
        ("Referer", "https://mail.contoso.com/owa/"),
    ];

    private static readonly (string Name, string Value)[] _ofGet = [("Accept", "text/css,*/*;q=0.1"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "style")];

    private static readonly (string Name, string Value)[] _ofScriptCall =
    [
        ("Accept", "*/*"),
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Dest", "empty"),
        ("Origin", Origin),
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Length", "0"),
        ("Action", "FindItem"),
        ("X-Requested-With", "XMLHttpRequest"),
        ("X-OWA-CANARY", "Xk2vY8dQx0mFhB3rN5tZ7wAAAAAAAAAAqpd1PzVf3AgQ2o0b7Kj4S1uYtWc."),
        ("X-OWA-ActionName", "Browse_All"),
        ("X-OWA-ActionId", "-24"),
        ("X-OWA-Attempt", "1"),
        ("X-OWA-CorrelationId", "6C1B6A1C2E7F4B0B9A5D1F0E3C2B1A09_177980515234524"),
        ("client-request-id", "6C1B6A1C2E7F4B0B9A5D1F0E3C2B1A09_177980515234524"),
        ("X-OWA-UrlPostData", "%7B%22__type%22%3A%22FindItemJsonRequest%3A%23Exchange%22%2C%22Header%22%3A%7B%22RequestServerVersion%22%3A%22Exchange2013%22%7D%7D"),
    ];

    private static readonly (string Name, string Value)[] _answer =
    [
        ("Cache-Control", "private, max-age=2592000"),
        ("Server", "Microsoft-IIS/10.0"),
        ("request-id", "3c2cbb4d-4a2e-4c4a-8d1b-6a6f6d9c1f7e"),
        ("X-CalculatedBETarget", "ex1.contoso.com"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-DiagInfo", "EX1"),
        ("X-BEServer", "EX1"),
        ("X-FEServer", "EX1"),
        ("X-OWA-Version", "15.2.1748.10"),
        ("X-AspNet-Version", "4.0.30319"),
        ("X-Powered-By", "ASP.NET"),
        ("Date", "Mon, 23 Nov 2026 09:00:00 GMT"),
    ];

    /// <summary>Headers of the browser's request.</summary>
    /// <param name="session">The session's handle, which travels among Exchange's cookies.</param>
    /// <param name="scriptCall">Of <see cref="ScriptCall"/>; otherwise of <see cref="SmallGet"/>.</param>
    /// <param name="route">What the browser keeps of <see cref="Route"/>; the default is as long as one, and opens with nobody's keys.</param>
    public static IHeaderDictionary Headers(SessionHandle session, bool scriptCall, string route = KeptRoute)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        foreach (var (name, value) in _ofEveryRequest.Concat(scriptCall ? _ofScriptCall : _ofGet)) headers[name] = value;
        headers.Cookie =
            $"ClientId=8F2B6D0C1E7A4B5C; PrivateComputer=true; PBack=0; __Host-mfagw={session.Reveal()}; UC=7d1f0e3c2b1a096c1b6a1c2e7f4b0b9a; " +
            $"X-OWA-JS-PSD=1; X-BackEndCookie={route}; " +
            "X-OWA-CANARY=Xk2vY8dQx0mFhB3rN5tZ7wAAAAAAAAAAqpd1PzVf3AgQ2o0b7Kj4S1uYtWc.";
        return headers;
    }

    /// <summary>Exchange's answer to a small request.</summary>
    public static HttpResponseMessage Answer()
    {
        var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(_style) };
        answer.Content.Headers.TryAddWithoutValidation("Content-Type", "text/css");
        foreach (var (name, value) in _answer) answer.Headers.TryAddWithoutValidation(name, value);
        return answer;
    }

    /// <summary>Exchange's headers as they stand on the way back.</summary>
    public static void AddAnswerTo(IHeaderDictionary headers)
    {
        headers.ContentType = "text/css";
        foreach (var (name, value) in _answer) headers[name] = value;
    }

    private static readonly byte[] _style = new byte[1024];

    /// <summary>A person of many groups, signed in with a second factor.</summary>
    public static GatewaySession Person(DateTimeOffset now) => new()
    {
        User = "alice@contoso.com",
        Subject = "Hk3FQ2cX0yJ1b7uP5rTzVw",
        Provider = "adfs",
        Groups = [.. Enumerable.Range(1000, 60).Select(n => $"Group {n}"), "Staff"],
        Methods = ["pwd", "otp", "mfa"],
        Claims = new Dictionary<string, IReadOnlyList<string>> { ["department"] = ["Sales"] },
        Mfa = true,
        MfaAt = now,
        DeviceManaged = true,
        CreatedAt = now,
    };

    /// <summary>Ten rules as most policies have them: applications and groups, the last one fits.</summary>
    public static string Policy { get; } = $$"""
        { "version": 1, "rules": [
          {{string.Join(",\n", Enumerable.Range(1, 9).Select(n => $$"""{ "id": "other-{{n}}", "effect": "permit", "when": { "resource": ["owa"], "group": ["Other {{n}}"] }, "demand": { "mfa": true } }"""))}},
          { "id": "staff", "effect": "permit", "when": { "resource": ["owa"], "group": ["Staff"] }, "demand": { "mfa": true, "maxAge": "12:00:00" } } ] }
        """;

    /// <summary>The settings of a gateway with one server, one provider and an audit file; limits that a benchmark does not reach.</summary>
    public static GatewayOptions Options()
    {
        var options = new GatewayOptions { PublicOrigin = new Uri(Origin), Policy = { Path = "policy.json" } };
        options.Exchange.Servers.Add("https://ex1.contoso.com");
        options.Providers["adfs"] = new() { Kind = "Adfs", Authority = "https://sts.contoso.com/adfs", ClientId = "gateway", Resource = "https://mail.contoso.com/gateway" };
        options.Sessions.Store = "Memory";
        options.Audit.Sinks.Add(new() { Kind = "File", Path = "audit.jsonl" });
        options.Limits.AddressRequestsPerMinute = options.Limits.SessionRequestsPerMinute = options.Limits.UserRequestsPerMinute = 100_000_000;
        return options;
    }

    /// <summary>The same policy, compiled.</summary>
    public static PolicySet CompiledPolicy() => PolicyCompiler.Compile(Policy).Policy ?? throw new InvalidOperationException("The policy does not compile.");
}
