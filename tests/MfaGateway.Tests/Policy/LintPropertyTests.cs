using System.Net;
using CsCheck;
using MfaGateway.Policy;
using MfaGateway.Policy.Documents;
using MfaGateway.Policy.Lint;

namespace MfaGateway.Tests.Policy;

/// <summary>What lint says of a rule is so for every request whose facts are known.</summary>
public class LintPropertyTests
{
    private static readonly Gen<string> Leaves = Gen.OneOf(
        """ "resource": ["owa"] """, """ "resource": ["owa", "ecp"] """, """ "resource": ["ecp"] """, """ "group": ["A"] """, """ "group": ["A", "B"] """, """ "group": ["B"] """,
        """ "source": ["10.0.0.0/8"] """, """ "source": ["10.0.0.0/16"] """, """ "network": ["both"] """, """ "source": ["192.168.0.0/16"] """, """ "platform": ["ios"] """,
        """ "platform": ["ios", "windows"] """, """ "country": ["DE"] """, """ "country": ["AT", "DE"] """, """ "user": ["a"] """, """ "user": ["a", "b"] """,
        """ "method": ["otp"] """, """ "path": ["/owa/**", "/x"] """, """ "path": ["/x"] """);

    private static readonly Gen<string> Conditions = Nested(2);

    private static readonly Gen<AccessRequest> Requests = Gen.Select(
        Gen.OneOf("owa", "ecp"), Gen.OneOf("A", "B", "C").Array[0, 2], Gen.OneOf("10.0.2.3", "10.2.2.3", "192.168.1.1", "203.0.113.9"), Gen.OneOf("ios", "windows", "linux"),
        Gen.OneOf("DE", "AT", "FR"), Gen.OneOf("a", "b", "c"), Gen.OneOf("/owa/y", "/x", "/z"), Gen.Bool,
        (resource, groups, source, platform, country, user, path, otp) => new AccessRequest
        {
            Subject = new AccessSubject { User = user, Groups = groups.ToHashSet(), Methods = otp ? new HashSet<string> { "otp" } : [] },
            Resource = resource, Path = path, Source = IPAddress.Parse(source), Platform = platform, Country = country,
        });

    private static Gen<string> Nested(int depth) => depth == 0 ? Leaves : Gen.Frequency(
        (4, Leaves),
        (2, Nested(depth - 1).Select(inner => $$""" "not": { {{inner}} } """)),
        (2, Nested(depth - 1).Array[2, 3].Select(inner => $$""" "all": [ {{Blocks(inner)}} ] """)),
        (1, Nested(depth - 1).Array[2, 3].Select(inner => $$""" "any": [ {{Blocks(inner)}} ] """)));

    private static string Blocks(string[] inner) => string.Join(", ", inner.Select(block => $$"""{ {{block}} }"""));

    [Fact]
    public void A_rule_that_is_said_never_to_match_never_matches_and_a_shadowed_permit_permits_nothing()
    {
        var (never, shadowed) = (0, 0);

        Gen.Select(Conditions, Conditions, Requests.Array[40]).Sample(
            (permit, forbid, requests) =>
            {
                var json = $$"""
                    { "version": 1, "networks": { "both": ["10.0.0.0/8", "192.168.0.0/16"] },
                      "rules": [ { "id": "p", "effect": "permit", "when": { {{permit}} } }, { "id": "f", "effect": "forbid", "when": { {{forbid}} } } ] }
                    """;
                var document = PolicyCompiler.Compile(json);
                var findings = PolicyLint.Check(json, document, [], default, trialDays: 0);
                var explanations = requests.Select(document.Policy!.Explain).ToList();

                foreach (var finding in findings.Where(finding => finding.Id == "never-matches"))
                {
                    Interlocked.Increment(ref never);
                    Assert.All(explanations, explanation => Assert.Equal(Match.No, explanation.Rules[finding.Path.Contains("[0]", StringComparison.Ordinal) ? 0 : 1].Match));
                }

                if (findings.All(finding => finding.Id != "shadowed")) return;
                Interlocked.Increment(ref shadowed);
                Assert.All(explanations, explanation => Assert.Equal(DecisionKind.Deny, explanation.Decision.Kind));
            },
            iter: Scale.Of(10_000));

        // a generator that hardly ever provokes a finding would test nothing about it
        Assert.InRange(never, Scale.Of(10_000) / 50, Scale.Of(10_000) / 2);
        Assert.InRange(shadowed, Scale.Of(10_000) / 50, Scale.Of(10_000) / 2);
    }
}
