using System.Net;
using CsCheck;
using MfaGateway.Policy;
using MfaGateway.Policy.Documents;
using MfaGateway.Policy.Imports.ConditionalAccess;

namespace MfaGateway.Tests.Policy.Imports;

/// <summary>Imported Conditional Access policies answer every request as Conditional Access does.</summary>
public class CaDifferentialTests
{
    private static readonly int Sets = Scale.Of(1_250);
    private const int RequestsPerSet = 80;

    private static readonly string[] Resources = ["owa", "ecp"];

    private static readonly Gen<(string[] Include, string[] Exclude, string[] Contexts)> Applications = Gen.Frequency(
        (6, Gen.Const((new[] { "All" }, Array.Empty<string>(), Array.Empty<string>()))),
        (1, Gen.Const((new[] { "All" }, new[] { CaTenant.Admin, CaTenant.Elsewhere }, Array.Empty<string>()))),
        (2, Gen.OneOf(CaTenant.Gateway, CaTenant.Admin).Select(id => (new[] { id }, Array.Empty<string>(), Array.Empty<string>()))),
        (1, Gen.Const((new[] { CaTenant.Elsewhere, "None" }, Array.Empty<string>(), Array.Empty<string>()))),
        (1, Gen.Const((Array.Empty<string>(), Array.Empty<string>(), new[] { "c7" }))));

    private static readonly Gen<string[]> SomeUsers = Some(CaTenant.Alice, CaTenant.Bob, CaTenant.Named);
    private static readonly Gen<string[]> SomeGroups = Some(CaTenant.Staff, CaTenant.Finance);
    private static readonly Gen<string[]> None = Gen.Const(Array.Empty<string>());
    private static readonly Gen<string[]> SomeRoles = Gen.Const(new[] { CaTenant.ExchangeAdministrator });

    private static readonly Gen<CaPolicy> People = Gen.Select(
        Gen.Frequency((5, Gen.Const((new[] { "All" }, Array.Empty<string>(), Array.Empty<string>()))),
            (1, Gen.Const((new[] { "None" }, Array.Empty<string>(), Array.Empty<string>()))),
            (4, Gen.Select(Gen.OneOf(None, SomeUsers), SomeGroups, Gen.OneOf(None, SomeRoles))),
            (2, Gen.Select(SomeUsers, None, None))),
        Gen.OneOf(None, None, SomeUsers),
        Gen.OneOf(None, None, SomeGroups),
        Gen.OneOf(None, None, None, SomeRoles),
        (include, users, groups, roles) => new CaPolicy
        {
            IncludeUsers = include.Item1,
            IncludeGroups = include.Item2,
            IncludeRoles = include.Item3,
            ExcludeUsers = users,
            ExcludeGroups = groups,
            ExcludeRoles = roles,
        });

    private static readonly Gen<string[]> Clients = Gen.Frequency(
        (5, Gen.Const(new[] { "all" })), (2, Gen.Const(new[] { "browser" })), (1, Gen.Const(new[] { "exchangeActiveSync", "other" })),
        (1, Gen.Const(new[] { "browser", "mobileAppsAndDesktopClients" })), (1, None));

    private static readonly Gen<(string[] Include, string[] Exclude)> Platforms = Gen.Frequency(
        (5, Gen.Const((Array.Empty<string>(), Array.Empty<string>()))),
        (1, Gen.Select(Gen.OneOf(Gen.Const(new[] { "all" }), Some("windows", "iOS")), Gen.OneOf(None, Some("macOS", "iOS")))));

    private static readonly Gen<(string[] Include, string[] Exclude)> Locations = Gen.Frequency(
        (4, Gen.Const((Array.Empty<string>(), Array.Empty<string>()))),
        (2, Gen.Select(Gen.Const(new[] { "All" }), Gen.OneOf(Gen.Const(new[] { "AllTrusted" }), Places()))),
        (2, Gen.Select(Gen.OneOf(Gen.Const(new[] { "AllTrusted" }), Places()), Gen.OneOf(None, Places()))));

