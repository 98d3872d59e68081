using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>Exchange believes its cookie about the server that has a mailbox; so it gets back only what it set itself, from whom it set it for.</summary>
public sealed class MailboxRouteTests
{
    private const string Name = "X-BackEndCookie";
    private const string Value = "S-1-5-21-1004336348-1177238915-682003330-1104=u56Lnp2ejJqBy8qenJ7Jy8rSz5vLz9LLzZ3L0seZzs/SyZvPx83HxsnNx5nIgYHOyNDPxtDNz83J387Pxc7JxcrMgZyQkYuQjJDRnJCS";
    private const string Calendar = "/owa/calendar/0123abcd@contoso.com/8f1e2d/calendar.html";

    [Fact]
    public async Task what_Exchange_set_comes_back_to_it_byte_for_byte_and_the_browser_never_sees_it()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await RoutedAsync(network);
        var kept = alice.Cookies.All.Single(cookie => cookie.Name == Name);

        await alice.GetAsync("/owa/?again=1");

        Assert.Equal(Value, RouteIn(network.Exchange.Last));
        Assert.DoesNotContain("S-1-5", kept.Value, StringComparison.Ordinal);
        Assert.Equal(("/owa", true, true), (kept.Path, kept.Secure, kept.HttpOnly));
    }

    [Theory]
    [InlineData(Value)]
    [InlineData("victim@corp.example=MARK")]
    [InlineData("CfDJ8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("")]
    public async Task what_a_person_made_up_does_not_arrive_and_the_rest_does(string forged)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        alice.Cookies.Add(new Simulation.Cookie("UC", "1", "mail.contoso.com", "/") { Secure = true });
        alice.Cookies.Add(new Simulation.Cookie(Name, forged, "mail.contoso.com", "/owa") { Secure = true });

        var page = await alice.GetAsync("/owa/?forged=1");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("UC=1", network.Exchange.Last.Header("Cookie"));
    }

    [Fact]
    public async Task the_next_person_at_the_same_browser_does_not_go_to_the_server_of_the_one_before()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = await RoutedAsync(network);
        browser.Cookies.Remove("__Host-mfagw");
        network.Provider.Person = Person.Admin;

        var page = await browser.OpenAsync("/owa/");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.NotNull(browser.Cookies.Find(Name));
        Assert.Null(RouteIn(network.Exchange.Last));
    }

    [Fact]
    public async Task the_same_person_keeps_it_through_a_step_up_and_a_new_sign_in()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Person = Person.Admin;
        var admin = await RoutedAsync(network);
        network.Time.Advance(TimeSpan.FromMinutes(20));

        await admin.OpenAsync("/ecp/");
        await admin.GetAsync("/owa/?stepped-up=1");
        Assert.Equal(Value, RouteIn(network.Exchange.Last));

        admin.Cookies.Remove("__Host-mfagw");
        await admin.OpenAsync("/owa/?new=1");
        Assert.Equal(Value, RouteIn(network.Exchange.Last));
    }

    [Fact]
    public async Task gateways_that_share_their_keys_read_each_others_and_a_restart_changes_nothing()
    {
        var keys = Directory.CreateTempSubdirectory("mfagw-test-keys-");
        NetworkSetup Sharing() => new() { Configuration = gateway => gateway["Keys"] = new JsonObject { ["Path"] = keys.FullName } };
        await using var first = await SimulatedNetwork.StartAsync(Sharing());
        await using var second = await SimulatedNetwork.StartAsync(Sharing());
        await using var stranger = await SimulatedNetwork.StartAsync();
        var kept = (await RoutedAsync(first)).Cookies.Find(Name)!;

        await second.RestartAsync();
        await ArriveAsync(second, kept);
        await ArriveAsync(stranger, kept);

        Assert.Equal(Value, RouteIn(second.Exchange.Last));
        Assert.Null(RouteIn(stranger.Exchange.Last));
        keys.Delete(recursive: true);
    }

    [Fact]
    public async Task the_browsers_cookie_does_not_change_while_Exchanges_does_not()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await RoutedAsync(network);
        var kept = alice.Cookies.Find(Name)!.Value;
        network.Exchange.Answer = _ => Setting($"{Name}={Value}; path=/owa; secure; HttpOnly");

        await alice.GetAsync("/owa/?again=1");

        Assert.Equal(kept, alice.Cookies.Find(Name)!.Value);
    }

    [Theory]
    [InlineData("", "expires=Fri, 29-Nov-1991 07:36:02 GMT; path=/owa; secure; HttpOnly")]
    [InlineData("S-1-5=old", "expires=Fri, 29-Nov-1991 07:36:02 GMT; path=/owa; secure; HttpOnly")]
    [InlineData("", "max-age=0; path=/owa")]
    public async Task what_Exchange_takes_away_is_gone(string value, string attributes)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await RoutedAsync(network);
        network.Exchange.Answer = _ => Setting($"{Name}={value}; {attributes}");

        await alice.GetAsync("/owa/?away=1");

        Assert.DoesNotContain(alice.Cookies.All, cookie => cookie.Name == Name);
    }

    [Fact]
    public async Task what_is_too_long_for_a_browser_takes_the_older_one_away()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await RoutedAsync(network);
        network.Exchange.Answer = _ => Setting($"{Name}={new string('x', 3_500)}; path=/owa");

        await alice.GetAsync("/owa/?long=1");
        await alice.GetAsync("/owa/?after=1");

        Assert.Equal("", alice.Cookies.Find(Name)!.Value);
        Assert.Null(RouteIn(network.Exchange.Last));
    }

    [Fact]
    public async Task a_stranger_at_a_published_calendar_neither_brings_one_nor_gets_one()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Configuration = gateway => gateway["Exchange"]!["Publish"] = new JsonObject { ["Calendar"] = true },
            PolicyText = """{ "version": 1, "rules": [ { "id": "c", "effect": "permit", "when": { "resource": ["calendar", "owa"] } } ] }""",
        });
        var kept = (await RoutedAsync(network)).Cookies.Find(Name)!;
        var stranger = network.NewBrowser();
        stranger.Cookies.Add(kept);
        network.Exchange.Answer = _ => Setting($"{Name}=S-1-5=calendar; path=/owa", "UC=1; path=/");

        var page = await stranger.GetAsync(Calendar);

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Null(RouteIn(network.Exchange.Last));
        Assert.Equal(["UC=1; path=/; Secure"], page.SetCookies);
    }

    [Fact]
    public async Task keys_that_cannot_be_read_are_503_for_who_brings_one_and_cost_no_answer_that_sets_one()
    {
        var keys = new BreakableKeys();
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Services = services => services.AddSingleton<IDataProtectionProvider>(keys) });
        var alice = await RoutedAsync(network);
        var newcomer = await network.SignedInBrowserAsync(); // in a session that remembers nothing
        var forwarded = network.Exchange.Requests.Count;
        keys.OutOfReach = true;

        await alice.GetAsync("/owa/?remembered=1");
        network.Exchange.Answer = _ => Setting($"{Name}=S-1-5=new; path=/owa");
        var set = await newcomer.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=SendItem");
        newcomer.Cookies.Remove(Name);
        newcomer.Cookies.Add(alice.Cookies.Find(Name)! with { Path = "/" });
        var refused = await newcomer.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=SendItem");

        Assert.Equal((HttpStatusCode.OK, $"{Name}=; path=/owa; Secure; HttpOnly"), (set.Status, set.SetCookies.Single()));
        network.ExpectRefusal(refused, HttpStatusCode.ServiceUnavailable, "session-store-unavailable");
        Assert.Equal(forwarded + 2, network.Exchange.Requests.Count);
    }

    /// <summary>A person's browser after Exchange has said where the mailbox is.</summary>
    private static async Task<Browser> RoutedAsync(SimulatedNetwork network)
    {
        network.Exchange.Answer = _ => Setting($"{Name}={Value}; expires=Thu, 24-Dec-2026 09:00:00 GMT; path=/owa; secure; HttpOnly");
        var browser = await network.SignedInBrowserAsync();
        network.Exchange.Answer = null;
        return browser;
    }

    private static async Task ArriveAsync(SimulatedNetwork network, Simulation.Cookie kept)
    {
        var browser = network.NewBrowser();
        browser.Cookies.Add(kept);
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync("/owa/")).Status);
    }

    private static HttpResponseMessage Setting(params string[] cookies) => new() { Headers = { { "Set-Cookie", cookies } } };

    /// <summary>Null when there is none.</summary>
    private static string? RouteIn(Received request) => !request.Headers.TryGetValue("Cookie", out var cookies) ? null : cookies
        .SelectMany(line => line.Split("; ")).SingleOrDefault(pair => pair.StartsWith($"{Name}=", StringComparison.OrdinalIgnoreCase))?[(Name.Length + 1)..];

    /// <summary>Keys that the framework can be kept from reading, as when Redis is away.</summary>
    private sealed class BreakableKeys : IDataProtectionProvider
    {
        private readonly EphemeralDataProtectionProvider _keys = new();

        public bool OutOfReach { get; set; }

        public IDataProtector CreateProtector(string purpose) => new Protector(this, _keys.CreateProtector(purpose));

        private sealed class Protector(BreakableKeys keys, IDataProtector inner) : IDataProtector
        {
            public IDataProtector CreateProtector(string purpose) => new Protector(keys, inner.CreateProtector(purpose));

            public byte[] Protect(byte[] plaintext) => keys.OutOfReach ? throw Away() : inner.Protect(plaintext);

            public byte[] Unprotect(byte[] protectedData) => keys.OutOfReach ? throw Away() : inner.Unprotect(protectedData);

            private static CryptographicException Away() => new("The key ring cannot be read.", new TimeoutException("Timeout performing LRANGE"));
        }
    }
}
