namespace MfaGateway.Exchange;

/// <summary>
/// What Exchange 2019 and SE offer a browser, with the verbs of the handlers in the web.config files of the back end (ExchangeBackEnd-OWA_web.config,
/// ExchangeBackEnd-ECP_web.config in microsoft/CSS-Exchange). Server-to-server parts (wopi, remotenotification, proxyLogon.ecp), health pages and
/// <c>/owa/Integrated</c> are missing on purpose.
/// </summary>
internal static class ExchangeShapes
{
    public static readonly PublishedShape[] Owa =
    [
        new("", Verbs.All), // POST: an AD FS sign-on answer comes to the root
        new("default.aspx", Verbs.Read),
        new("projection.aspx", Verbs.Read),
        new("readingPane.aspx", Verbs.Read),
        new("popout.aspx", Verbs.Read),
        new("languageselection.aspx", Verbs.Read),
        new("lang.owa", Verbs.Get | Verbs.Post),
        new("service.svc", Verbs.Get | Verbs.Post, BodySize.Upload),
        new("service.svc/s/*", Verbs.All, BodySize.Upload),
        new("sessiondata.ashx", Verbs.Post),
        new("preloadsessiondata.ashx", Verbs.Post),
        new("userbootsettings.ashx", Verbs.Get | Verbs.Post),
        new("ev.owa2", Verbs.Get | Verbs.Post),
        new("ev.owa", Verbs.Get),
        new("plt1.ashx", Verbs.Get | Verbs.Post),
        new("ping.owa", Verbs.Get | Verbs.Post),
        new("keepalive.owa", Verbs.Get | Verbs.Post),
        new("speech.reco", Verbs.Post, BodySize.Upload),
        new("attachment.ashx", Verbs.Read),
        new("mowapendingget.ashx", Verbs.Get),
        new("groupsubscription.ashx", Verbs.Get),
        new("processInvitation.aspx", Verbs.Get),
        new("serviceWorkerHandler.ashx", Verbs.Get),
        new("MeetingPollHandler.ashx", Verbs.Get),
        new("appCacheManifestHandler.ashx", Verbs.Get),
        new("userspecificresourceinjector.ashx", Verbs.Get),
        new("smime/*", Verbs.Read),
        new("prem/**", Verbs.Read) { StaticOnly = true },
        new("manifests/**", Verbs.Read) { StaticOnly = true },
        new("resources/**", Verbs.Read) { StaticOnly = true },
        new("scripts/**", Verbs.Read) { StaticOnly = true },
        new("{build}/**", Verbs.Read) { StaticOnly = true },
        new("favicon.ico", Verbs.Read),
    ];

    /// <summary>Exchange's own logon, behind the gateway's: only where Exchange keeps it, and only for people with a session. With Kerberos nothing below
    /// <c>/owa/auth</c> is published: the folder is anonymous, so the server would not prove itself there.</summary>
    public static readonly PublishedShape[] OwaLogon =
    [
        new("auth/logon.aspx", Verbs.Read),
        new("auth.owa", Verbs.Post),
        new("auth/expiredpassword.aspx", Verbs.All),
        new("auth/owaauth.dll", Verbs.Post),
        new("auth/errorFE.aspx", Verbs.Read), // pages that the front end rewrites errors to, and what they load
        new("auth/{build}/**", Verbs.Read) { StaticOnly = true },
        new("auth/*.css", Verbs.Read),
    ];

    public static readonly PublishedShape[] Ecp =
    [
        new("", Verbs.All),
        new("**/*.aspx", Verbs.Read),
        new("**/*.slab", Verbs.Read),
        new("**/*.img", Verbs.Read),
        new("**/*.axd", Verbs.Read),
        new("ping.ecp", Verbs.Get | Verbs.Post),
        new("**/", Verbs.Read),
        new("**", Verbs.Read) { StaticOnly = true },
        new("DDI/DDIService.svc/*", Verbs.Post, BodySize.Medium),
        new("**/*.svc/*", Verbs.Post, BodySize.Upload),
        new("**/*.ashx", Verbs.Post, BodySize.Upload),
        new("**/*.ashx", Verbs.Read),
        new("**/Download.aspx", Verbs.Get | Verbs.Post),
        new("**/ImportContactList.aspx", Verbs.Post, BodySize.Upload),
    ];

    public static readonly PublishedShape[] EcpLogon = [new("auth/*.aspx", Verbs.Read)];

    /// <summary>Never, whatever else matches: probes, server-to-server, an interface of its own, and the page of CVE-2020-16875.</summary>
    public static readonly PublishedShape[] EcpNever =
    [
        new("healthcheck.htm", Verbs.All),
        new("proxyLogon.ecp", Verbs.All),
        new("ReportingWebService/**", Verbs.All),
        new("**/ManagePolicyFromISV.aspx", Verbs.All),
    ];

    public static readonly PublishedShape Calendar = new("calendar/*@*/*/calendar.*", Verbs.Read);

    /// <summary>
    /// What a normal user's options need: the personal settings and inbox rules with their services, scripts and themes (Autodiscover hands Outlook such
    /// links). Exchange documents no complete list, so the configuration can replace this one.
    /// </summary>
    public static readonly string[] DefaultEcpOptions =
    [
        "/ecp/PersonalSettings/**",
        "/ecp/RulesEditor/**",
        "/ecp/{build}/scripts/**",
        "/ecp/{build}/themes/**",
        "/ecp/WebResource.axd",
        "/ecp/ping.ecp",
        "/ecp/error.aspx",
    ];
}
