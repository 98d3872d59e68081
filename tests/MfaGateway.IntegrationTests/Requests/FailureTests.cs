using System.Net;
using System.Security.Cryptography;
using MfaGateway.Audit;
using MfaGateway.IntegrationTests.Simulation;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>A part that fails is a defined answer, never "nobody is signed in" and never "come in".</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task a_session_store_that_is_down_is_503_and_everybody_is_still_signed_in_afterwards()
    {
        var store = new BreakableStore();
        await using var network = await SimulatedNetwork.StartAsync(WithStore(store));
        var alice = await network.SignedInBrowserAsync();
        var forwarded = network.Exchange.Requests.Count;
        network.Time.Advance(TimeSpan.FromSeconds(2));
        store.Broken = true;

        var page = await alice.GetAsync("/owa/");
        var answer = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem");

        network.ExpectRefusal(page, HttpStatusCode.ServiceUnavailable, "session-store-unavailable");
        Assert.Equal("10", page.Header("Retry-After"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Empty(page.SetCookies);
        Assert.Equal(forwarded, network.Exchange.Requests.Count);

        store.Broken = false;
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/owa/")).Status);
    }

    [Fact]
    public async Task a_sign_in_while_the_store_is_down_is_503_and_gives_no_cookie()
    {
        var store = new BreakableStore();
        await using var network = await SimulatedNetwork.StartAsync(WithStore(store));
        var browser = network.NewBrowser();
        var answer = await browser.FollowToAsync(await browser.GetAsync("/owa/"), "login.contoso.test");
        store.Broken = true;

        var page = await browser.FollowAsync(answer);

        network.ExpectRefusal(page, HttpStatusCode.ServiceUnavailable, "session-store-unavailable");
        Assert.Null(browser.Cookies.Find("__Host-mfagw"));
    }

    [Fact]
    public async Task readiness_follows_the_store_and_liveness_does_not()
    {
        var store = new BreakableStore();
        await using var network = await SimulatedNetwork.StartAsync(WithStore(store));
        var browser = network.NewBrowser();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/.gateway/health/ready")).Status);

        store.Broken = true;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await browser.GetAsync("/.gateway/health/ready")).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/.gateway/health/live")).Status);
    }

    [Fact]
    public async Task a_required_audit_sink_that_fails_is_503_and_nothing_is_forwarded()
    {
        var audit = new BreakableAudit();
        await using var network = await SimulatedNetwork.StartAsync(WithAudit(audit, required: true, everyRequest: true));
        var alice = await network.SignedInBrowserAsync();
        var forwarded = network.Exchange.Requests.Count;
        audit.Broken = true;

        var page = await alice.GetAsync("/owa/");
        var answer = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=SendItem");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal(forwarded, network.Exchange.Requests.Count);
    }

    [Fact]
    public async Task a_sign_in_that_cannot_be_recorded_did_not_happen()
    {
        var audit = new BreakableAudit();
        await using var network = await SimulatedNetwork.StartAsync(WithAudit(audit, required: true, everyRequest: false));
        var browser = network.NewBrowser();
        var answer = await browser.FollowToAsync(await browser.GetAsync("/owa/"), "login.contoso.test");
        audit.Broken = true;

        var page = await browser.FollowAsync(answer);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Null(browser.Cookies.Find("__Host-mfagw"));
    }

    [Fact]
    public async Task an_audit_sink_that_is_not_required_stops_nobody()
    {
        var audit = new BreakableAudit { Broken = true };
        await using var network = await SimulatedNetwork.StartAsync(WithAudit(audit, required: false, everyRequest: true));

        await network.SignedInBrowserAsync();
    }

    [Fact]
    public async Task a_key_ring_that_cannot_be_read_in_time_is_503_for_who_wants_in()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Services = services => services.AddSingleton<IDataProtectionProvider>(new KeysOutOfReach()) });

        network.ExpectRefusal(await network.NewBrowser().OpenAsync("/owa/"), HttpStatusCode.ServiceUnavailable, "session-store-unavailable");
    }

    private static NetworkSetup WithStore(BreakableStore store) => new()
    {
        Services = services => services.AddSingleton<ISessionStore>(store),
        Options = options => options.Sessions.Store = store.Name,
    };

    private static NetworkSetup WithAudit(BreakableAudit audit, bool required, bool everyRequest) => new()
    {
        Services = services => services.AddSingleton<IAuditSinkFactory>(audit),
        Options = options =>
        {
            options.Audit.Sinks.Add(new AuditSinkOptions { Kind = audit.Kind, Required = required });
            options.Audit.EveryRequest = everyRequest;
        },
    };

    /// <summary>What the framework does when the key ring in Redis cannot be read.</summary>
    private sealed class KeysOutOfReach : IDataProtectionProvider, IDataProtector
    {
        public IDataProtector CreateProtector(string purpose) => this;

        public byte[] Protect(byte[] plaintext) => throw new CryptographicException("An error occurred while trying to encrypt the provided data.", new TimeoutException("Timeout performing EVAL"));

        public byte[] Unprotect(byte[] protectedData) => throw new CryptographicException("The key ring cannot be read.", new TimeoutException("Timeout performing EVAL"));
    }
}
