using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using MfaGateway.Host.PolicyVerbs;
using MfaGateway.IntegrationTests.Simulation;
using MfaGateway.Tests.Access;

namespace MfaGateway.IntegrationTests.Access;

/// <summary>What a gateway recorded is enough to make its decisions again: the policy it had changes nothing.</summary>
public sealed class ReplayTests : IDisposable
{
    /// <summary>Every condition and every demand there is, and one condition of a plug-in; each holds for some of the requests below.</summary>
    private const string Everything =
        """
        { "version": 1,
          "networks": { "inside": ["10.0.0.0/8"] },
          "rules": [
            { "id": "mail", "effect": "permit", "when": { "resource": ["owa", "ecp-options"], "group": ["Staff"] }, "demand": { "mfa": true } },
            { "id": "mail-inside", "effect": "permit", "when": { "resource": ["owa"], "network": ["inside"], "not": { "country": ["AT"] } } },
            { "id": "admins", "effect": "permit", "when": { "resource": ["ecp"], "group": ["Exchange Admins"] }, "demand": { "maxAge": "00:15:00" } },
            { "id": "partner", "effect": "permit", "when": { "user": ["*@fabrikam.com"], "provider": ["oidc"] }, "demand": { "context": ["loa-3", "loa-4"] } },
            { "id": "keys", "effect": "require", "when": { "claim": [ { "type": "department", "operator": "matches", "value": "^Fin" } ] }, "demand": { "method": ["hwk", "otp"] } },
            { "id": "managed", "effect": "require", "when": { "claim": [ { "type": "contractor", "operator": "exists" } ], "path": ["/owa/service.svc"] }, "demand": { "device": { "managed": true } } },
            { "id": "compliant", "effect": "require", "when": { "not": { "device": ["compliant"] }, "resource": ["ecp"] }, "demand": { "method": ["hwk"] } },
            { "id": "hours", "effect": "require", "when": { "not": { "time": [ { "from": "08:00", "to": "08:40", "timeZone": "UTC" } ] } }, "demand": { "maxAge": "00:20:00" } },
            { "id": "robots", "effect": "forbid", "when": { "not": { "client": ["browser"] }, "method": ["POST"] } },
            { "id": "phones", "effect": "forbid", "when": { "any": [ { "platform": ["ios"], "method": ["sms"] }, { "platform": ["ios"], "source": ["2001:db8::/32"] } ] } },
            { "id": "numbers", "effect": "forbid", "when": { "employee-number": { "claim": "employeeid", "from": 1000, "to": 1099 } } },
            { "id": "trial", "effect": "forbid", "when": { "group": ["Finance"] }, "state": "report-only" } ] }
        """;

    private const string Chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
    private const string Telephone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";

    private static readonly Gen<Visitor> Visitors = Gen.Select(
        Gen.OneOf("alice@contoso.com", "zoë@contoso.com", "carl@fabrikam.com"),
        Gen.OneOf("Staff", "staff", "Finance", "Exchange Admins", "Others").Array[0, 4],
        Gen.OneOf("pwd", "otp", "hwk", "sms", "mfa", "mfa").Array[1, 3],
        Gen.OneOf("loa-1", "loa-3", "loa-4", "LOA-4"),
        Gen.OneOf("Finance", "Sales", "Fin\u00e9"),
        Gen.OneOf<string?>("true", "false", null),
        Gen.OneOf<string?>("1050", "2000", "2000", "2000", "none"),
        (user, groups, methods, context, department, device, number) => new Visitor(user, groups, methods, context, department, device, number));