    private static readonly Gen<(string? Mode, string? Rule)> Filters = Gen.Frequency(
        (5, Gen.Const(((string?)null, (string?)null))),
        (1, Gen.Select(Gen.OneOf<string?>("include", "exclude"), Gen.OneOf<string?>(
            "device.isCompliant -eq True", "device.isCompliant -ne True", "device.isCompliant -eq False",
            "device.trustType -eq \"ServerAD\" -or device.isCompliant -eq True",
            "device.trustType -eq \"ServerAD\" -and -not (device.isCompliant -ne True)",
            "device.trustType -ne \"ServerAD\" -and device.isCompliant -eq True -or device.isCompliant -eq False"))));

    // What Graph allows and the importer expresses: a block alone; one proof by signing in at most; a frequency where MFA is demanded of all.
    private static readonly Gen<CaPolicy> Grants = Gen.Frequency(
        (1, Grant("OR", null, null, "block")),
        (8, Gen.OneOf<int?>(null, 1, 30).SelectMany(hours => Grant("OR", null, hours, "mfa"))),
        (1, Gen.OneOf<int?>(null, 1).SelectMany(hours => Grant("AND", null, hours, "mfa", "compliantDevice"))),
        (5, Grant("OR", null, null, "mfa", "compliantDevice")),
        (1, Grant("OR", null, null, "mfa", "domainJoinedDevice", "compliantDevice")),
        (1, Grant("OR", null, null, "domainJoinedDevice", "compliantDevice")),
        (1, Grant("AND", null, null, "domainJoinedDevice")),
        (3, Gen.OneOf(CaTenant.Multifactor, CaTenant.PhishingResistant).SelectMany(strength => Grant("AND", strength, 1))),
        (1, Grant("OR", CaTenant.PhishingResistant, null, "compliantDevice")));

    private static readonly Gen<CaPolicy> Rules = Gen.Select(
        Gen.Frequency((7, "enabled"), (2, "enabledForReportingButNotEnforced"), (1, "disabled")), Applications, People, Clients, Platforms, Locations, Filters, Grants,
        (state, applications, people, clients, platforms, locations, filter, grant) => people with
        {
            State = state,
            IncludeApplications = applications.Include,
            ExcludeApplications = applications.Exclude,
            Contexts = applications.Contexts,
            ClientAppTypes = clients,
            IncludePlatforms = platforms.Include,
            ExcludePlatforms = platforms.Exclude,
            IncludeLocations = locations.Include,
            ExcludeLocations = locations.Exclude,
            FilterMode = filter.Mode,
            FilterRule = filter.Rule,
            Operator = grant.Operator,
            Controls = grant.Controls,
            Strength = grant.Strength,
            Hours = grant.Hours,
        });

    private static readonly Gen<AccessSubject> Subjects = Gen.Select(
        Gen.OneOf(CaTenant.Alice, CaTenant.Bob, CaTenant.Named, ""),
        Gen.OneOf(CaTenant.Staff, CaTenant.Staff, CaTenant.Staff, CaTenant.Finance, CaTenant.ExchangeAdministrator).Array[1, 3],
        Gen.Frequency((9, false), (1, true)),
        Gen.Frequency((6, (int?)null), (1, 0), (1, 50), (1, 90), (1, 2000)),
        Gen.OneOf("pwd", "otp", "fido", "hwk"),
        Gen.OneOf<bool?>(true, false, null),
        Gen.OneOf<bool?>(true, false, null),
        (id, groups, overage, minutes, method, managed, compliant) => new AccessSubject
        {
            User = id == CaTenant.Named ? CaTenant.Carol : "somebody@contoso.test",
            Groups = groups.ToHashSet(),
            Claims = Claims(id, overage),
            Mfa = minutes is not null,
            MfaAt = MfaGateway.Tests.Policy.Policies.Now.AddMinutes(-minutes ?? 0),
            Methods = new HashSet<string> { method },
            DeviceManaged = managed,
            DeviceCompliant = compliant,
        });

