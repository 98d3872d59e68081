using System.Net;
using CsCheck;
using MfaGateway.Policy;
using MfaGateway.Policy.Documents;
using MfaGateway.Policy.Imports.Adfs;

namespace MfaGateway.Tests.Policy.Imports;

/// <summary>An imported access control policy answers every request as AD FS does.</summary>
public class AdfsDifferentialTests
{
    private static readonly int Policies = Scale.Of(1_250);
    private const int RequestsPerPolicy = 80;

    private static readonly string[] Resources = ["owa", "ecp"];
    private static readonly string[] Intranet = ["10.0.0.0/8", "fd00::/8"];
    private static readonly IPNetwork[] IntranetNetworks = [.. Intranet.Select(range => IPNetwork.Parse(range))];

    private static readonly AdfsImportOptions Options = new() { Resources = Resources, Intranet = Intranet };

    private static readonly Gen<AdfsTestCondition> Always = Gen.Const(new AdfsTestCondition("AlwaysCondition", ""));
    private static readonly Gen<AdfsTestCondition> Mfa = Gen.Const(new AdfsTestCondition("MultiFactorAuthenticationCondition", ""));

    private static readonly Gen<AdfsTestCondition> Claims = Gen.Select(
        Gen.OneOf("department", "http://schemas.contoso.test/claims/kind"),
        Gen.OneOf("Sales", "sales", "a.b*c", "R&D (Süd)").Array[1, 3],
        (type, values) => new AdfsTestCondition("SpecificClaimCondition", type, [.. values.Distinct()]));

    private static readonly Gen<AdfsTestCondition> Groups = Gen.OneOf("S-1-5-21-1", "S-1-5-21-2", "CONTOSO\\Admins").Array[1, 2]
        .Select(values => new AdfsTestCondition("GroupMembershipCondition", "", [.. values.Distinct()]));

    private static readonly Gen<AdfsTestCondition> Locations =
        Gen.OneOf("intranet", "extranet", "extranet", "203.0.113.0/24", "10.1.0.0/16", "2001:db8::/32").Array[1, 2]
            .Select(values => new AdfsTestCondition("LocationCondition", "", [.. values.Distinct()]));

    private static readonly Gen<AdfsTestCondition> Judged = Gen.OneOf(Claims, Groups, Locations);

    private static readonly Gen<AdfsTestRule> Rules = Gen.Select(
        Gen.Frequency((1, Always), (5, Judged)),
        Gen.Frequency((2, Judged.Array[0, 1]), (3, Mfa.Select(mfa => new[] { mfa })), (1, Gen.Select(Judged, Mfa, (judged, mfa) => new[] { judged, mfa }))),
        Gen.Frequency((2, Judged.Array[0]), (1, Judged.Array[1, 2])),
        (first, more, exceptions) => new AdfsTestRule([first, .. more], exceptions));

    private static readonly Gen<AccessRequest> Requests = Gen.Select(
        Gen.OneOf("S-1-5-21-1", "s-1-5-21-2", "contoso\\admins").Array[0, 2],
        Gen.OneOf("Sales", "sales", "SALES", "a.b*c", "axbxc", "R&D (Süd)", "sales\n", "none").Array[1, 2],
        Gen.OneOf("10.1.2.3", "10.200.0.1", "203.0.113.7", "192.0.2.1", "fd00::5", "2001:db8::1", "::ffff:10.1.2.3", ""),
        Gen.Bool,
        Gen.Frequency((6, "owa"), (3, "ecp"), (1, "calendar")),
        (groups, claims, source, mfa, resource) => new AccessRequest
        {
            Resource = resource,
            Source = source.Length > 0 ? IPAddress.Parse(source) : null,
            Now = MfaGateway.Tests.Policy.Policies.Now,
            Subject = new AccessSubject
            {
                Groups = groups.ToHashSet(),
                Mfa = mfa,
                Claims = new Dictionary<string, IReadOnlyList<string>> { ["department"] = claims, ["http://schemas.contoso.test/claims/kind"] = [claims[0]] },
            },
        });

    [Fact]
    public void An_imported_policy_decides_as_AD_FS_does()
    {
        var answers = new int[3];

        Gen.Select(Rules.Array[1, 4], Requests.Array[RequestsPerPolicy]).Sample(
            (rules, requests) =>
            {
                var policy = Import(AdfsTestRule.ToXml(rules));
                foreach (var request in requests)
                {
                    var expected = AdfsReference.Decide(rules, request, Resources, IntranetNetworks);
                    Interlocked.Increment(ref answers[(int)expected]);
                    Assert.Equal(expected, policy.Decide(request).Kind);
                }
            },
            iter: Policies);

        // A generator that hardly ever reaches an answer would test nothing about it.
        Assert.Equal(Policies * RequestsPerPolicy, answers.Sum());
        Assert.All(answers, count => Assert.InRange(count, answers.Sum() / 10, answers.Sum() * 7 / 10));
    }

    private static PolicySet Import(string xml)
    {
        var result = AdfsImport.FromMetadata(xml, Options);
        Assert.Empty(result.Problems);
        return PolicyCompiler.Compile(result.Document!).Policy!;
    }
}
