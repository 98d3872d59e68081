using System.Net;
using MfaGateway.IntegrationTests.Simulation;
using MfaGateway.SignOn.Kerberos;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.IntegrationTests.SignOn;

/// <summary>When a request carries a token, and what becomes of a request whose token is refused.</summary>
public sealed class TokenTests
{
    private const string Read = "/owa/ping.owa";
    private const string Post = "/owa/service.svc";

    [Theory]
    [InlineData("Auto", true, 1)]
    [InlineData("Auto", false, 5)]
    [InlineData("PerRequest", true, 5)]
    [InlineData("PerConnection", true, 1)]
    public async Task the_first_request_on_a_connection_carries_a_token_and_later_ones_by_the_configured_rule(string authentication, bool persistent, int tokens)
    {
        await using var estate = await KerberosEstate.StartAsync(authentication);
        estate.Server.Persistent = persistent;
        var alice = await estate.SignedInAsync("alice@contoso.com"); // one request

        for (var n = 0; n < 4; n++) Assert.Equal("alice@contoso.com", (await alice.FetchAsync(HttpMethod.Get, Read)).Body);

        Assert.Equal(5, estate.Server.Requests.Count); // no round trip for a 401
        Assert.All(estate.Server.Requests, request => Assert.NotNull(request.User));
        Assert.True(estate.Server.Requests.First().WithToken);
        Assert.Equal(tokens, estate.Server.Requests.Count(request => request.WithToken));
        Assert.Single(estate.Server.Requests.Select(request => request.Connection).Distinct());
        Assert.Equal(0, estate.Realm.NotDisposed);
    }

    [Theory]
    [InlineData("Connection: close, Authorization, Cookie, Host")]
    [InlineData("Connection: close\r\nProxy-Connection: Authorization\r\nTE: Authorization")]
    public async Task a_token_arrives_whatever_headers_the_browser_asks_to_have_dropped(string nominations)
    {
        await using var estate = await KerberosEstate.StartAsync("PerRequest");
        var alice = await estate.SignedInAsync("alice@contoso.com");

        var answer = await RawConnection.SendAsync(
            estate.Network,
            $"GET {Read} HTTP/1.1\r\nHost: mail.contoso.com\r\nCookie: __Host-mfagw={alice.Cookies.Find("__Host-mfagw")!.Value}\r\nAuthorization: Negotiate Zm9yZ2Vk\r\n{nominations}\r\n\r\n");

        Assert.Equal(200, answer.Status);
        Assert.Equal((true, "alice@contoso.com"), (estate.Server.Requests.Last().WithToken, estate.Server.Requests.Last().User));
    }

    [Fact]
    public async Task a_refused_ticket_is_renewed_once_and_the_read_repeated_on_a_new_connection()
    {
        await using var estate = await KerberosEstate.StartAsync("PerRequest");
        var alice = await estate.SignedInAsync("alice@contoso.com");
        estate.Realm.Generation++; // the service's password was rolled

        var answer = await alice.FetchAsync(HttpMethod.Get, Read);

        Assert.Equal("alice@contoso.com", answer.Body);
        Assert.Equal(1, estate.Realm.Renewals);
        Assert.Equal(2, estate.Server.Requests.TakeLast(2).Select(request => request.Connection).Distinct().Count());
    }

    [Fact]
    public async Task a_body_is_never_sent_twice_and_the_next_request_begins_with_a_new_ticket()
    {
        await using var estate = await KerberosEstate.StartAsync("PerRequest");
        var alice = await estate.SignedInAsync("alice@contoso.com");
        estate.Realm.Generation++;

        var refused = await alice.FetchAsync(HttpMethod.Post, Post, new StringContent("{}"));
        var next = await alice.FetchAsync(HttpMethod.Post, Post, new StringContent("{}"));

        Assert.Equal(HttpStatusCode.BadGateway, refused.Status);
        Assert.Equal("server-refused", estate.Network.Audit.Of(refused.Reference)["gateway.reason"]);
        Assert.Equal("alice@contoso.com", next.Body);
        Assert.Equal(2, estate.Server.Requests.Count(request => request.Method == "POST"));
        Assert.Equal(1, estate.Realm.Renewals);
    }

    [Fact]
    public async Task a_post_without_body_is_repeated_with_a_new_ticket_because_a_refused_request_was_not_carried_out()
    {
        await using var estate = await KerberosEstate.StartAsync("PerRequest");
        var alice = await estate.SignedInAsync("alice@contoso.com");
        estate.Realm.Generation++;

        var answer = await alice.FetchAsync(HttpMethod.Post, Post);

        Assert.Equal("alice@contoso.com", answer.Body);
        Assert.Equal(2, estate.Server.Requests.Count(request => request.Method == "POST"));
    }