    private static readonly Gen<AccessRequest> Requests = Gen.Select(
        Subjects,
        Gen.Frequency((5, "owa"), (5, "ecp"), (1, "calendar")),
        Gen.OneOf("203.0.113.7", "2001:db8::9", "10.1.2.3", "198.51.100.7", ""),
        Gen.OneOf<string?>("DE", "US", "FR", "unknown", null),
        Gen.OneOf<string?>("windows", "ios", "macos", "other", null),
        Gen.OneOf<string?>("browser", "browser", "mobile-app", "desktop-app", "other", null),
        (subject, resource, source, country, platform, client) => new AccessRequest
        {
            Subject = subject,
            Resource = resource,
            Source = source.Length > 0 ? IPAddress.Parse(source) : null,
            Country = country,
            Platform = platform,
            Client = client,
            Now = MfaGateway.Tests.Policy.Policies.Now,
        });

    [Fact]
    public void Imported_policies_decide_as_Conditional_Access_does()
    {
        var answers = new int[3];
        var narrower = 0;

        Gen.Select(Rules.Array[1, 4], Gen.Bool, Gen.Bool, Requests.Array[RequestsPerSet]).Sample(
            (rules, byUserAgent, onlyStaff, requests) =>
            {
                var policy = Import(rules, byUserAgent, onlyStaff);
                var reference = new CaReference(Resources, onlyStaff ? CaTenant.Staff : null, byUserAgent);
                foreach (var request in requests)
                {
                    var expected = reference.Decide(rules, request);
                    var onTrial = reference.Decide(rules, request, withReportOnly: true);
                    Interlocked.Increment(ref answers[(int)expected]);
                    if (onTrial != expected)
                        Interlocked.Increment(ref narrower);
                    Assert.True((expected, onTrial) == (policy.Decide(request).Kind, policy.DecideReportOnly(request).Kind), Describe(rules, request, expected));
                }
            },
            iter: Sets);

        // A generator that hardly ever reaches an answer would test nothing about it.
        Assert.Equal(Sets * RequestsPerSet, answers.Sum());
        Assert.All(answers, count => Assert.InRange(count, answers.Sum() / 10, answers.Sum() * 7 / 10));
        Assert.True(narrower > answers.Sum() / 50, $"{narrower} requests met a report-only policy");
    }

    private static string Describe(CaPolicy[] rules, AccessRequest request, DecisionKind expected) =>
        $"{expected} expected for {request} of {request.Subject.User} {string.Join(',', request.Subject.Groups)} {string.Join(',', request.Subject.Claims.Keys)}"
        + $" MFA {request.Subject.MfaAt}, managed {request.Subject.DeviceManaged}, compliant {request.Subject.DeviceCompliant} under {CaPolicy.ToJson(rules)}";

    private static PolicySet Import(CaPolicy[] rules, bool byUserAgent, bool onlyStaff)
    {
        var result = ConditionalAccessImport.Import(CaPolicy.ToJson(rules), CaTenant.Locations, new ConditionalAccessImportOptions
        {
            Resources = Resources,
            BasePermitGroups = onlyStaff ? [CaTenant.Staff] : [],
            Targets = CaTenant.Targets.ToDictionary(target => target.Key, IReadOnlyList<string> (target) => target.Value),
            Names = new Dictionary<string, string> { [CaTenant.Named] = CaTenant.Carol },
            Strengths = new Dictionary<string, string> { [CaTenant.PhishingResistant] = "method:fido,hwk" },
            ManagedMeansHybridJoined = true,
            ClientAppsByUserAgent = byUserAgent,
        });
        Assert.Empty(result.Problems);
        return PolicyCompiler.Compile(result.Document!).Policy!;
    }

    private static Dictionary<string, IReadOnlyList<string>> Claims(string id, bool overage)
    {
        var claims = new Dictionary<string, IReadOnlyList<string>>();
        if (id.Length > 0)
            claims["oid"] = [id];
        if (overage)
            claims["_claim_names"] = ["groups"];
        return claims;
    }

    private static Gen<string[]> Some(params string[] values) => Gen.OneOf(values).Array[1, 2].Select(drawn => drawn.Distinct().ToArray());

    private static Gen<string[]> Places() => Some(CaTenant.Office, CaTenant.Lab, CaTenant.Germany, CaTenant.NowhereOrAmerica);

    private static Gen<CaPolicy> Grant(string operation, string? strength, int? hours, params string[] controls) =>
        Gen.Const(new CaPolicy { Operator = operation, Strength = strength, Hours = hours, Controls = controls });
}
