using System.Globalization;
using System.Net;
using BenchmarkDotNet.Attributes;
using MfaGateway.Policy;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Benchmarks;

/// <summary>One decision, by the number of rules. Of ten rules six are permits for other groups, two are forbids and two are requires; the last permit fits.</summary>
[MemoryDiagnoser]
public class PolicyDecideBenchmark
{
    private static readonly DateTimeOffset Now = new(2025, 6, 2, 9, 30, 0, TimeSpan.Zero);

    private static readonly AccessRequest Request = new()
    {
        Subject = new AccessSubject
        {
            User = "alice@contoso.test",
            Provider = "adfs",
            Groups = Enumerable.Range(1000, 200).Select(n => $"Group {n}").Append("Staff").ToHashSet(),
            Methods = new HashSet<string> { "pwd", "otp", "mfa" },
            Mfa = true,
            MfaAt = Now.AddMinutes(-5),
            DeviceManaged = true,
            Claims = new Dictionary<string, IReadOnlyList<string>> { ["department"] = ["Sales"] },
        },
        Resource = "owa",
        Path = "/owa/service.svc",
        HttpMethod = "POST",
        Source = IPAddress.Parse("10.1.2.3"),
        Country = "DE",
        Client = "browser",
        Platform = "windows",
        Now = Now,
    };

    private PolicySet _names = null!; // set by Setup
    private PolicySet _everything = null!; // set by Setup
    private PolicySet _paths = null!; // set by Setup
    private PolicySet _expressions = null!; // set by Setup

    /// <summary>How many rules the policy has.</summary>
    [Params(1, 10, 100, 1000)]
    public int Rules { get; set; }

    /// <summary>Compiles the policies.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _names = Compile(n => $$""" "resource": ["owa"], "group": ["Other {{n}}"] """);
        _everything = Compile(n => (n % 5) switch
        {
            0 => $$""" "network": ["intranet"], "group": ["Other {{n}}"] """,
            1 => $$""" "country": ["DE", "AT"], "not": { "client": ["browser"] } """,
            2 => $$""" "claim": [ { "type": "department", "operator": "matches", "value": "^Legal {{n}}$" } ], "device": ["managed"] """,
            3 => $$""" "time": [ { "from": "22:00", "to": "06:00", "timeZone": "Europe/Berlin" } ], "platform": ["windows"] """,
            _ => $$""" "path": ["/ecp/{{n}}/**"], "method": ["POST"] """,
        });
        _paths = Compile(n => $$""" "path": ["/ecp/{{n}}/*.aspx"] """);
        _expressions = Compile(n => $$""" "claim": [ { "type": "department", "operator": "matches", "value": "^Legal {{n}}$" } ] """);
    }

    /// <summary>Rules by resource and group, as most policies are.</summary>
    [Benchmark(Baseline = true)]
    public PolicyDecision Groups() => _names.Decide(Request);

    /// <summary>Every kind of condition, expressions and time zones included.</summary>
    [Benchmark]
    public PolicyDecision EveryCondition() => _everything.Decide(Request);

    /// <summary>Rules by path alone.</summary>
    [Benchmark]
    public PolicyDecision Paths() => _paths.Decide(Request);

    /// <summary>Rules by regular expressions alone.</summary>
    [Benchmark]
    public PolicyDecision Expressions() => _expressions.Decide(Request);

    private PolicySet Compile(Func<int, string> when)
    {
        var rules = Enumerable.Range(1, Rules - 1).Select(n => Rule(n, when(n)))
            .Append("""{ "id": "staff", "effect": "permit", "when": { "resource": ["owa"], "group": ["Staff"] }, "demand": { "mfa": true, "maxAge": "01:00:00" } }""");
        var document = PolicyCompiler.Compile($$"""{ "version": 1, "networks": { "intranet": ["10.0.0.0/8"] }, "rules": [ {{string.Join(',', rules)}} ] }""");
        var policy = document.Policy ?? throw new InvalidOperationException(string.Join('\n', document.Problems));
        return policy.Decide(Request).Kind is DecisionKind.Allow ? policy : throw new InvalidOperationException("The benchmark must go through all rules.");
    }

    private static string Rule(int n, string when)
    {
        var (effect, demand) = (n % 10) switch
        {
            < 6 => ("permit", ", \"demand\": { \"mfa\": true }"),
            < 8 => ("forbid", ""),
            _ => ("require", ", \"demand\": { \"mfa\": true }"),
        };
        return string.Create(CultureInfo.InvariantCulture, $$"""{ "id": "r{{n}}", "effect": "{{effect}}", "when": { {{when}} }{{demand}} }""");
    }
}
