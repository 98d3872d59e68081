using System.Diagnostics;
using System.Security.Cryptography;
using MfaGateway.ClusterTests.Setup;
using MfaGateway.Lab.Exchange;

namespace MfaGateway.ClusterTests;

/// <summary>Long and large: what passes is not kept, and does not stand in the way of others. The long form, <c>MFAGW_LONG=1</c>, takes half an hour.</summary>
[Collection(Cluster.Name)]
public sealed class StreamingTests(Cluster cluster, ITestOutputHelper output)
{
    private const int Attachment = 35_000_000;
    private const double Megabyte = 1_048_576;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attachments_of_35_MB_pass_whole_in_both_directions_and_no_gateway_keeps_them()
    {
        var rounds = Cluster.IsLong ? 10 : 2;
        var users = await cluster.SignedInAsync(4);
        var upload = RandomNumberGenerator.GetBytes(Attachment);
        var (sent, held) = (Convert.ToHexStringLower(SHA256.HashData(upload)), Convert.ToHexStringLower(SHA256.HashData(Pattern(Attachment))));
        await PassAsync(); // the first ones bring buffers that stay
        var before = cluster.Nodes.Sum(node => node.Memory);
        foreach (var node in cluster.Nodes) node.ForgetPeak();

        for (var n = 0; n < rounds; n++) await PassAsync();

        var grown = cluster.Nodes.Max(node => node.PeakMemory) - (before / cluster.Nodes.Count);
        output.WriteLine($"{rounds * 8 * (Attachment / Megabyte):f0} MB passed, eight at a time; the peak of a gateway was {grown / Megabyte:f0} MB over {before / cluster.Nodes.Count / Megabyte:f0} MB");
        Assert.True(grown < 2 * Attachment, $"A gateway grew by {grown / Megabyte:f0} MB.");
        foreach (var user in users) user.Dispose();

        Task PassAsync() => Task.WhenAll(users.SelectMany(user => new[]
        {
            Task.Run(async () => Assert.Equal((Attachment, sent), await user.UploadAsync(upload, Cancel))),
            Task.Run(async () => Assert.Equal(held, await user.DownloadAsync(Attachment, Cancel))),
        }));
    }

    [Fact]
    public async Task Hanging_requests_hear_every_notification_for_as_long_as_they_last()
    {
        var lasting = Cluster.IsLong ? TimeSpan.FromMinutes(30) : TimeSpan.FromSeconds(12);
        foreach (var server in cluster.Exchange)
            server.Behaviour.Current = new Behaviour { Notification = new NotificationBehaviour { IntervalMs = 1_000, DurationMs = (int)(lasting.TotalMilliseconds * 2) + 60_000 } };
        var users = await cluster.SignedInAsync(3);
        using var until = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var listening = users.SelectMany(user => Enumerable.Range(0, 4).Select(_ => Task.Run(() => user.ListenAsync(() => { }, until.Token)))).ToArray();
        await Task.Delay(3_000, Cancel);
        long? before = null; // taken after a third: until then the heap grows to its working size, garbage and all, and code is compiled again

        for (var waited = Stopwatch.StartNew(); waited.Elapsed < lasting; await Task.Delay(TimeSpan.FromSeconds(4), Cancel))
        {
            if (waited.Elapsed >= lasting / 3) before ??= cluster.Nodes.Sum(node => node.Memory);
            foreach (var user in users) await user.PostAsync(1_000, Cancel); // who does nothing for half an hour is signed out, and hears no more
        }

        var grown = cluster.Nodes.Sum(node => node.Memory) - before!.Value;
        Assert.All(listening, task => Assert.False(task.IsCompleted, $"{task.Exception}"));
        await until.CancelAsync();
        var heard = await Task.WhenAll(listening);
        foreach (var server in cluster.Exchange) server.Behaviour.Current = new Behaviour();
        foreach (var user in users) user.Dispose();
        output.WriteLine($"{heard.Length} requests heard {heard.Min()} to {heard.Max()} notifications in {lasting}; the gateways together grew by {grown / Megabyte:f1} MB in the last two thirds");
        Assert.All(heard, count => Assert.InRange(count, lasting.TotalSeconds * 0.9, lasting.TotalSeconds * 1.5 + 30));
        Assert.True(grown < 75 * Megabyte, $"The gateways grew by {grown / Megabyte:f1} MB."); // to 200 MB each; fifty times as many notifications end there too
    }

    [Fact]
    public async Task Very_many_hanging_requests_at_one_gateway_leave_room_for_work()
    {
        var (people, each) = Cluster.IsLong ? (20, 100) : (10, 20);
        var node = cluster.Nodes[0];
        var users = await cluster.SignedInAsync(people);
        var workers = await cluster.SignedInAsync(2);
        var ways = users.Select(user => user.Through(node)).ToArray();
        using var until = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var before = node.Memory;
        var begun = 0;

        var hanging = ways.SelectMany(way => Enumerable.Range(0, each).Select(_ => Task.Run(() =>
        {
            var first = true;
            return way.ListenAsync(
                () =>
                {
                    if (first) Interlocked.Increment(ref begun);
                    first = false;
                },
                until.Token);
        }))).ToArray();
        await Eventually.Async(() => Task.FromResult(begun == hanging.Length), TimeSpan.FromMinutes(2));

        output.WriteLine($"{hanging.Length} hanging requests: {(node.Memory - before) / 1024.0 / hanging.Length:f0} KB each");
        await using (var load = new Load([.. workers.Select(worker => worker.Through(node))]))
        {
            await Task.Delay(TimeSpan.FromSeconds(Cluster.IsLong ? 60 : 3), Cancel);
            await load.ExpectNothingButSuccessAsync(atLeast: 50);
        }

        Assert.All(hanging, task => Assert.False(task.IsCompleted, $"{task.Exception}"));
        await until.CancelAsync();
        await Task.WhenAll(hanging);
        foreach (var user in users.Concat(ways).Concat(workers)) user.Dispose();
    }

    private static byte[] Pattern(int length)
    {
        var pattern = new byte[length];
        for (var n = 0; n < length; n++) pattern[n] = (byte)(n % 251);
        return pattern;
    }
}
