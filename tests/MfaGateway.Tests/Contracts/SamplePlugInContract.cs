using MfaGateway.PlugIns;
using MfaGateway.Policy;
using MfaGateway.Policy.Conditions;
using MfaGateway.Tests.Policy;

namespace MfaGateway.Tests.Contracts;

/// <summary>The sample plug-in, loaded as a gateway loads it.</summary>
public sealed class SamplePlugInContract : ConditionFactoryContract
{
    public static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "plug-ins");

    private static readonly LoadedPlugIns Loaded = PlugInLoader.Load(Folder, []);

    protected override IConditionFactory Create()
    {
        Assert.Empty(Loaded.Problems);
        return (IConditionFactory)Activator.CreateInstance(Assert.Single(Loaded.Conditions).GetType())!;
    }

    protected override string Arguments => """{ "claim": "employeeid", "from": 1000, "to": 1999 }""";

    protected override IReadOnlyList<string> WrongArguments =>
    [
        "[]", "{}", """{ "claim": "employeeid" }""", """{ "claim": "", "from": 1, "to": 2 }""", """{ "claim": "employeeid", "from": 2, "to": 1 }""",
        """{ "claim": "employeeid", "from": "1", "to": 2 }""", """{ "claim": "employeeid", "from": 1, "to": 2, "step": 1 }""",
    ];

    protected override AccessRequest Holding => WithNumber("1500");

    protected override AccessRequest NotHolding => WithNumber("2000");

    [Fact]
    public void Without_a_number_it_cannot_tell()
    {
        Assert.Equal(Match.Error, Says(Policies.Request()));
        Assert.Equal(Match.Error, Says(WithNumber("one thousand")));
    }

    private static AccessRequest WithNumber(string number) =>
        Policies.Request(new AccessSubject { Claims = new Dictionary<string, IReadOnlyList<string>> { ["employeeid"] = [number] } });

    /// <summary>What a forbid makes of it, and a permit: the one applies to an error and the other does not.</summary>
    private Match Says(AccessRequest request)
    {
        var applies = Decide("forbid", request) == DecisionKind.Deny;
        var permits = Decide("permit", request) == DecisionKind.Allow;
        return (applies, permits) switch { (true, true) => Match.Yes, (false, false) => Match.No, _ => Match.Error };
    }

    private DecisionKind Decide(string effect, AccessRequest request)
    {
        var rule = $$"""{ "id": "it", "effect": "{{effect}}", "when": { "employee-number": {{Arguments}} } }""";
        var everybody = effect == "forbid" ? """, { "id": "everybody", "effect": "permit" }""" : "";
        return MfaGateway.Policy.Documents.PolicyCompiler.Compile($$"""{ "version": 1, "rules": [ {{rule}}{{everybody}} ] }""", Loaded.Conditions).Policy!.Decide(request).Kind;
    }
}