    private static readonly Gen<Visit> Visits = Gen.Select(
        Gen.OneOf("/owa/", "/owa/service.svc?action=x", "/ecp/", "/owa/Service.SVC"),
        Gen.OneOf("GET", "POST"),
        Gen.OneOf("10.1.2.3", "203.0.113.9", "198.51.100.7", "2001:db8::1", "::ffff:10.9.8.7"),
        Gen.OneOf(Chrome, Telephone, "curl/8.0", ""),
        Gen.Int[0, 90],
        (target, method, source, agent, seconds) => new Visit(target, method, source, agent, seconds));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("replay-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(true, 600)]
    [InlineData(false, 60)]
    public async Task the_policy_that_decided_changes_nothing_nor_does_the_same_in_other_words(bool everyRequest, int atLeast)
    {
        await using var network = await VisitedAsync(everyRequest);

        var same = await ReplayAsync(network, network.PolicyFile);
        var otherWords = await ReplayAsync(network, Write("other.json", Everything + "\n// nothing but a comment"));
        var against = await ReplayAsync(network, network.PolicyFile, "--against", network.PolicyFile);

        var decided = network.Audit.Lines.Select(line => line["gateway.decision"]).OfType<string>().CountBy(decision => decision).ToDictionary();
        Assert.All(new[] { same, otherWords, against }, result =>
        {
            Assert.True(result.Exit == 0, result.Json.ToString());
            Assert.Equal((decided.Values.Sum(), 0), (result.Json.GetProperty("same").GetInt32(), result.Json.GetProperty("different").GetInt32()));
            Assert.Equal(network.Audit.Lines.Count, result.Json.GetProperty("lines").GetInt32());
        });
        Assert.InRange(decided.Values.Sum(), atLeast, int.MaxValue);
        Assert.All(["allow", "step-up", "deny"], decision => Assert.InRange(decided.GetValueOrDefault(decision), atLeast / 20, int.MaxValue));
        if (everyRequest) Assert.Empty(RulesThatNeverDecided(network));
    }

    [Fact]
    public async Task a_rule_taken_out_or_put_in_shows_at_whom_it_was_aimed()
    {
        await using var network = await VisitedAsync(everyRequest: true);
        var without = Write("without.json", Everything.Replace("\"effect\": \"forbid\", \"when\": { \"not\": { \"client\"", "\"effect\": \"forbid\", \"state\": \"off\", \"when\": { \"not\": { \"client\"", StringComparison.Ordinal));
        var robots = network.Audit.Lines.Where(line => line["gateway.rules"] == """["robots"]""").ToList();

        var opened = (await ReplayAsync(network, without)).Json;
        var closed = (await ReplayAsync(network, network.PolicyFile, "--against", without)).Json;

        var denied = Assert.Single(closed.GetProperty("newlyDenied").GetProperty("rules").EnumerateArray());
        Assert.Equal("robots", denied.GetProperty("rule").GetString());
        Assert.All(denied.GetProperty("users").EnumerateArray(), user => Assert.Contains(robots, line => line["event.id"] == user.GetProperty("reference").GetString() && line["user.name"] == user.GetProperty("user").GetString()));
        Assert.Equal(opened.GetProperty("different").GetInt32(), denied.GetProperty("count").GetInt32());
        Assert.InRange(denied.GetProperty("count").GetInt32(), 10, robots.Count);
    }

    /// <summary>A gateway in front of which many people did many things.</summary>
    private async Task<SimulatedNetwork> VisitedAsync(bool everyRequest)
    {
        var countries = Path.Combine(_folder.FullName, "countries.mmdb");
        await File.WriteAllBytesAsync(countries, MmdbWriter.Write([("10.1.0.0/16", "AT"), ("203.0.113.0/24", "DE")]), TestContext.Current.CancellationToken);
        var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            PolicyText = Everything,
            Configuration = gateway =>
            {
                gateway["ForwardedHeaders"] = new JsonObject { ["KnownProxies"] = new JsonArray("127.0.0.1") };
                gateway["Audit"]!["EveryRequest"] = everyRequest;
                gateway["Access"] = new JsonObject { ["CountryDatabase"] = countries };
                gateway["Policy"]!["PlugIns"] = Path.Combine(AppContext.BaseDirectory, "plug-ins");
                foreach (var row in new[] { "Managed", "Compliant" })
                    gateway["Providers"]!["oidc"]!["Evidence"]![row] = new JsonArray(new JsonObject { ["Claim"] = "device", ["AnyOf"] = new JsonArray("true") });
            },
        });
        foreach (var (visitor, visits) in Gen.Select(Visitors, Visits.Array[40]).Array[24].Single(_ => true, seed: "0000KOIPe8R3")) await VisitAsync(network, visitor, visits);
        return network;
    }

    private static async Task VisitAsync(SimulatedNetwork network, Visitor visitor, Visit[] visits)
    {
        network.Provider.Person = new Person(visitor.User, visitor.Groups);
        network.Provider.IdToken = visitor.Prove;
        var browser = network.NewBrowser();
        await browser.OpenAsync("/owa/"); // whatever comes of it: there is a session
        foreach (var visit in visits)
        {
            await browser.FetchAsync(new HttpMethod(visit.Method), visit.Target, null, ("X-Forwarded-For", visit.Source), ("X-Forwarded-Proto", "https"), ("User-Agent", visit.Agent));
            network.Time.Advance(TimeSpan.FromSeconds(visit.Seconds));
        }
    }

    private static IEnumerable<string> RulesThatNeverDecided(SimulatedNetwork network)
    {
        var decided = network.Audit.Lines.Where(line => line["gateway.decision"] is not null && line["gateway.rules"] is not null)
            .SelectMany(line => line.Json.GetProperty("gateway.rules").EnumerateArray().Select(rule => rule.GetString()!)).ToHashSet();
        return JsonElement.Parse(Everything).GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("id").GetString()!).Where(rule => rule != "trial" && !decided.Contains(rule));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<(int Exit, JsonElement Json)> ReplayAsync(SimulatedNetwork network, string policy, params string[] more)
    {
        using var output = new StringWriter();
        var root = new RootCommand { PolicyCommands.Create(TextReader.Null, network.Time) };
        string[] arguments = ["policy", "replay", "--audit", Write("audit.jsonl", network.Audit.Text), "--policy", policy, "--plug-ins", Path.Combine(AppContext.BaseDirectory, "plug-ins"), "--json"];
        var exit = await root.Parse([.. arguments, .. more]).InvokeAsync(new InvocationConfiguration { Output = output }, TestContext.Current.CancellationToken);
        return (exit, JsonElement.Parse(output.ToString()));
    }

    private sealed record Visitor(string User, string[] Groups, string[] Methods, string Context, string Department, string? Device, string? Number)
    {
        public void Prove(TokenDraft token)
        {
            token.Claim("amr", Methods).Claim("acr", Context).Claim("department", Department);
            if (Device is not null) token.Claim("device", Device);
            if (Number != "none") token.Claim("employeeid", Number);
            if (Department == "Sales") token.Claim("contractor", "yes");
        }
    }

    private sealed record Visit(string Target, string Method, string Source, string Agent, int Seconds);
}
