using System.Globalization;
using System.Net;
using CsCheck;
using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy;

/// <summary>The built-in conditions whose facts may be unknown: nobody gains by hiding his address, country, device or software.</summary>
public class UnknownFactPropertyTests
{
    private const int RequestsPerPolicy = 50;

    private static readonly int PolicyCount = Scale.Of(100_000 / RequestsPerPolicy);

    private static readonly Gen<string> Leaves = Gen.OneOf(
        """ "network": ["intranet"] """, """ "source": ["203.0.113.0/24", "fd00::/8"] """, """ "country": ["DE", "AT"] """, """ "country": ["unknown"] """,
        """ "client": ["browser"] """, """ "platform": ["windows", "ios"] """, """ "device": ["managed"] """, """ "device": ["managed", "compliant"] """);

    private static readonly Gen<string> Rules = Gen.Select(
        ModelGenerators.Effects, Nested(2), Gen.OneOf("\"mfa\": true", "\"device\": { \"managed\": true }", ""),
        (effect, when, demand) => (effect, demand) switch
        {
            ("forbid", _) => $$""" "effect": "forbid", "when": { {{when}} } """,
            ("require", "") => $$""" "effect": "require", "when": { {{when}} }, "demand": { "mfa": true } """,
            (_, "") => $$""" "effect": "permit", "when": { {{when}} } """,
            _ => $$""" "effect": "{{effect}}", "when": { {{when}} }, "demand": { {{demand}} } """,
        });

    private static readonly Gen<AccessRequest> Requests = Gen.Select(
        Gen.OneOf("10.1.2.3", "203.0.113.7", "fd00::1", "198.51.100.1"), Gen.OneOf("DE", "AT", "FR", "unknown"), Gen.OneOf("browser", "other"),
        Gen.OneOf("windows", "ios", "linux"), Gen.Bool, Gen.Bool, Gen.Bool,
        (source, country, client, platform, managed, compliant, mfa) => new AccessRequest
        {
            Subject = new AccessSubject { DeviceManaged = managed, DeviceCompliant = compliant, Mfa = mfa },
            Resource = "owa", Source = IPAddress.Parse(source), Country = country, Client = client, Platform = platform, Now = Policies.Now,
        });

    private static Gen<string> Nested(int depth) => depth == 0 ? Leaves : Gen.Frequency(
        (4, Leaves),
        (2, Nested(depth - 1).Select(inner => $$""" "not": { {{inner}} } """)),
        (1, Nested(depth - 1).Array[2, 3].Select(inner => $$""" "all": [ {{Blocks(inner)}} ] """)),
        (2, Nested(depth - 1).Array[2, 3].Select(inner => $$""" "any": [ {{Blocks(inner)}} ] """)));

    private static string Blocks(string[] inner) => string.Join(", ", inner.Select(block => $$"""{ {{block}} }"""));

    [Fact]
    public void A_fact_that_is_not_known_never_answers_more_than_when_it_was_known()
    {
        var tally = new Tally();

        Gen.Select(Rules.Array[2, 6], Gen.Select(Requests, Gen.Int[0, 4]).Array[RequestsPerPolicy]).Sample(
            (rules, requests) =>
            {
                var policy = Policies.WithRules([.. rules.Select((rule, number) => string.Create(CultureInfo.InvariantCulture, $$"""{ "id": "r{{number}}", {{rule}} }"""))]);
                foreach (var (known, fact) in requests)
                {
                    var unknown = Forget(known, fact);

                    var (before, after) = (policy.Decide(known).Kind, policy.Decide(unknown).Kind);

                    tally.Add(before, policy.Explain(known).Rules.Zip(policy.Explain(unknown).Rules).Any(pair => pair.First.Match != pair.Second.Match), after != before);
                    Assert.True(after <= before, $"{before} became {after}");
                }
            },
            iter: PolicyCount);

        tally.Check(PolicyCount * RequestsPerPolicy, touched: 40, changed: 10);
    }

    private static AccessRequest Forget(AccessRequest request, int fact) => fact switch
    {
        0 => request with { Source = null },
        1 => request with { Country = null },
        2 => request with { Client = null },
        3 => request with { Platform = null },
        _ => request with { Subject = new AccessSubject { Mfa = request.Subject.Mfa } },
    };
}