    [Fact]
    public async Task a_server_that_refuses_the_new_ticket_too_is_a_502_with_a_reference_that_finds_the_server()
    {
        await using var estate = await KerberosEstate.StartAsync();
        estate.Server.Refusing = true;
        var alice = estate.Network.NewBrowser();

        var page = await alice.OpenAsync("/owa/");

        Assert.Equal(HttpStatusCode.BadGateway, page.Status);
        Assert.Null(page.Header("WWW-Authenticate"));
        Assert.DoesNotContain("refused by the server", page.Body, StringComparison.Ordinal);
        var line = estate.Network.Audit.Of(page.Reference);
        Assert.Equal("backend-sign-on", line["event.action"]);
        Assert.Equal("server-refused", line["gateway.reason"]);
        Assert.Equal(new Uri(estate.Server.Origin).Authority, line["gateway.destination"]);
        Assert.Contains("offers Negotiate, NTLM", estate.Network.Log.Text, StringComparison.Ordinal);
        Assert.Equal(2, estate.Server.Requests.Count);
    }

    [Fact]
    public async Task a_server_that_refuses_everybody_does_not_send_every_request_to_the_domain_controller()
    {
        await using var estate = await KerberosEstate.StartAsync();
        var alice = await estate.SignedInAsync("alice@contoso.com");
        estate.Server.Refusing = true;

        for (var n = 0; n < 5; n++) Assert.Equal(HttpStatusCode.BadGateway, (await alice.FetchAsync(HttpMethod.Get, Read)).Status);

        Assert.Equal(1, estate.Realm.Renewals);
        estate.Network.Time.Advance(TimeSpan.FromSeconds(11));
        await alice.FetchAsync(HttpMethod.Get, Read);
        Assert.Equal(2, estate.Realm.Renewals);
    }

