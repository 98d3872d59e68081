using System.Text.Json.Nodes;
using MfaGateway.BrowserTests.Fixtures;
using MfaGateway.Lab.Exchange;

namespace MfaGateway.BrowserTests;

/// <summary>What happens to servers while somebody reads mail.</summary>
public sealed class PoolTests(Chromium chromium, Estates estates)
{
    private const string Listen =
        """
        async () => {
          const canary = document.cookie.match(/X-OWA-CANARY=([^;]*)/)[1];
          const response = await fetch(`/owa/ev.owa2?UA=0&mark=drain&X-OWA-CANARY=${canary}`);
          const reader = response.body.getReader();
          window.heard = 0;
          try {
            for (let part = await reader.read(); !part.done; part = await reader.read()) window.heard++;
            return 'finished';
          } catch (e) {
            return `broken: ${e}`;
          }
        }
        """;

    [Fact]
    public async Task nobody_notices_that_two_of_three_servers_stop()
    {
        await using var estate = await estates.StartAsync("adfs");
        await using var alice = await SignedIn.OpenAsync(chromium, estate, estate.Alice());
        var stopped = new List<int>();

        for (var round = 0; round < 2; round++)
        {
            var serving = await alice.Mail.MustReadMailAsync();
            stopped.Add(serving);
            var stopping = estate.Exchange[serving].DisposeAsync().AsTask();
            while (!stopping.IsCompleted) await alice.Mail.MustReadMailAsync();
            await stopping;
            for (var click = 0; click < 5; click++) Assert.DoesNotContain(await alice.Mail.MustReadMailAsync(), stopped);
        }

        Assert.Equal(2, stopped.Distinct().Count());
    }

    [Fact]
    public async Task a_server_in_maintenance_gets_no_new_requests_and_finishes_the_hanging_one()
    {
        await using var estate = await estates.StartAsync("adfs", (_, _) => new JsonObject
        {
            ["Exchange"] = new JsonObject { ["HealthCheck"] = new JsonObject { ["Interval"] = "00:00:01", ["Failures"] = 1 } },
        });
        foreach (var server in estate.Exchange)
            server.Behaviour.Current = new Behaviour { Notification = new NotificationBehaviour { IntervalMs = 100, DurationMs = 8_000 } };
        await using var alice = await SignedIn.OpenAsync(chromium, estate, estate.Alice());
        var hanging = alice.Page.EvaluateAsync<string>(Listen);
        await Deadline.MeetAsync("the hanging request has an answer", () => alice.Page.EvaluateAsync<bool>("window.heard > 0"));
        var drained = estate.Exchange.Single(server => server.Requests.Since(0).Any(request => request.Target.Contains("mark=drain", StringComparison.Ordinal)));

        drained.Behaviour.Current = drained.Behaviour.Current with { Health = new Dictionary<string, int> { ["owa"] = 503 } };
        var number = estate.Exchange.ToList().IndexOf(drained);
        await Deadline.MeetAsync("requests go to another server", async () => await alice.Mail.MustReadMailAsync() != number);
        var finishedBefore = hanging.IsCompleted;

        Assert.False(finishedBefore);
        Assert.Equal("finished", await hanging);
        for (var click = 0; click < 5; click++) Assert.NotEqual(number, await alice.Mail.MustReadMailAsync());
    }
}
