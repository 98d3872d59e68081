using MfaGateway.Shield;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Tests.Shield;

public class RequestShapeTests
{
    private const string Html = "Accept: text/html,application/xhtml+xml,*/*;q=0.8";

    public static TheoryData<bool, string, string, string[]> Requests => new()
    {
        // fetch metadata decides first
        { true, "GET", "/owa/", ["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"] },
        { true, "GET", "/owa/service.svc", ["Sec-Fetch-Mode: navigate", "X-Requested-With: XMLHttpRequest"] },
        { true, "GET", "/owa/projection.aspx", ["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"] },
        { true, "GET", "/ecp/", ["Sec-Fetch-Dest: frame"] },
        { true, "HEAD", "/owa/", ["Sec-Fetch-Mode: navigate"] },
        { false, "GET", "/owa/", ["Sec-Fetch-Mode: cors", Html] },
        { false, "GET", "/owa/", ["Sec-Fetch-Mode: same-origin", Html] },
        { false, "GET", "/owa/prem/15.2.1/x.js", ["Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script", "Accept: */*"] },
        { false, "GET", "/owa/prem/15.2.1/x.png", ["Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"] },
        // then OWA's own headers
        { false, "GET", "/owa/", ["X-Requested-With: XMLHttpRequest", Html] },
        { false, "GET", "/owa/", ["X-OWA-CANARY: x", Html] },
        { false, "GET", "/owa/", ["x-owa-actionname: Browse", Html] },
        { false, "GET", "/owa/", ["Action: FindItem", Html] },
        // then the file
        { false, "GET", "/owa/service.svc", [Html] },
        { false, "GET", "/owa/sessiondata.ashx", [Html] },
        { false, "GET", "/owa/userbootsettings.ashx", [Html] },
        { false, "GET", "/owa/ev.owa2", [Html] },
        { false, "GET", "/owa/EV.OWA", [Html] },
        { false, "GET", "/owa/plt1.ashx", [Html] },
        { false, "GET", "/owa/ping.owa", [Html] },
        { false, "GET", "/owa/keepalive.owa", [Html] },
        { false, "GET", "/ecp/DDI/DDIService.svc/GetList", [Html] },
        { false, "GET", "/owa/mowapendingget.ashx", [Html] },
        { true, "GET", "/owa/service.svc/s/GetFileAttachment", [Html] }, // a click on an attachment
        { true, "GET", "/owa/attachment.ashx", [Html] },
        // then the verb: a redirect would lose the body
        { false, "POST", "/owa/", [Html, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"] },
        { false, "POST", "/owa/lang.owa", [Html] },
        { false, "PUT", "/owa/", [Html] },
        // then what is accepted
        { true, "GET", "/owa/", [Html] },
        { true, "GET", "/ecp/UsersGroups/Users.slab", [Html] },
        { false, "GET", "/owa/", ["Accept: application/json"] },
        { true, "GET", "/owa/", ["Accept: */*"] }, // curl and old browsers
        { true, "GET", "/owa/", [] },
        { true, "GET", "/ecp/default.aspx", ["Accept: */*"] },
        { false, "GET", "/owa/prem/15.2.1/boot.js", ["Accept: */*"] },
        { false, "GET", "/owa/prem/15.2.1/logo.png", ["Accept: image/*"] },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_page_is_told_from_a_script_by_the_first_evidence(bool navigation, string method, string path, string[] headers)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            request.Headers[header[..colon]] = header[(colon + 1)..].Trim();
        }

        Assert.Equal(navigation, RequestShape.IsNavigation(request, path));
    }

    [Theory]
    [InlineData("/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0&cid=1", true)]
    [InlineData("/owa/ev.owa2?ua=0", true)]
    [InlineData("/owa/service.svc?action=GetCalendar&UA=0", true)]
    [InlineData("/owa/keepalive.owa", true)]
    [InlineData("/owa/KeepAlive.owa?x=1", true)]
    [InlineData("/owa/ping.owa", true)]
    [InlineData("/ecp/ping.ecp", true)]
    [InlineData("/owa/prem/15.2.1/resources/sounds/notify.wav", true)]
    [InlineData("/owa/ev.owa2?UA=1", false)]
    [InlineData("/owa/ev.owa2?UA=01", false)]
    [InlineData("/owa/ev.owa2?xUA=0", false)]
    [InlineData("/owa/?q=UA=0", false)] // inside another value
    [InlineData("/owa/?UA=0&UA=1", false)]
    [InlineData("/owa/service.svc?action=FindItem", false)]
    [InlineData("/owa/", false)]
    public void Only_what_OWA_asks_by_itself_is_a_background_poll(string target, bool poll)
    {
        Assert.True(CanonicalTarget.TryParse(target, out var parsed));

        Assert.Equal(poll, RequestShape.IsBackgroundPoll(parsed));
    }
}
