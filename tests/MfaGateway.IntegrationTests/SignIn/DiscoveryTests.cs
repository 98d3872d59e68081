using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn;

/// <summary>A discovery document that cannot be trusted is a provider that is not there: 503, and nobody is sent anywhere.</summary>
public sealed class DiscoveryTests
{
    private static readonly Dictionary<string, Action<MisbehavingProvider>> _bad = new()
    {
        ["issuer of somebody else"] = Document(d => d["issuer"] = "https://evil.test"),
        ["issuer missing"] = Document(d => d.Remove("issuer")),
        ["issuer longer than the authority"] = Document(d => d["issuer"] = "https://login.contoso.test/other"),
        ["authorization endpoint over plain http"] = Document(d => d["authorization_endpoint"] = "http://login.contoso.test/authorize"),
        ["token endpoint over plain http"] = Document(d => d["token_endpoint"] = "http://login.contoso.test/token"),
        ["keys over plain http"] = Document(d => d["jwks_uri"] = "http://login.contoso.test/keys"),
        ["sign-out over plain http"] = Document(d => d["end_session_endpoint"] = "http://login.contoso.test/logout"),
        ["authorization endpoint is script"] = Document(d => d["authorization_endpoint"] = "javascript:alert(1)"),
        ["token endpoint missing"] = Document(d => d.Remove("token_endpoint")),
        ["keys missing"] = Document(d => d.Remove("jwks_uri")),
        ["no key in the key set"] = p => p.Published = [],
        ["key set is not JSON"] = Answer("/keys", () => Text("<h1>Keys</h1>")),
        ["key set of two megabytes"] = Answer("/keys", () => Text(new JsonObject { ["keys"] = new JsonArray(SigningKey.First.ToJwk()) }.ToJsonString() + new string(' ', 2_000_000))),
        ["document is not JSON"] = Answer("openid-configuration", () => Text("<h1>Welcome</h1>")),
        ["document is empty"] = Answer("openid-configuration", () => Text("")),
        ["document of two megabytes"] = Document(d => d["padding"] = new string('x', 2_000_000)),
        ["document is somewhere else"] = Answer("openid-configuration", () => new(HttpStatusCode.Found) { Headers = { Location = new Uri("https://evil.test/") } }),
        ["document not found"] = Answer("openid-configuration", () => new(HttpStatusCode.NotFound)),
        ["document forbidden"] = Answer("openid-configuration", () => new(HttpStatusCode.Forbidden)),
        ["provider broken"] = Answer("openid-configuration", () => new(HttpStatusCode.InternalServerError)),
    };

    public static TheoryData<string> Bad => [.. _bad.Keys];

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task a_provider_that_cannot_be_trusted_is_not_used(string provider)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        _bad[provider](network.Provider);
        var browser = network.NewBrowser();

        var page = await browser.OpenAsync("/owa/");

        network.ExpectRefusal(page, HttpStatusCode.ServiceUnavailable, "provider-unavailable");
        Assert.Equal("15", page.Header("Retry-After"));
        Assert.Empty(network.Provider.AuthorizationRequests);
        Assert.Empty(network.Provider.TokenRequests);
        Assert.DoesNotContain(network.Internet.Seen, traffic => traffic.Host != "login.contoso.test");
        await network.ExpectNobodySignedInAsync(browser);
    }

    [Fact]
    public async Task a_provider_that_is_down_at_the_start_is_found_when_it_comes_back()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Down = true;
        var browser = network.NewBrowser();
        network.ExpectRefusal(await browser.OpenAsync("/owa/"), HttpStatusCode.ServiceUnavailable, "provider-unavailable");

        network.Provider.Down = false;
        network.Time.Advance(TimeSpan.FromSeconds(3));

        await network.ExpectAcceptedAsync(browser);
    }

    [Fact]
    public async Task signed_in_people_notice_nothing_of_a_provider_that_is_down()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = await network.SignedInBrowserAsync();
        network.Provider.Down = true;

        for (var minutes = 0; minutes < 200; minutes += 20)
        {
            network.Time.Advance(TimeSpan.FromMinutes(20));
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/owa/")).Status);
        }
    }

    [Fact]
    public async Task a_provider_that_goes_down_during_a_sign_in_is_a_page_and_the_next_try_works()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = network.NewBrowser();
        var answer = await browser.FollowToAsync(await browser.GetAsync("/owa/"), "login.contoso.test");
        network.Provider.Down = true;

        network.ExpectRefusal(await browser.FollowAsync(answer), HttpStatusCode.ServiceUnavailable, "provider-unavailable");

        network.Provider.Down = false;
        await network.ExpectAcceptedAsync(browser);
    }

    [Fact]
    public async Task a_script_without_session_is_told_so_even_while_the_provider_is_down()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Down = true;

        var answer = await network.NewBrowser().FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem");

        Assert.Equal(440, (int)answer.Status);
    }

    private static Action<MisbehavingProvider> Document(Action<JsonObject> change) => provider => provider.Discovery = change;

    private static Action<MisbehavingProvider> Answer(string path, Func<HttpResponseMessage> answer) =>
        provider => provider.Endpoint = asked => asked.EndsWith(path, StringComparison.Ordinal) ? answer() : null;

    private static HttpResponseMessage Text(string text) => new() { Content = new StringContent(text, Encoding.UTF8, "application/json") };
}
