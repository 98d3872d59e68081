using System.Net;
using System.Text.Json;
using MfaGateway.ClusterTests.Setup;

namespace MfaGateway.ClusterTests.Failures;

/// <summary>The disks of a gateway run full while it works: one for the audit file that must be kept, one for another, one for sessions.</summary>
[Collection(FailureTests.Name)]
public sealed class DiskTests(FailureLab lab, DiskNode disks) : IClassFixture<DiskNode>
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(10);

    private readonly Node _node = disks.Node;
    private readonly int _begun = disks.Node.Log.Length;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Log => _node.Log[_begun..];

    [Fact]
    public async Task A_full_disk_below_the_required_audit_file_is_503_and_its_end_is_noticed()
    {
        using var alice = await lab.SignedInAsync(_node);
        using var stranger = lab.NewUser(_node);
        using var ended = await lab.SignedInAsync(_node);
        await FailureLab.RevokeAsync(_node, ended);
        await using var load = new GuardedLoad([alice], [stranger, ended]);
        await Task.Delay(500, Cancel);

        disks.Fill(DiskNode.OfAudit);
        await Eventually.EqualAsync("503", async () => $"{await alice.StatusAsync("/not/published", Cancel)}"); // what is refused to somebody with a session always has a line; strangers are counted
        await Eventually.EqualAsync("503", () => alice.PostAsync(10, Cancel));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync());
        await Task.Delay(TimeSpan.FromSeconds(FailureLab.Long ? 60 : 2), Cancel);
        Assert.Equal("503", await alice.PostAsync(10, Cancel));
        disks.Free(DiskNode.OfAudit);

        await Eventually.Async(() => Task.FromResult(load.AllSince(load.Now - TimeSpan.FromSeconds(1), "200")), Recovery);
        await Eventually.Async(async () => await ReadyAsync() is HttpStatusCode.OK, Recovery);
        await load.StopAsync();
        load.ExpectNoFalseAnswer("503");
        Assert.Equal((1, 1, 1), (LogLines.Count(Log, "does not keep lines (required: True)"), LogLines.Count(Log, "keeps lines again"), LogLines.Problems(Log)));
        Assert.All(disks.Lines(DiskNode.OfAudit), line => JsonElement.Parse(line));
    }

    [Fact]
    public async Task A_full_disk_below_another_audit_file_stops_nobody()
    {
        using var alice = await lab.SignedInAsync(_node);
        using var stranger = lab.NewUser(_node);
        await using var load = new GuardedLoad([alice], [stranger]);

        disks.Fill(DiskNode.OfCopy);
        for (var n = 0; n < 50; n++) Assert.Equal(404, await alice.StatusAsync("/not/published", Cancel));
        disks.Free(DiskNode.OfCopy);
        await Task.Delay(TimeSpan.FromSeconds(1.5), Cancel);
        for (var n = 0; n < 50; n++) Assert.Equal(404, await alice.StatusAsync("/not/published", Cancel));

        await load.StopAsync();
        load.ExpectNoFalseAnswer();
        Assert.Equal((1, 1, 1), (LogLines.Count(Log, "does not keep lines (required: False)"), LogLines.Count(Log, "keeps lines again"), LogLines.Problems(Log)));
        Assert.All(disks.Lines(DiskNode.OfCopy), line => JsonElement.Parse(line));
        Assert.True(disks.Lines(DiskNode.OfAudit).Length > 100);
    }

    [Fact]
    public async Task A_full_disk_below_the_session_file_keeps_who_is_in_and_lets_nobody_in_or_out()
    {
        using var alice = await lab.SignedInAsync(_node);
        using var bob = await lab.SignedInAsync(_node);
        using var stranger = lab.NewUser(_node);
        using var ended = await lab.SignedInAsync(_node);
        await FailureLab.RevokeAsync(_node, ended);
        await using var load = new GuardedLoad([alice, bob], [stranger, ended]);

        disks.Fill(DiskNode.OfSessions);
        await Eventually.Async(() => Task.FromResult(LogLines.Count(Log, "takes no changes") > 0));
        await Assert.ThrowsAnyAsync<Exception>(() => lab.SignedInAsync(_node));
        await Assert.ThrowsAsync<HttpRequestException>(() => FailureLab.RevokeAsync(_node, bob));
        await Task.Delay(TimeSpan.FromSeconds(FailureLab.Long ? 90 : 5), Cancel);
        disks.Free(DiskNode.OfSessions);

        await Eventually.Async(() => Task.FromResult(LogLines.Count(Log, "takes changes again") > 0), Recovery);
        await load.StopAsync();
        load.ExpectNoFalseAnswer();
        using var carol = await lab.SignedInAsync(_node);
        Assert.Equal("200", await carol.PostAsync(10, Cancel));
        Assert.Equal(1, await FailureLab.RevokeAsync(_node, bob));
        Assert.Equal("440", await bob.PostAsync(10, Cancel));
        Assert.Equal((1, 1), (LogLines.Count(Log, "takes no changes"), LogLines.Count(Log, "takes changes again")));
    }

    private async Task<HttpStatusCode> ReadyAsync()
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{_node.ManagementPort}/health/ready"), Cancel);
        return answer.StatusCode;
    }
}
