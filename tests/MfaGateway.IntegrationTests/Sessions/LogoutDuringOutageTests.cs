using System.Net;
using MfaGateway.IntegrationTests.Simulation;
using MfaGateway.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace MfaGateway.IntegrationTests.Sessions;

public sealed class LogoutDuringOutageTests
{
    [Fact]
    public async Task a_logout_token_that_came_while_the_store_was_down_ends_the_session_when_it_is_sent_again()
    {
        var store = new BreakableStore();
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Services = services => services.AddSingleton<ISessionStore>(store),
            Options = options => options.Sessions.Store = store.Name,
        });
        var alice = await network.SignedInBrowserAsync();
        var token = network.Provider.Draft(network.Provider.LastRequest).Without("nonce").Claim("jti", "logout-1")
            .ClaimJson("events", """{"http://schemas.openid.net/event/backchannel-logout":{}}""").ToString();
        store.Broken = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(network, token));
        store.Broken = false;

        Assert.Equal(HttpStatusCode.OK, await PostAsync(network, token));

        Assert.Equal(440, (int)(await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(network, token));
    }

    private static async Task<HttpStatusCode> PostAsync(SimulatedNetwork network, string token)
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("logout_token", token)]);
        return (await network.NewBrowser().FetchAsync(HttpMethod.Post, "/.gateway/backchannel-logout", form)).Status;
    }
}
