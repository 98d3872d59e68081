using System.Net;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;
using MfaGateway.Outcome;
using MfaGateway.Sessions;
using MfaGateway.SignOn;
using Microsoft.Extensions.DependencyInjection;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>Rules for single publications and listeners.</summary>
public sealed class PublicationTests
{
    private const string Calendar = "/owa/calendar/0123abcd@contoso.com/8f1e2d/calendar.html";

    [Fact]
    public async Task a_sign_on_that_Exchange_refuses_is_a_502_page_with_a_reference_and_nothing_is_forwarded()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Services = services => services.AddSingleton<IBackendSignOn, RefusedSignOn>(),
            Options = options => options.Exchange.SignOn.Method = "Refused",
        });
        var alice = network.NewBrowser();

        var page = await alice.OpenAsync("/owa/");

        network.ExpectRefusal(page, HttpStatusCode.BadGateway, "sign-on-refused");
        Assert.Empty(network.Exchange.Requests);
    }

    [Theory]
    [InlineData(true, true, 200)]
    [InlineData(true, false, 302)]
    [InlineData(false, true, 404)]
    public async Task a_calendar_needs_the_configuration_and_the_policy_to_be_open_to_anybody(bool published, bool permitted, int status)
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Configuration = gateway => gateway["Exchange"]!["Publish"] = new JsonObject { ["Calendar"] = published },
            PolicyText = $$"""
                { "version": 1, "rules": [ { "id": "c", "effect": "permit", "when": { "resource": ["calendar"] }{{(permitted ? "" : ", \"demand\": { \"mfa\": true }")}} } ] }
                """,
        });

        var page = await network.NewBrowser().GetAsync(Calendar);

        Assert.Equal(status, (int)page.Status);
        Assert.Equal(status == 200 ? 1 : 0, network.Exchange.Requests.Count);
    }

    [Fact]
    public async Task options_pages_are_for_staff_and_the_admin_center_is_not()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/ecp/PersonalSettings/HomePage.aspx")).Status);
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/ecp/?rfr=owa")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await alice.GetAsync("/ecp/")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await alice.GetAsync("/ecp/?rfr=owa&rfr=x")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await alice.GetAsync("/ecp/bob@contoso.com/PersonalSettings/HomePage.aspx")).Status);
    }

    [Fact]
    public async Task people_sign_in_and_read_over_HTTP_2_where_the_gateway_ends_TLS()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Tls = true });
        var alice = await network.SignedInBrowserAsync("/owa/?a=b");

        var page = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem", new ByteArrayContent(new byte[3_000_000]));

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal(new Version(2, 0), page.Response.Version);
        Assert.Equal(3_000_000, network.Exchange.Last.Bytes);
    }

    [Fact]
    public async Task the_management_listener_shows_health_and_the_public_one_does_not()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        await network.SignedInBrowserAsync();
        using var client = new HttpClient();

        var health = JsonNode.Parse(await client.GetStringAsync(new Uri($"http://127.0.0.1:{network.ManagementPort}/health"), TestContext.Current.CancellationToken))!;

        Assert.True(health["ready"]!.GetValue<bool>());
        Assert.Equal(1, health["sessions"]!.GetValue<int>());
        Assert.Equal(6, health["servers"]!.AsArray().Count);
        Assert.Equal(HttpStatusCode.NotFound, (await network.NewBrowser().GetAsync("/health")).Status);
    }

    private sealed class RefusedSignOn : IBackendSignOn, ISessionConnections
    {
        public string Name => "Refused";

        public ISessionConnections ConnectionsOf(LiveSession session) => this;

        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult<HttpResponseMessage>(new RefusedAnswer(Refusal.SignOnFailed));
    }
}
