using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>Trouble with a part of the estate is one line when it begins and one when it is over, however many requests meet it.</summary>
public sealed class TroubleReportTests
{
    private static readonly string[] Servers = ["ex1", "ex2", "ex3"];

    [Fact]
    public async Task a_server_that_cannot_be_connected_to_is_told_once_and_so_is_its_return()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var lost = network.Exchange.Last.Server;
        network.Exchange.Refusing[lost] = true;

        for (var n = 0; n < 10; n++) Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/owa/")).Status);
        await ProbeAsync(network, rounds: 4);

        Assert.Equal(1, network.Log.CountOf($"{lost}.contoso.test is left out for owa"));
        network.Exchange.Refusing.Clear();
        await ProbeAsync(network, rounds: 3);
        await network.Log.WaitForAsync($"{lost}.contoso.test serves owa again");
        await ProbeAsync(network, rounds: 2);
        Assert.Equal(1, network.Log.CountOf($"{lost}.contoso.test serves owa again"));
        Assert.Equal(1, network.Log.CountOf($"{lost}.contoso.test is left out for owa"));
    }

    [Fact]
    public async Task a_server_in_maintenance_is_told_with_the_answer_of_its_probe()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Exchange.Maintenance["ex2/ecp"] = true;

        await ProbeAsync(network, rounds: 5);

        await network.Log.WaitForAsync("ex2.contoso.test is left out for ecp: healthcheck.htm answers 503");
        Assert.Equal(1, network.Log.CountOf("is left out for"));
    }

    [Fact]
    public async Task requests_that_break_are_counted_and_told_when_they_no_longer_do()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var server = network.Exchange.Last.Server;
        foreach (var other in Servers.Except([server])) network.Exchange.Refusing[other] = true; // so that all goes to this one
        network.Exchange.Breaking[server] = true;

        for (var n = 0; n < 10; n++) Assert.Equal(HttpStatusCode.BadGateway, (await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=SendItem")).Status);
        network.Exchange.Breaking.Clear();
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/owa/")).Status);

        Assert.Equal(1, network.Log.CountOf($"A request for owa failed at Exchange server {server}.contoso.test: Request: The connection broke."));
        Assert.Equal(0, network.Log.CountOf("no longer fail")); // a success in between is not the end
        network.Time.Advance(TimeSpan.FromSeconds(11));
        for (var n = 0; n < 3; n++) await alice.GetAsync("/owa/");
        Assert.Equal(1, network.Log.CountOf($"Requests for owa no longer fail at Exchange server {server}.contoso.test; 10 did"));
    }

    [Fact]
    public async Task a_provider_that_is_down_is_told_once_and_so_is_its_return()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Down = true;

        for (var n = 0; n < 10; n++)
        {
            network.ExpectRefusal(await network.NewBrowser().OpenAsync("/owa/"), HttpStatusCode.ServiceUnavailable, "provider-unavailable");
            network.Time.Advance(TimeSpan.FromSeconds(3));
        }

        network.Provider.Down = false;
        await network.ExpectAcceptedAsync(network.NewBrowser());
        await network.ExpectAcceptedAsync(network.NewBrowser());
        Assert.Equal(1, network.Log.CountOf("does not answer, or not as one"));
        Assert.Equal(1, network.Log.CountOf("answers again"));
        Assert.Equal(0, network.Log.CountOf("Request refused"));
    }

    private static async Task ProbeAsync(SimulatedNetwork network, int rounds)
    {
        for (var n = 0; n < rounds; n++)
        {
            var seen = network.Log.CountOf("robing destination");
            network.Time.Advance(TimeSpan.FromSeconds(10));
            await network.Log.WaitForAsync("robing destination", seen + 6);
        }
    }
}
