using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MfaGateway.ClusterTests.Setup;
using MfaGateway.Lab.Certificates;

namespace MfaGateway.ClusterTests;

/// <summary>
/// Files change a hundred times while people work. Gateways look every two seconds; in the short form they find several changes at once, in the long form,
/// <c>MFAGW_LONG=1</c>, every one of them.
/// </summary>
[Collection(Cluster.Name)]
public sealed class ReloadTests(Cluster cluster)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(Cluster.IsLong ? 2_200 : 100);
    private static readonly int Found = Cluster.IsLong ? 270 : 9; // by three gateways together

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_policy_changes_a_hundred_times_and_no_request_fails()
    {
        await using var load = new Load(await cluster.SignedInAsync(3));
        var policy = Path.Combine(cluster.StateFolder, "policy.json");
        var text = await File.ReadAllTextAsync(policy, Cancel);
        var read = cluster.Said("were read again");

        for (var n = 0; n < 100; n++) await ReplaceAsync(policy, text + new string('\n', n % 7));

        await Eventually.Async(() => Task.FromResult(cluster.Said("were read again") - read >= Found));
        await load.ExpectNothingButSuccessAsync(atLeast: 200);
    }

    [Fact]
    public async Task The_configuration_changes_a_hundred_times_and_no_request_fails()
    {
        await using var load = new Load(await cluster.SignedInAsync(3));
        var file = Path.Combine(cluster.StateFolder, "gateway.json");
        var text = await File.ReadAllTextAsync(file, Cancel);
        var (read, refused) = (cluster.Said("were read again"), cluster.Said("Changed files were refused"));
        var servers = JsonNode.Parse(text)!["Gateway"]!["Exchange"]!["Servers"]!.AsArray().Select(server => (string)server!).ToArray();

        for (var n = 0; n < 100; n++)
        {
            var changed = JsonNode.Parse(text)!;
            changed["Gateway"]!["Exchange"]!["Servers"] = new JsonArray([.. servers.Where((_, at) => n % 4 != at).Select(server => JsonValue.Create(server))]); // one goes, another comes
            await ReplaceAsync(file, n % 10 == 9 ? "{ half a file" : changed.ToJsonString());
        }

        await ReplaceAsync(file, "{ half a file");
        await Eventually.Async(() => Task.FromResult(cluster.Said("Changed files were refused") > refused)); // busy gateways may have seen none of those that were soon replaced
        await ReplaceAsync(file, text);
        await Eventually.Async(() => Task.FromResult(cluster.Said("were read again") - read >= Found));
        await load.ExpectNothingButSuccessAsync(atLeast: 200);
    }

    [Fact]
    public async Task The_certificate_changes_a_hundred_times_and_every_new_connection_gets_a_good_one()
    {
        await using var load = new Load(await cluster.SignedInAsync(3));
        using var alice = await cluster.SignedInAsync();
        var maker = new CertificateMaker(TimeProvider.System);
        var files = PemFiles.In(cluster.StateFolder, "lab-leaf");
        using var authority = PemFiles.In(cluster.StateFolder, "lab-ca").Read();
        var seen = new HashSet<string>();

        for (var n = 0; n < 100; n++)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = maker.MakeLeaf(authority!, key, TimeSpan.FromDays(30));
            files.Write(certificate, key);
            using var way = alice.Through(cluster.Nodes[n % 3]);
            Assert.Equal("200", await way.PostAsync(n + 1, Cancel));
            seen.Add(await cluster.Nodes[n % 3].CertificateAsync(Cancel));
        }

        Assert.True(seen.Count > 90, $"{seen.Count} certificates were seen.");
        await load.ExpectNothingButSuccessAsync(atLeast: 200);
    }

    private static async Task ReplaceAsync(string file, string text)
    {
        await File.WriteAllTextAsync(file + ".new", text, Cancel);
        File.Move(file + ".new", file, overwrite: true);
        await Task.Delay(Pause, Cancel);
    }
}
