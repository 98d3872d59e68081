using System.Net;
using MfaGateway.IntegrationTests.Simulation;
using Microsoft.Extensions.DependencyInjection;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>A gateway that is told to stop leaves its work to others without anybody noticing.</summary>
public sealed class DrainTests
{
    private static readonly TimeSpan DrainFor = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task it_is_not_ready_but_goes_on_working_while_the_balancer_notices()
    {
        await using var network = await SimulatedNetwork.StartAsync(Setup);
        var alice = await network.SignedInBrowserAsync();

        var stop = await BeginToStopAsync(network);

        Assert.Equal(503, (int)(await alice.FetchAsync(HttpMethod.Get, "/.gateway/health/ready")).Status);
        Assert.Equal(200, (int)(await alice.FetchAsync(HttpMethod.Get, "/.gateway/health/live")).Status);
        var answer = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("close", answer.Header("Connection"));
        Assert.False(stop.IsCompleted);
        network.Time.Advance(DrainFor);
        await stop.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
    }

    [Fact]
    public async Task who_is_refused_meanwhile_is_told_to_go_elsewhere_too()
    {
        await using var network = await SimulatedNetwork.StartAsync(Setup);
        var alice = await network.SignedInBrowserAsync();
        var stop = await BeginToStopAsync(network);

        var (page, problem) = (await alice.GetAsync("/not-there"), await alice.FetchAsync(HttpMethod.Post, "/not-there"));

        Assert.All([page, problem], answer => Assert.Equal((HttpStatusCode.NotFound, "close", "max-age=31536000"),
            (answer.Status, answer.Header("Connection"), answer.Header("Strict-Transport-Security"))));
        network.Time.Advance(DrainFor);
        await stop.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
    }

    [Fact]
    public async Task who_is_answered_by_a_second_server_meanwhile_is_told_too()
    {
        await using var network = await SimulatedNetwork.StartAsync(Setup);
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Refusing[network.Exchange.Last.Server] = true;
        var stop = await BeginToStopAsync(network);

        var answer = await alice.GetAsync("/owa/");

        Assert.Equal((HttpStatusCode.OK, "close", "max-age=31536000"), (answer.Status, answer.Header("Connection"), answer.Header("Strict-Transport-Security")));
        network.Time.Advance(DrainFor);
        await stop.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
    }

    [Fact]
    public async Task before_that_connections_are_kept()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        var answer = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem");

        Assert.Null(answer.Header("Connection"));
    }

    [Fact]
    public async Task a_hanging_request_ends_as_if_Exchange_had_ended_it()
    {
        await using var network = await SimulatedNetwork.StartAsync(Setup);
        using var hanging = new HangingContent();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = _ => new HttpResponseMessage { Content = hanging };
        await using var stream = await alice.StreamAsync("/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0");
        await stream.ReadExactlyAsync(new byte[HangingContent.First.Length], Cancel);

        var stop = await BeginToStopAsync(network);
        network.Time.Advance(DrainFor);

        Assert.Equal(0, await stream.ReadAsync(new byte[1], Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancel)); // its end, not a reset
        await stop.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
    }

    [Fact]
    public async Task a_download_is_not_cut_short_as_if_it_were_whole()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { StopTime = TimeSpan.FromSeconds(4), Options = Setup.Options });
        using var hanging = new HangingContent();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = _ => new HttpResponseMessage { Content = hanging };
        await using var stream = await alice.StreamAsync("/owa/service.svc/s/GetFileAttachment?id=1");
        await stream.ReadExactlyAsync(new byte[HangingContent.First.Length], Cancel);

        var stop = await BeginToStopAsync(network);
        network.Time.Advance(DrainFor);
        await stop.WaitAsync(TimeSpan.FromSeconds(20), Cancel);

        await Assert.ThrowsAnyAsync<IOException>(async () => await stream.ReadExactlyAsync(new byte[1], Cancel));
    }

    private static NetworkSetup Setup => new() { StopTime = TimeSpan.FromSeconds(30), Options = options => options.Shutdown.DrainFor = DrainFor };

    private static async Task<Task> BeginToStopAsync(SimulatedNetwork network)
    {
        var drain = network.Services.GetRequiredService<Lifecycle.Drain>();
        var stop = network.StopAsync();
        for (var n = 0; n < 500 && !drain.HasBegun; n++) await Task.Delay(10, Cancel);
        Assert.True(drain.HasBegun);
        return stop;
    }
}
