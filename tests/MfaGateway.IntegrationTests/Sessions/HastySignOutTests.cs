using System.Net;
using MfaGateway.IntegrationTests.Simulation;
using MfaGateway.Sessions;
using MfaGateway.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MfaGateway.IntegrationTests.Sessions;

public sealed class HastySignOutTests
{
    [Fact]
    public async Task closing_the_window_right_after_the_click_signs_out_all_the_same()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Configuration = gateway => gateway["Sessions"]!["Store"] = "Sqlite" });
        var sessions = network.Services.GetRequiredService<SessionRegistry>();
        var facts = new GatewaySession { User = "alice@contoso.com", Subject = "sub-1", Provider = "oidc", ProviderSession = "sid-1", CreatedAt = network.Time.GetUtcNow() };
        var (handle, session) = await sessions.CreateAsync(facts, TestContext.Current.CancellationToken);
        var context = new DefaultHttpContext { RequestServices = network.Services, RequestAborted = new CancellationToken(canceled: true) };
        context.Features.Set(new GatewayFeature { Session = session });

        await Record.ExceptionAsync(() => network.Services.GetRequiredService<SignOut>().HandleAsync(context));

        Assert.True(session.Ended.IsCancellationRequested);
        Assert.Null(await sessions.FindAsync(handle, TestContext.Current.CancellationToken));
        Assert.Contains(network.Audit.Lines, line => line["event.action"] == "sign-out");
    }

    [Fact]
    public async Task a_sign_out_that_is_posted_with_a_form_signs_out()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        var answer = await alice.PostAsync("/owa/logoff.owa", NetworkSetup.Origin, new() { ["canary"] = "x" });

        Assert.Equal(HttpStatusCode.Found, answer.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await alice.FetchAsync(HttpMethod.Get, "/.gateway/session")).Status);
    }
}
