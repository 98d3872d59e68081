using MfaGateway.Exchange;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Tests.Exchange;

public class HeaderTests
{
    private static readonly MailboxRoute Routes = new(new EphemeralDataProtectionProvider());

    [Theory]
    [InlineData("Accept", "text/html")]
    [InlineData("User-Agent", "Mozilla/5.0")]
    [InlineData("If-None-Match", "\"x\"")]
    [InlineData("Range", "bytes=0-10")]
    [InlineData("X-OWA-CANARY", "abc")]
    [InlineData("x-owa-urlpostdata", "%7B%7D")]
    [InlineData("Action", "FindItem")]
    [InlineData("client-request-id", "1")]
    [InlineData("X-Requested-With", "XMLHttpRequest")]
    [InlineData("Sec-Fetch-Mode", "navigate")]
    [InlineData("X-AnchorMailbox", "group@contoso.com")]
    [InlineData("X-OWA-ExplicitLogonUser", "group@contoso.com")]
    public void What_browsers_and_OWA_send_passes(string name, string value) => Assert.Equal(value, Forwarded((name, value)).GetValueOrDefault(name));

    [Theory]
    // identity and routing inside Exchange
    [InlineData("X-CommonAccessToken")]
    [InlineData("msExchLogonMailbox")]
    [InlineData("msExchTargetMailbox")]
    [InlineData("X-vDirObjectId")]
    [InlineData("X-IsFromCafe")]
    [InlineData("X-SourceCafeServer")]
    [InlineData("X-TargetServer")]
    [InlineData("X-WLID-MemberName")]
    [InlineData("X-BEServer")]
    [InlineData("X-CalculatedBETarget")]
    [InlineData("X-Rps-CAT")]
    // a second identity
    [InlineData("Authorization")]
    [InlineData("Proxy-Authorization")]
    [InlineData("Remote-User")]
    [InlineData("X-Remote-User")]
    [InlineData("X-Auth-Request-User")]
    [InlineData("X-MS-CLIENT-PRINCIPAL")]
    [InlineData("X-SSL-Client-Cert")]
    [InlineData("X-Forwarded-Client-Cert")]
    [InlineData("SSL_CLIENT_S_DN")]
    // another address
    [InlineData("X-Forwarded-For")]
    [InlineData("X_Forwarded_For")]
    [InlineData("X-Forwarded-Host")]
    [InlineData("X-Forwarded-Proto")]
    [InlineData("X-Forwarded-Prefix")]
    [InlineData("Forwarded")]
    [InlineData("X-Real-IP")]
    [InlineData("True-Client-IP")]
    [InlineData("CF-Connecting-IP")]
    [InlineData("X-Originating-IP")]
    [InlineData("Via")]
    // another path
    [InlineData("X-Original-URL")]
    [InlineData("X-Rewrite-URL")]
    [InlineData("X-MS-Proxy")]
    [InlineData("X-MS-Endpoint-Absolute-Path")]
    [InlineData("X-HTTP-Method-Override")]
    // aliases of names that pass: IIS takes _ for -
    [InlineData("X_OWA_CANARY")]
    [InlineData("X-OWA-Explicit.LogonUser")]
    [InlineData("X-OWA-ExplicitLogonUser_")]
    [InlineData("X-OWA_ExplicitLogonUser")]
    // hop by hop
    [InlineData("Connection")]
    [InlineData("Keep-Alive")]
    [InlineData("TE")]
    [InlineData("Trailer")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Upgrade")]
    [InlineData("Proxy-Connection")]
    [InlineData("Expect")]
    [InlineData("Host")]
    public void What_would_give_Exchange_another_identity_address_or_path_does_not(string name) => Assert.Empty(Forwarded((name, "MARK")));

    [Theory]
    [InlineData("group@contoso.com/../powershell")]
    [InlineData("a@b.c/ecp")]
    [InlineData("a@b.c\\x")]
    [InlineData("a@b.c?x")]
    [InlineData("a@b.c,d@e.f")]
    [InlineData("a@b@c")]
    [InlineData("@contoso.com")]
    [InlineData("nobody")]
    [InlineData("a@")]
    [InlineData("")]
    [InlineData("%61@b.c")]
    public void A_mailbox_header_that_is_not_one_plain_address_is_dropped(string value)
    {
        Assert.Empty(Forwarded(("X-AnchorMailbox", value)));
        Assert.Empty(Forwarded(("X-OWA-ExplicitLogonUser", value)));
    }

    [Fact]
    public void A_mailbox_header_sent_twice_is_dropped()
    {
        var request = new DefaultHttpContext().Request;
        request.Headers["X-AnchorMailbox"] = new[] { "a@contoso.com", "b@contoso.com" };

        Assert.Empty(Forwarded(request));
    }

    [Fact]
    public void The_operator_can_let_further_headers_pass()
    {
        var request = new DefaultHttpContext().Request;
        request.Headers["X-Own"] = "1";
        using var message = new HttpRequestMessage();

        RequestHeaders.Copy(request, message, Settings.Options(o => o.Exchange.AllowedRequestHeaders.Add("x-own")), Routes, session: null, withLogon: true);

        Assert.Equal(["1"], message.Headers.GetValues("X-Own"));
    }

    [Theory]
    [InlineData("__Host-mfagw=secret", null)]
    [InlineData("__host-MFAGW=secret; ClientId=1", "ClientId=1")]
    [InlineData("a=1; __Host-mfagw=secret; X-OWA-CANARY=x; __Secure-mfagw-login.abc=y", "a=1; X-OWA-CANARY=x")]
    [InlineData("X-BackEndOverrideCookie=ex2; UC=1; exchangecookie=2; UserContext=3", "UC=1")]
    [InlineData("  __Host-mfagw =secret; UC=1", "UC=1")]
    [InlineData("X-BackEndCookie=S-1-5=u56Lnp2e; cadata=x==", "cadata=x==")]
    [InlineData("a=b,X-BackEndCookie=S-1-5=u56Lnp2e; UC=1", "UC=1")] // whoever divides at commas would find it
    [InlineData("a=b, x-backendoverridecookie =ex2; UC=1", "UC=1")]
    [InlineData("X-BackEndOverrideCookie,b=1; X-BackEndCookie,c=1; UC=1", "UC=1")]
    [InlineData("a=b,,__Host-mfagw=x; UC=1,2; c=d,e=f", "UC=1,2; c=d,e=f")]
    public void Our_own_cookies_never_reach_Exchange(string sent, string? forwarded) =>
        Assert.Equal(forwarded, Forwarded(("Cookie", sent)).GetValueOrDefault("Cookie"));

    [Theory]
    [InlineData("X-FEServer")]
    [InlineData("X-BEServer")]
    [InlineData("X-DiagInfo")]
    [InlineData("X-CalculatedBETarget")]
    [InlineData("X-AspNet-Version")]
    [InlineData("X-Powered-By")]
    [InlineData("Server")]
    [InlineData("X-FailureContext")]
    [InlineData("WWW-Authenticate")]
    [InlineData("Persistent-Auth")]
    [InlineData("Alt-Svc")]
    public void Names_versions_and_invitations_to_log_on_stay_inside(string name)
    {
        var response = Answered((name, "MARK"), ("request-id", "1"), ("X-OWA-Error", "x"));

        Assert.False(response.Headers.ContainsKey(name));
        Assert.Equal(("1", "x"), (response.Headers["request-id"].ToString(), response.Headers["X-OWA-Error"].ToString()));
    }

    [Fact]
    public void What_Exchange_says_on_transport_security_does_not_count() =>
        Assert.False(Answered(("Strict-Transport-Security", "max-age=0")).Headers.ContainsKey("Strict-Transport-Security"));

    [Theory]
    [InlineData("X-OWA-CANARY=x; path=/", "X-OWA-CANARY=x; path=/; Secure")]
    [InlineData("UC=1; domain=contoso.com; path=/; secure; HttpOnly", "UC=1; path=/; secure; HttpOnly")]
    [InlineData("a=1; Domain=.contoso.com", "a=1; Secure")]
    [InlineData("__Host-mfagw=stolen; path=/; secure", null)]
    [InlineData("__Secure-mfagw-login.x=1; path=/", null)]
    [InlineData("; __Host-mfagw=stolen; path=/; secure", null)]
    [InlineData("; ;", null)]
    [InlineData("domain=x; path=/", "domain=x; path=/; Secure")]
    [InlineData("X-BackEndCookie=S-1-5=u56Lnp2e; path=/owa; secure; HttpOnly", null)]
    [InlineData(";x-backendcookie=S-1-5=u56Lnp2e; path=/owa", null)]
    public void Cookies_of_Exchange_are_secure_for_this_host_only_and_never_ours(string set, string? passed) =>
        Assert.Equal(passed, Answered(("Set-Cookie", set)).Headers.SetCookie.ToString() is { Length: > 0 } cookie ? cookie : null);

    [Fact]
    public void What_a_session_got_is_for_no_shared_cache() =>
        Assert.Equal("private, max-age=2592000", Answered(("Cache-Control", "public, max-age=2592000")).Headers.CacheControl);

    private static Dictionary<string, string> Forwarded(params (string Name, string Value)[] headers)
    {
        var request = new DefaultHttpContext().Request;
        foreach (var (name, value) in headers) request.Headers[name] = value;
        return Forwarded(request);
    }

    private static Dictionary<string, string> Forwarded(HttpRequest request)
    {
        using var message = new HttpRequestMessage { Content = new StringContent("") };
        message.Content.Headers.Clear();
        RequestHeaders.Copy(request, message, Settings.Options(), Routes, session: null, withLogon: true);
        return message.Headers.NonValidated.Concat(message.Content.Headers.NonValidated)
            .ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
    }

    private static HttpResponse Answered(params (string Name, string Value)[] headers)
    {
        var response = new DefaultHttpContext().Response;
        using var answer = new HttpResponseMessage();
        foreach (var (name, value) in headers)
        {
            response.Headers[name] = value;
            answer.Headers.TryAddWithoutValidation(name, value);
        }

        ResponseHeaders.Copy(answer, response, exchangeKeepsLogon: true, Routes, session: null);
        return response;
    }
}
