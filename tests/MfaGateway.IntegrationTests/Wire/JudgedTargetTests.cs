using System.Globalization;
using System.Text;
using CsCheck;
using MfaGateway.IntegrationTests.Simulation;
using MfaGateway.Shield;
using MfaGateway.Tests.Shield;

namespace MfaGateway.IntegrationTests.Wire;

/// <summary>
/// What was judged is what arrives: generated request targets of somebody who may do everything are refused, or the request line that reaches Exchange is byte for byte the
/// canonical target, and the path in the audit line of its decision is the one in that request line.
/// </summary>
public sealed class JudgedTargetTests(JudgedEstate estate) : IClassFixture<JudgedEstate>
{
    private static readonly int _each = Environment.GetEnvironmentVariable("MFAGW_LONG") == "1" ? 20_000 : 500;

    [Fact]
    public Task what_arrives_over_HTTP_1_is_what_was_judged() => CompareAsync(WithoutSpacesBehind, async target =>
    {
        await using var connection = await estate.ConnectAsync();
        var replies = await RawConnection.TalkAsync(connection, $"GET {target} HTTP/1.1\r\nHost: mail.contoso.com\r\nCookie: {estate.Session}\r\nConnection: close\r\n\r\n");
        return replies is [var reply, ..] ? reply.Status : 0;
    });

    [Fact]
    public Task what_arrives_over_HTTP_2_is_what_was_judged() => CompareAsync(target => target, async target =>
    {
        await using var wire = await estate.ConnectHttp2Async();
        return (await wire.SendAsync(Http2Wire.Request("GET", target, ("cookie", estate.Session)))).Status;
    });

    /// <summary>Kestrel takes several spaces between target and version for one, as RFC 9112, 3, allows.</summary>
    private static string WithoutSpacesBehind(string target) => target.TrimEnd(' ');

    /// <param name="meant">The target of the request line that was sent.</param>
    /// <param name="ask">Sends a target; the status of the answer, 0 for none.</param>
    private async Task CompareAsync(Func<string, string> meant, Func<string, Task<int>> ask)
    {
        var judgedBefore = Judged().Count;
        List<string> wrong = [], paths = [];
        foreach (var text in Gen.OneOf(RequestTargets.Any, RequestTargets.Published).Array[_each].Single())
        {
            estate.Exchange.Clear();
            var target = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)); // one letter for a byte

            var status = await ask(target);

            var arrived = estate.Exchange.Requests.Select(request => request.Line).ToList();
            List<string> canonical = status == 200 && CanonicalTarget.TryParse(meant(target), out var one) && one.Path != "/" ? [$"GET {one.Encoded}{one.Query} HTTP/1.1"] : [];
            if (!arrived.SequenceEqual(canonical) || !estate.Exchange.Faults.IsEmpty)
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{target}: {status} {string.Join(" | ", arrived)} {string.Join(" | ", estate.Exchange.Faults)}"));
            paths.AddRange(arrived.Select(line => line.Split(' ')[1].Split('?')[0].Replace("%20", " ", StringComparison.Ordinal)));
        }

        Assert.Empty(wrong);
        Assert.Equal(paths, Judged().Skip(judgedBefore));
        Assert.InRange(paths.Count, _each / 25, _each * 9 / 10); // about an eighth is published; otherwise it would mean nothing
    }

    private List<string> Judged() => [.. estate.Network.Audit.Lines.Where(line => line["gateway.decision"] == "allow").Select(line => line["url.path"]!)];
}

/// <summary>Somebody may do everything, and each decision is recorded.</summary>
public sealed class JudgedEstate : WireEstate
{
    private protected override string PolicyText => """{ "version": 1, "rules": [ { "id": "all", "effect": "permit", "when": { "resource": ["owa", "ecp", "ecp-options", "calendar"] } } ] }""";

    private protected override bool EveryRequest => true;
}