    [Fact]
    public async Task a_connection_that_has_forgotten_its_user_gets_a_token_again()
    {
        await using var estate = await KerberosEstate.StartAsync();
        var alice = await estate.SignedInAsync("alice@contoso.com");
        estate.Server.Forgetful = true; // the application pool was recycled

        var answer = await alice.FetchAsync(HttpMethod.Get, Read);

        Assert.Equal("alice@contoso.com", answer.Body);
        Assert.Equal(0, estate.Realm.Renewals); // nobody refused a ticket
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Negotiate")]
    [InlineData("Negotiate not-base64!")]
    [InlineData("Negotiate c29tZWJvZHkgZWxzZQ==")]
    [InlineData("NTLM c29tZWJvZHkgZWxzZQ==")]
    public async Task a_server_that_does_not_prove_itself_shows_nothing_to_the_browser(string? proof)
    {
        await using var estate = await KerberosEstate.StartAsync();
        estate.Server.Proof = _ => proof;
        estate.Server.Answer = async (context, _) =>
        {
            context.Response.Headers.SetCookie = "planted=1";
            context.Response.Headers["X-Planted"] = "1";
            await context.Response.Body.WriteAsync("planted"u8.ToArray());
            return true;
        };
        var alice = estate.Network.NewBrowser();

        var page = await alice.OpenAsync("/owa/");

        Assert.Equal(HttpStatusCode.BadGateway, page.Status);
        Assert.Equal("mutual-authentication-failed", estate.Network.Audit.Of(page.Reference)["gateway.reason"]);
        Assert.DoesNotContain("planted", page + page.Response.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, estate.Connections);
        Assert.Equal(0, estate.Realm.NotDisposed);
    }

    [Fact]
    public async Task two_proofs_are_none()
    {
        await using var estate = await KerberosEstate.StartAsync();
        estate.Server.Answer = (context, _) =>
        {
            context.Response.Headers.Append("WWW-Authenticate", "Negotiate AAAA");
            return Task.FromResult(false);
        };

        var page = await estate.Network.NewBrowser().OpenAsync("/owa/");

        Assert.Equal(HttpStatusCode.BadGateway, page.Status);
    }

    [Fact]
    public async Task a_failure_of_the_realm_is_answered_in_its_own_words_and_nothing_is_sent()
    {
        await using var estate = await KerberosEstate.StartAsync();
        estate.Realm.Refuse = _ => SignOnFailure.KdcUnreachable;
        var alice = estate.Network.NewBrowser();

        var page = await alice.OpenAsync("/owa/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Equal("kdc-unreachable", estate.Network.Audit.Of(page.Reference)["gateway.reason"]);
        Assert.NotNull(page.Header("Retry-After"));
        Assert.Empty(estate.Server.Requests);
    }

    [Fact]
    public async Task a_session_whose_user_has_no_Kerberos_name_is_not_signed_on_at_all()
    {
        await using var estate = await KerberosEstate.StartAsync();
        estate.Network.Provider.Person = new Person("alice", ["Staff"]); // the rule wants a user principal name

        var page = await estate.Network.NewBrowser().OpenAsync("/owa/");

        Assert.Equal(HttpStatusCode.BadGateway, page.Status);
        Assert.Equal("no-user-name", estate.Network.Audit.Of(page.Reference)["gateway.reason"]);
        Assert.Equal(0, estate.Connections);
        Assert.Empty(estate.Server.Requests);
    }

    [Fact]
    public async Task neither_credentials_of_the_client_nor_challenges_of_the_server_pass()
    {
        await using var estate = await KerberosEstate.StartAsync("PerRequest");
        var alice = await estate.SignedInAsync("alice@contoso.com");

        var answer = await alice.FetchAsync(
            HttpMethod.Get, Read, null, ("Authorization", "Negotiate Ym9i"), ("Proxy-Authorization", "Basic Ym9i"), ("X-Remote-User", "bob"));

        Assert.Equal("alice@contoso.com", answer.Body);
        Assert.Empty(estate.Server.Foreign);
        Assert.All(["WWW-Authenticate", "Persistent-Auth", "Authentication-Info"], name => Assert.Null(answer.Header(name)));
    }

    [Fact]
    public async Task probes_and_anonymous_calendars_carry_no_token_and_use_no_session_s_connection()
    {
        await using var estate = await KerberosEstate.StartAsync(options: exchange => exchange.Publish.Calendar = true, policy: CalendarPolicy);
        var alice = await estate.SignedInAsync("alice@contoso.com");
        const string Calendar = "/owa/calendar/0123abcd@contoso.com/8f1e2d/calendar.html";

        await alice.FetchAsync(HttpMethod.Get, Calendar);
        await estate.Network.NewBrowser().FetchAsync(HttpMethod.Get, Calendar);

        var anonymous = estate.Server.Requests.Where(request => request.Path == Calendar).ToList();
        var signedOn = estate.Server.Requests.Where(request => request.User is not null).Select(request => request.Connection);
        Assert.Equal(2, anonymous.Count);
        Assert.All(anonymous, request => Assert.Equal((false, null), (request.WithToken, request.User)));
        Assert.Empty(anonymous.Select(request => request.Connection).Intersect(signedOn));
        Assert.NotEmpty(estate.Server.Probes);
        Assert.All(estate.Server.Probes, probe => Assert.DoesNotContain("Negotiate", probe, StringComparison.Ordinal));
        Assert.Empty(estate.Server.Probes.Select(probe => probe.Split(' ')[0]).Intersect(signedOn));
    }

    [Fact]
    public async Task with_Kerberos_no_cookie_of_Exchange_s_own_logon_passes_in_either_direction()
    {
        await using var estate = await KerberosEstate.StartAsync();
        var alice = await estate.SignedInAsync("alice@contoso.com");
        var received = "";
        estate.Server.Answer = (context, _) =>
        {
            received = context.Request.Headers.Cookie.ToString();
            context.Response.Headers.Append("Set-Cookie", "cadataKey=secret; path=/");
            context.Response.Headers.Append("Set-Cookie", "X-OWA-CANARY=abc; path=/owa");
            return Task.FromResult(false);
        };
        void Plant(string cookie) => alice.Cookies.Take(new Uri("https://mail.contoso.com/owa/"), cookie);
        Plant("ASP.NET_SessionId=1; path=/; secure");
        await alice.FetchAsync(HttpMethod.Get, Read); // from here on what lies in this browser counts as hers
        Plant("ASP.NET_SessionId=1; path=/; secure");
        Plant("cadata=password; path=/; secure");

        var answer = await alice.FetchAsync(HttpMethod.Get, Read);

        Assert.Contains("ASP.NET_SessionId=1", received, StringComparison.Ordinal);
        Assert.DoesNotContain("cadata", received, StringComparison.Ordinal);
        Assert.Single(answer.SetCookies, cookie => cookie.StartsWith("X-OWA-CANARY", StringComparison.Ordinal));
        Assert.DoesNotContain(answer.SetCookies, cookie => cookie.Contains("secret", StringComparison.Ordinal));
    }

    private const string CalendarPolicy =
        """
        { "version": 1, "rules": [
          { "id": "staff", "effect": "permit", "when": { "resource": ["owa"], "group": ["Staff"] } },
          { "id": "calendars", "effect": "permit", "when": { "resource": ["calendar"] } } ] }
        """;
}
