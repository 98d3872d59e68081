using System.Globalization;
using System.Net;
using CsCheck;
using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy;

/// <summary>What makes a decision fast changes none: rules are sorted out by resource, and cheap conditions are asked first.</summary>
public class ShortCutPropertyTests
{
    private const int RequestsPerPolicy = 50;

    private static readonly int PolicyCount = Scale.Of(100_000 / RequestsPerPolicy);

    private static readonly Gen<string> Leaves = Gen.OneOf(
        """ "resource": ["owa"] """, """ "resource": ["ecp", "owa"] """, """ "resource": ["calendar"] """, """ "group": ["Staff"] """, """ "network": ["intranet"] """,
        """ "country": ["DE"] """, """ "path": ["/owa/*.aspx", "/ecp/**"] """, """ "method": ["POST", "otp"] """, """ "user": ["*@contoso.test"] """, """ "says": ["throw"] """,
        """ "claim": [ { "type": "department", "operator": "matches", "value": "^Sal(es)?$" } ] """,
        """ "claim": [ { "type": "department", "operator": "matches", "value": "^Sales?" } ] """,
        """ "claim": [ { "type": "department", "operator": "matches", "value": "^Legal|es" } ] """);

    private static readonly Gen<string> Blocks = Gen.Select(Leaves, Nested(2), (first, second) => Name(first) == Name(second) ? first : $"{first}, {second}");

    private static readonly Gen<string> Rules = Gen.Select(ModelGenerators.Effects, Blocks, Gen.Bool, (effect, when, mfa) => (effect, mfa) switch
    {
        ("forbid", _) => $$""" "effect": "forbid", "when": { {{when}} } """,
        ("require", _) => $$""" "effect": "require", "when": { {{when}} }, "demand": { "mfa": true } """,
        (_, true) => $$""" "effect": "permit", "when": { {{when}} }, "demand": { "mfa": true } """,
        _ => $$""" "effect": "permit", "when": { {{when}} } """,
    });

    private static readonly Gen<AccessRequest> Requests = Gen.Select(
        Gen.OneOf("owa", "OWA", "ecp", "calendar", "elsewhere"), Gen.OneOf("Staff", "Others"), Gen.OneOf("10.1.2.3", "203.0.113.7", ""), Gen.OneOf("DE", "FR", null!),
        Gen.OneOf("/owa/a.aspx", "/owa/", "/ecp", "/ecp/x/y", "/"), Gen.OneOf("Sales", "Sal", "Legal", "Sa"), Gen.Bool,
        (resource, group, source, country, path, department, mfa) => new AccessRequest
        {
            Subject = new AccessSubject
            {
                User = "alice@contoso.test", Groups = new HashSet<string> { group }, Mfa = mfa,
                Claims = new Dictionary<string, IReadOnlyList<string>> { ["department"] = [department] },
            },
            Resource = resource, Path = path, Source = source.Length > 0 ? IPAddress.Parse(source) : null, Country = country, Now = Policies.Now,
        });

    private static Gen<string> Nested(int depth) => depth == 0 ? Leaves : Gen.Frequency(
        (4, Leaves),
        (2, Nested(depth - 1).Select(inner => $$""" "not": { {{inner}} } """)),
        (1, Nested(depth - 1).Array[2, 3].Select(inner => $$""" "all": [ {{Listed(inner)}} ] """)),
        (1, Nested(depth - 1).Array[2, 3].Select(inner => $$""" "any": [ {{Listed(inner)}} ] """)));

    private static string Listed(string[] inner) => string.Join(", ", inner.Select(block => $$"""{ {{block}} }"""));

    private static string Name(string condition) => condition.TrimStart().Split(':')[0];

    [Fact]
    public void Rules_sorted_out_by_resource_decide_as_all_rules_do()
    {
        var tally = new Tally();

        Gen.Select(Rules.Array[1, 8], Requests.Array[RequestsPerPolicy]).Sample(
            (rules, requests) =>
            {
                var policy = Policies.WithRules([.. rules.Select((rule, number) => string.Create(CultureInfo.InvariantCulture, $$"""{ "id": "r{{number}}", {{rule}} }"""))]);
                var all = new PolicyRules(policy.Rules);
                foreach (var request in requests)
                {
                    var decision = policy.Decide(request);

                    var left = policy.Rules.Count(rule => rule.For(request.Resource) is null);
                    tally.Add(decision.Kind, touched: left > 0, changed: left > 0 && decision.Kind is not DecisionKind.Deny);
                    Assert.Equal(all.Decide(request), decision);
                    Assert.All(policy.Explain(request).Rules, rule => Assert.Equal(All(rule.Conditions), rule.Match));
                }
            },
            iter: PolicyCount);

        tally.Check(PolicyCount * RequestsPerPolicy, touched: 40, changed: 10);
    }

    // Kleene's logic over what every condition said by itself, without a short cut.
    private static Match All(IEnumerable<ConditionExplanation> conditions)
    {
        var says = conditions.Select(Says).ToList();
        return says.Contains(Match.No) ? Match.No : says.Contains(Match.Error) ? Match.Error : Match.Yes;
    }

    private static Match Says(ConditionExplanation condition) => condition.Name switch
    {
        "not" => All(condition.Conditions) switch { Match.Yes => Match.No, Match.No => Match.Yes, _ => Match.Error },
        "all" => All(condition.Conditions),
        "any" => condition.Conditions.Select(Says).ToList() switch
        {
            var says when says.Contains(Match.Yes) => Match.Yes,
            var says when says.Contains(Match.Error) => Match.Error,
            _ => Match.No,
        },
        _ => condition.Says,
    };
}
