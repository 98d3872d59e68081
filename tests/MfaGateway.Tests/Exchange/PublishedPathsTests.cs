using MfaGateway.Exchange;
using MfaGateway.Shield;

namespace MfaGateway.Tests.Exchange;

public class PublishedPathsTests
{
    private static readonly PublishedPaths Default = new(Settings.Options());

    /// <summary>What Exchange 2019 and SE offer a browser, verb by verb (G, H, P), and the resource that the policy is asked about.</summary>
    public static TheoryData<string, string, string> Published => new()
    {
        { "/owa", "GHP", "owa" }, { "/owa/", "GHP", "owa" }, { "/OWA/", "GHP", "owa" }, { "/owa/?path=/mail", "GHP", "owa" }, { "/owa/?realm=x&modurl=0", "GHP", "owa" },
        { "/owa/default.aspx", "GH", "owa" }, { "/owa/projection.aspx", "GH", "owa" }, { "/owa/readingPane.aspx", "GH", "owa" }, { "/owa/popout.aspx", "GH", "owa" },
        { "/owa/languageselection.aspx", "GH", "owa" }, { "/owa/lang.owa", "GP", "owa" },
        { "/owa/service.svc?action=FindItem&EP=1", "GP", "owa" }, { "/owa/Service.SVC", "GP", "owa" }, { "/owa/service.svc/s/GetFileAttachment?id=x", "GHP", "owa" },
        { "/owa/sessiondata.ashx?appcache=true", "P", "owa" }, { "/owa/preloadsessiondata.ashx", "P", "owa" }, { "/owa/userbootsettings.ashx", "GP", "owa" },
        { "/owa/ev.owa2?ns=PendingRequest", "GP", "owa" }, { "/owa/ev.owa", "G", "owa" }, { "/owa/plt1.ashx", "GP", "owa" },
        { "/owa/ping.owa", "GP", "owa" }, { "/owa/keepalive.owa", "GP", "owa" }, { "/owa/speech.reco", "P", "owa" }, { "/owa/attachment.ashx?id=1", "GH", "owa" },
        { "/owa/mowapendingget.ashx", "G", "owa" }, { "/owa/groupsubscription.ashx", "G", "owa" }, { "/owa/processInvitation.aspx", "G", "owa" },
        { "/owa/serviceWorkerHandler.ashx", "G", "owa" }, { "/owa/MeetingPollHandler.ashx", "G", "owa" }, { "/owa/appCacheManifestHandler.ashx", "G", "owa" },
        { "/owa/userspecificresourceinjector.ashx", "G", "owa" }, { "/owa/smime/owasmime.msi", "GH", "owa" },
        { "/owa/prem/15.2.1118.7/scripts/boot.js", "GH", "owa" }, { "/owa/prem/15.2.1118.7/resources/styles/0/boot.css", "GH", "owa" },
        { "/owa/manifests/a.manifest", "GH", "owa" }, { "/owa/resources/x.png", "GH", "owa" }, { "/owa/scripts/x.js", "GH", "owa" },
        { "/owa/15.2.1118.7/themes/logo.png", "GH", "owa" }, { "/owa/favicon.ico", "GH", "owa" },
        { "/owa/auth/errorFE.aspx?httpCode=404", "GH", "owa" }, { "/owa/auth/15.2.1118.7/themes/resources/bg.gif", "GH", "owa" }, { "/owa/auth/Current/x.css", "GH", "owa" },
        // Exchange's own logon, for people with a session of ours
        { "/owa/auth/logon.aspx?url=x&reason=0", "GH", "owa" }, { "/owa/auth.owa", "P", "owa" }, { "/owa/auth/expiredpassword.aspx", "GHP", "owa" },
        // somebody else's mailbox
        { "/owa/group@contoso.com", "GHP", "owa" }, { "/owa/group@contoso.com/?x=1", "GHP", "owa" }, { "/owa/group@contoso.com/service.svc", "GP", "owa" },
        // admin center
        { "/ecp", "GHP", "ecp" }, { "/ecp/", "GHP", "ecp" }, { "/ecp/?ExchClientVer=15", "GHP", "ecp" },
        { "/ecp/?rfr=owa&%u0072fr=eac", "GHP", "ecp" }, // ASP.NET reads that as a second rfr { "/ecp/default.aspx?ExchClientVer=15", "GH", "ecp" },
        { "/ecp/DDI/DDIService.svc/GetList?schema=x", "P", "ecp" }, { "/ecp/ddi/ddiservice.svc/SetObject", "P", "ecp" }, { "/ecp/UsersGroups/Mailboxes.slab", "GH", "ecp" },
        { "/ecp/UsersGroups/NewMailbox.aspx", "GH", "ecp" }, { "/ecp/VDirMgmt/", "GH", "ecp" }, { "/ecp/DLPPolicy/Edit.aspx", "GH", "ecp" }, { "/ecp/x/sprite.img", "GH", "ecp" },
        { "/ecp/Download.aspx", "GHP", "ecp" }, { "/ecp/UsersGroups/ImportContactList.aspx", "GHP", "ecp" }, { "/ecp/UploadHandler.ashx", "GHP", "ecp" },
        { "/ecp/hybridlogouthelper.aspx", "GH", "ecp" }, { "/ecp/about.aspx", "GH", "ecp" }, { "/ecp/victim@contoso.com/DDI/DDIService.svc/SetObject", "P", "ecp" },
        { "/ecp/a@b/DDI/DDIService.svc/SetObject", "P", "ecp" }, { "/ecp/?p=x&rfr=admin", "GHP", "ecp" }, { "/ecp/?rfr=owa&rfr=admin", "GHP", "ecp" },
        { "/ecp/?/PersonalSettings/", "GHP", "ecp" }, { "/ecp/victim@contoso.com/PersonalSettings/HomePage.aspx", "GH", "ecp" }, { "/ecp/auth/frowny.aspx", "GH", "ecp" },
        // a user's own options
        { "/ecp/?rfr=owa", "GHP", "ecp-options" }, { "/ecp/?rfr=olk&ftr=TeamMailbox", "GHP", "ecp-options" }, { "/ecp/PersonalSettings/HomePage.aspx", "GH", "ecp-options" },
        { "/ecp/PersonalSettings/DeliveryReport.aspx?rfr=olk", "GH", "ecp-options" }, { "/ecp/RulesEditor/InboxRules.slab", "GH", "ecp-options" },
        { "/ecp/RulesEditor/InboxRules.svc/GetList", "P", "ecp-options" }, { "/ecp/15.2.1118.7/scripts/common.js", "GH", "ecp-options" },
        { "/ecp/15.2.1118.7/themes/default/x.css", "GH", "ecp-options" }, { "/ecp/WebResource.axd?d=x", "GH", "ecp-options" }, { "/ecp/ping.ecp", "GP", "ecp-options" },
        { "/ecp/error.aspx", "GH", "ecp-options" },
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void A_published_path_has_its_verbs_and_its_resource(string target, string verbs, string resource)
    {
        foreach (var (letter, verb) in new[] { ('G', "GET"), ('H', "HEAD"), ('P', "POST") })
        {
            var match = Find(Default, target, verb);

            Assert.True(match.PathKnown);
            Assert.Equal(verbs.Contains(letter) ? resource : null, match.Publication?.Resource);
        }
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("PROPFIND")]
    [InlineData("TRACE")]
    public void No_other_verb_is_published_anywhere(string verb) =>
        Assert.All(Published.Select(row => row.Data.Item1), target => Assert.Null(Find(Default, target, verb).Publication));

    public static TheoryData<string> Unpublished =>
    [
        // other applications of the front end
        "/", "/ews/exchange.asmx", "/autodiscover/autodiscover.xml", "/mapi/emsmdb", "/powershell", "/rpc/rpcproxy.dll", "/oab/x", "/api/v2.0/me", "/Microsoft-Server-ActiveSync",
        "/aspnet_client/x.aspx", "/exchange", "/public", "/adfs/ls/", "/.well-known/x", "/favicon.ico",
        // not the root, only its first letters
        "/owax/", "/owa.aspx", "/owa-test", "/ecpx", "/owa2/service.svc", "/ecp.aspx",
        // server to server
        "/owa/remotenotification.ashx", "/owa/wopi/files/x", "/owa/authenticatedwopi/files/x", "/ecp/proxyLogon.ecp", "/ecp/ReportingWebService/Reporting.svc/x",
        // probes and parts with a logon of their own
        "/owa/healthcheck.htm", "/ecp/healthcheck.htm", "/owa/Integrated/service.svc", "/owa/integrated/", "/owa/auth/frowny.aspx", "/owa/auth/x.aspx", "/owa/auth/x.js",
        "/owa/calendar/a@contoso.com/b/calendar.html", "/ecp/UsersGroups/ManagePolicyFromISV.aspx", "/ecp/managepolicyfromisv.aspx",
        "/ecp/Current/exporttool/microsoft.exchange.ediscovery.exporttool.application",
        // another application behind one of ours
        "/owa/powershell", "/owa/mailbox@contoso.com/powershell", "/ecp/x/powershell/y.svc/z", "/owa/autodiscover/x.js", "/owa/prem/ews/x.js", "/ecp/owa/x.aspx",
        "/owa/mailbox@contoso.com/ecp/default.aspx",
        // nothing of the kind
        "/owa/x", "/owa/x.aspx", "/owa/web.config", "/owa/bin/x.dll", "/owa/prem/x.aspx", "/owa/prem/15.2.1/x.config", "/owa/service.svc/x.css", "/owa/service.svc/s/",
        "/owa/service.svc/s/a/b", "/owa/service.svc/favicon.ico", "/owa/a@b@c.com/service.svc", "/owa/a@b/service.svc", "/owa/@contoso.com/service.svc",
        "/owa/mailbox@contoso.com/other@contoso.com/service.svc", "/ecp/x", "/ecp/web.config", "/ecp/x.svc", "/ecp/x.dll", "/owa/15/x.js", "/owa/auth.owa/x",
    ];

    [Theory]
    [MemberData(nameof(Unpublished))]
    public void Everything_else_does_not_exist(string target)
    {
        foreach (var verb in new[] { "GET", "HEAD", "POST" }) Assert.Equal(default, Find(Default, target, verb));
    }

    [Theory]
    [InlineData("/owa/logoff.owa")]
    [InlineData("/owa/auth/logoff.aspx?Cmd=logoff&src=exch")]
    [InlineData("/owa/auth/signout.aspx")]
    [InlineData("/owa/SignOut.aspx")]
    [InlineData("/owa/someone@contoso.com/logoff.owa")]
    [InlineData("/ecp/logoff.aspx")]
    [InlineData("/ecp/signout.aspx")]
    [InlineData("/ecp/TimeoutLogout.aspx")]
    [InlineData("/ecp/auth/TimeoutLogout.aspx")]
    public void Every_sign_out_address_of_Exchange_is_ours(string target) => Assert.True(Find(Default, target, "GET").Publication?.SignOut);

    [Theory]
    [InlineData("/owa/prem/15.2.1118.7/resources/images/signout.png")]
    [InlineData("/ecp/15.2.1118.7/themes/default/logoff.css")]
    [InlineData("/owa/15.2.1118.7/scripts/signout.js")]
    public void A_picture_or_script_that_is_only_named_like_it_signs_nobody_out(string target) => Assert.False(Find(Default, target, "GET").Publication?.SignOut);

    [Fact]
    public void Without_a_logon_of_its_own_Exchange_publishes_none()
    {
        var paths = new PublishedPaths(Settings.Options(o => o.Exchange.SignOn.Method = "Kerberos"));

        Assert.All(
            new[] { "/owa/auth/logon.aspx", "/owa/auth.owa", "/owa/auth/expiredpassword.aspx", "/owa/auth/owaauth.dll", "/owa/auth/errorFE.aspx", "/owa/auth/Current/x.css" },
            target => Assert.All(["GET", "POST"], method => Assert.Equal(default, Find(paths, target, method))));
    }

    [Theory]
    [InlineData("/owa/calendar/abc@contoso.com/def/calendar.html", "GET", true)]
    [InlineData("/owa/calendar/abc@contoso.com/def/calendar.ics", "HEAD", true)]
    [InlineData("/owa/calendar/abc@contoso.com/def/calendar.ics", "POST", false)]
    [InlineData("/owa/calendar/abc/def/calendar.ics", "GET", false)]
    [InlineData("/owa/calendar/abc@contoso.com/def/service.svc", "GET", false)]
    [InlineData("/owa/calendar/abc@contoso.com/def/ghi/calendar.html", "GET", false)]
    [InlineData("/owa/calendar/service.svc", "GET", false)]
    public void Published_calendars_are_open_to_everybody_and_nothing_near_them_is(string target, string verb, bool open)
    {
        var paths = new PublishedPaths(Settings.Options(o => o.Exchange.Publish.Calendar = true));

        var publication = Find(paths, target, verb).Publication;

        Assert.Equal(open ? new Publication("calendar", "owa", 0) { Anonymous = true } : null, publication);
    }

    [Fact]
    public void Nothing_but_calendars_is_anonymous() =>
        Assert.All(Published.Select(row => row.Data.Item1), target => Assert.NotEqual(true, Find(Default, target, "GET").Publication?.Anonymous));

    [Fact]
    public void Extra_shapes_add_to_the_list_and_not_to_what_is_never_published()
    {
        var paths = new PublishedPaths(Settings.Options(o =>
        {
            o.Exchange.Publish.Extra.Add(new PublishedShapeOptions { Path = "/owa/addin/*.html" });
            o.Exchange.Publish.Extra.Add(new PublishedShapeOptions { Path = "/ecp/tools/**", Methods = { "get", "POST" } });
            o.Exchange.Publish.Extra.Add(new PublishedShapeOptions { Path = "/owa/powershell/**" });
        }));

        Assert.Equal("owa", Find(paths, "/owa/addin/a.html", "HEAD").Publication?.Resource);
        Assert.Null(Find(paths, "/owa/addin/a.html", "POST").Publication);
        Assert.Equal("ecp", Find(paths, "/ecp/tools/a/b.bin", "POST").Publication?.Resource);
        Assert.Null(Find(paths, "/ecp/tools/b.bin", "HEAD").Publication);
        Assert.Equal(default, Find(paths, "/owa/powershell/x", "GET"));
    }

    [Fact]
    public void The_list_of_option_pages_can_be_replaced()
    {
        var paths = new PublishedPaths(Settings.Options(o => o.Exchange.Publish.EcpOptions.Add("/ecp/Own/**")));

        Assert.Equal("ecp-options", Find(paths, "/ecp/Own/Page.aspx", "GET").Publication?.Resource);
        Assert.Equal("ecp", Find(paths, "/ecp/PersonalSettings/HomePage.aspx", "GET").Publication?.Resource);
    }

    [Theory]
    [InlineData("/owa/service.svc", 35_840_000)]
    [InlineData("/ecp/DDI/DDIService.svc/SetObject", 2_000_000)]
    [InlineData("/owa/sessiondata.ashx", 1_000_000)]
    [InlineData("/ecp/UploadHandler.ashx", 35_840_000)]
    public void A_body_may_be_as_large_as_Exchange_takes_it_there(string target, long bytes) =>
        Assert.Equal(bytes, Find(Default, target, "POST").Publication?.MaxBody);

    private static PublicationMatch Find(PublishedPaths paths, string target, string verb)
    {
        Assert.True(CanonicalTarget.TryParse(target, out var parsed), target);
        return paths.Find(parsed, verb);
    }
}
