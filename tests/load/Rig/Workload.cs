namespace MfaGateway.Load.Rig;

/// <summary>What is sent, again and again.</summary>
/// <param name="Name">As in the table.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Http2">By h2load with HTTP/2, otherwise by wrk with HTTP/1.1.</param>
internal sealed record Workload(string Name, string Path, bool Http2 = false)
{
    public string Method { get; init; } = "GET";

    /// <summary>Bytes of the body that goes up.</summary>
    public int Body { get; init; }

    /// <summary>The status that every answer must have.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Bytes of every answer; null where proxies word it differently.</summary>
    public int? Length { get; init; }

    /// <summary>At the same time.</summary>
    public int Connections { get; init; } = 32;

    /// <summary>Without the cookie of a session.</summary>
    public bool Anonymous { get; init; }

    /// <summary>Only gateways answer this way.</summary>
    public bool GatewaysOnly { get; init; }

    /// <summary>Requests in the proportions of Outlook on the web instead of one kind; <c>wrk.lua</c> has the list.</summary>
    public bool IsMix { get; init; }

    /// <summary>Requests for notifications that hang meanwhile.</summary>
    public int Hanging { get; init; }

    /// <summary>What most requests are like: an answer too small for anything but the proxy's own work to count.</summary>
    public static Workload Small { get; } = new("small GET", "/owa/") { Length = Backend.Small };

    public static IReadOnlyList<Workload> All { get; } =
    [
        Small,
        new("small GET, HTTP/2", "/owa/", Http2: true) { Length = Backend.Small },
        new("POST 8 KB", "/owa/service.svc?action=FindItem") { Method = "POST", Body = 8_192, Length = Backend.Small },
        new("GET 100 KB", "/owa/prem/script.js") { Length = Backend.Script },
        new("GET 1 MB", "/owa/attachment.ashx?id=1") { Length = Backend.Attachment, Connections = 8 },
        new("POST 1 MB", "/owa/service.svc?action=CreateAttachment") { Method = "POST", Body = 1_048_576, Length = Backend.Small, Connections = 8 },
        new("GET 35 MB", "/owa/attachment.ashx?id=35") { Length = Backend.Large, Connections = 2 },
        new("POST 35 MB", "/owa/service.svc?action=CreateAttachment") { Method = "POST", Body = Backend.Large, Length = Backend.Small, Connections = 2 },
        new("Outlook on the web", "/owa/") { IsMix = true, Hanging = 500 },
        new("440 for a script without a session", "/owa/service.svc?action=FindItem") { Method = "POST", Status = 440, Length = 0, Anonymous = true, GatewaysOnly = true },
        new("400 for an ambiguous path", "/owa/..%252f..%252fautodiscover/") { Status = 400, Anonymous = true, GatewaysOnly = true },
        new("400 for a known attack", "/owa/?__VIEWSTATE=TUFSSw==") { Status = 400, GatewaysOnly = true },
        new("400 for an ambiguous path, HTTP/2", "/owa/..%252f..%252fautodiscover/", Http2: true) { Status = 400, Anonymous = true, GatewaysOnly = true },
    ];
}
