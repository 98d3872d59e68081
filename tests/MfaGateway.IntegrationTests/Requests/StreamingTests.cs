using System.Net;
using System.Text;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>Large and long transfers run through without being kept, and end with the session.</summary>
public sealed class StreamingTests
{
    [Fact]
    public async Task an_upload_of_35_MB_arrives_while_it_is_being_sent()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        network.Exchange.Progress = _ => begun.TrySetResult();

        var answer = await alice.FetchAsync(
            HttpMethod.Post, "/owa/service.svc?action=CreateAttachment", new StreamContent(new PatternStream(35_000_000) { PauseAt = 5_000_000, Until = begun.Task }));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(35_000_000, network.Exchange.Last.Bytes);
    }

    [Fact]
    public async Task an_upload_without_length_is_stopped_at_the_limit_with_413()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        var answer = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=CreateAttachment", new StreamContent(new PatternStream(36_500_000, knowsLength: false)));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.Equal("body-too-large", network.Audit.Of(answer.Reference)["gateway.reason"]);
    }

    [Fact]
    public async Task a_notification_arrives_when_Exchange_sends_it_and_not_when_the_answer_ends()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var hanging = new HangingContent();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = _ => new HttpResponseMessage { Content = hanging };

        await using var stream = await HangAsync(alice);

        foreach (var frame in new[] { "<script>1</script>", "<script>2</script>" })
        {
            hanging.Send(frame);
            var buffer = new byte[frame.Length];
            await stream.ReadExactlyAsync(buffer, TestContext.Current.CancellationToken);
            Assert.Equal(frame, Encoding.ASCII.GetString(buffer));
        }
    }

    [Fact]
    public async Task a_hanging_request_ends_when_its_person_signs_out()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var hanging = new HangingContent();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = _ => new HttpResponseMessage { Content = hanging };
        await using var stream = await HangAsync(alice);

        await alice.GetAsync("/.gateway/signout");

        await ExpectBrokenAsync(stream);
    }

    [Fact]
    public async Task a_hanging_request_ends_when_its_session_reaches_its_absolute_end()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var hanging = new HangingContent();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = _ => new HttpResponseMessage { Content = hanging };
        await using var stream = await HangAsync(alice);

        network.Time.Advance(TimeSpan.FromHours(11));

        await ExpectBrokenAsync(stream);
    }

    [Fact]
    public async Task a_session_replaced_by_a_new_sign_in_takes_its_hanging_requests_along()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var hanging = new HangingContent();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = received => received.Target.Contains("ev.owa2", StringComparison.Ordinal) ? new HttpResponseMessage { Content = hanging } : null;
        await using var stream = await HangAsync(alice);

        await alice.OpenAsync("/.gateway/signin?return=%2Fowa%2F");

        await ExpectBrokenAsync(stream);
    }

    private static async Task<Stream> HangAsync(Browser browser)
    {
        var stream = await browser.StreamAsync("/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest");
        await stream.ReadExactlyAsync(new byte[HangingContent.First.Length], TestContext.Current.CancellationToken);
        return stream;
    }

    private static async Task ExpectBrokenAsync(Stream stream)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAnyAsync<IOException>(async () => await stream.ReadExactlyAsync(new byte[1], patience.Token));
    }
}
