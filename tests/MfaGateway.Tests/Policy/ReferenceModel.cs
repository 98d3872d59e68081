using System.Globalization;
using MfaGateway.Policy;
using MfaGateway.Policy.Conditions;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Tests.Policy;

/// <summary>A rule as the property test draws it.</summary>
internal sealed record ModelRule(string Effect, string State, ModelCondition When, ModelDemand Demand)
{
    /// <summary>The rule without the detour over its text, for tests that need very many.</summary>
    public Rule ToRule(string id) => new(id, Words.Effects[Effect], Words.States[State], When.ToNode(), Effect == "forbid" ? Demands.None : Demand.ToDemands());

    /// <summary>Whether it takes part in the decision, by the sentences of the model.</summary>
    public bool Applies => State == "on" && (Effect == "permit" ? When.Holds() == true : When.Holds() != false);

    public string ToJson(int number)
    {
        var demand = Effect == "forbid" || Demand.IsNone ? "" : $$""", "demand": {{Demand.ToJson()}}""";
        return string.Create(CultureInfo.InvariantCulture, $$"""{ "id": "r{{number}}", "effect": "{{Effect}}", "state": "{{State}}", "when": {{When.ToJson()}}{{demand}} }""");
    }
}

/// <summary>A condition tree whose leaves say what they are told to.</summary>
internal sealed record ModelCondition(string Word, params ModelCondition[] Inner)
{
    /// <summary>How many leaves it has.</summary>
    public int Leaves => Inner.Length == 0 ? 1 : Inner.Sum(inner => inner.Leaves);

    /// <summary>The same with another word in one of its leaves.</summary>
    public ModelCondition WithLeaf(int index, string word)
    {
        if (Inner.Length == 0)
            return new ModelCondition(index == 0 ? word : Word);
        var inner = Inner.ToArray();
        for (var at = 0; at < inner.Length; index -= Inner[at].Leaves, at++)
            inner[at] = Inner[at].WithLeaf(index, word);
        return new ModelCondition(Word, inner);
    }

    /// <summary>The same with what stands side by side in another order.</summary>
    public ModelCondition Shuffled(Random random)
    {
        var inner = Inner.Select(condition => condition.Shuffled(random)).ToArray();
        random.Shuffle(inner);
        return new ModelCondition(Word, inner);
    }

    /// <summary>What it says; null is "cannot tell".</summary>
    public bool? Holds()
    {
        var inner = Inner.Select(condition => condition.Holds()).ToList();
        return Word switch
        {
            "yes" => true,
            "no" => false,
            "not" => !inner[0],
            "all" => inner.Contains(false) ? false : inner.Contains(null) ? null : true,
            "any" => inner.Contains(true) ? true : inner.Contains(null) ? null : false,
            _ => null,
        };
    }

    public ConditionNode ToNode() => Word switch
    {
        "not" => new Negation(Inner[0].ToNode()),
        "any" => new AnyOf([.. Inner.Select(inner => inner.ToNode())]),
        "all" => new AllOf([.. Inner.Select(inner => inner.ToNode())]),
        _ => new NamedCondition("says", Word, SaysFactory.Saying(Word), PolicyNeeds.None, isBuiltIn: false),
    };

    public string ToJson() => Word switch
    {
        "not" => $$"""{ "not": {{Inner[0].ToJson()}} }""",
        "any" or "all" => $$"""{ "{{Word}}": [ {{string.Join(", ", Inner.Select(inner => inner.ToJson()))}} ] }""",
        _ => $$"""{ "says": ["{{Word}}"] }""",
    };
}

/// <summary>Demands as the property test draws them.</summary>
internal sealed record ModelDemand(bool Mfa, int? MaxAgeMinutes, string? Method, string? Context, bool Device)
{
    public bool IsNone => this is { Mfa: false, MaxAgeMinutes: null, Method: null, Context: null, Device: false };

    public Demands ToDemands() => new()
    {
        Mfa = Mfa,
        MaxAge = MaxAgeMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
        Methods = Method is null ? [] : [Method],
        Contexts = Context is null ? [] : [Context],
        DeviceManaged = Device,
    };

    public string ToJson()
    {
        var parts = new List<string>();
        if (Mfa)
            parts.Add("\"mfa\": true");
        if (MaxAgeMinutes is { } minutes)
            parts.Add($"\"maxAge\": \"{TimeSpan.FromMinutes(minutes):hh\\:mm\\:ss}\"");
        if (Method is not null)
            parts.Add($"\"method\": [\"{Method}\"]");
        if (Context is not null)
            parts.Add($"\"context\": [\"{Context}\"]");
        if (Device)
            parts.Add("\"device\": { \"managed\": true }");
        return $"{{ {string.Join(", ", parts)} }}";
    }
}

/// <summary>The algebra written for clarity and nothing else: sets and sentences, no short cut, no order, no speed.</summary>
internal static class ReferenceModel
{
    public static DecisionKind Decide(IEnumerable<ModelRule> rules, AccessRequest request, bool withReportOnly = false)
    {
        var inForce = rules.Where(rule => rule.State == "on" || (withReportOnly && rule.State == "report-only")).ToList();
        var forbids = inForce.Where(rule => rule.Effect == "forbid").Where(rule => rule.When.Holds() != false);
        var requires = inForce.Where(rule => rule.Effect == "require").Where(rule => rule.When.Holds() != false);
        var permits = inForce.Where(rule => rule.Effect == "permit").Where(rule => rule.When.Holds() == true).ToList();

        if (forbids.Any() || permits.Count == 0)
            return DecisionKind.Deny;

        var required = requires.SelectMany(rule => Missing(rule.Demand, request)).ToHashSet();
        var missing = permits.Select(permit => Missing(permit.Demand, request).Union(required).ToHashSet()).ToList();
        if (missing.Any(set => set.Count == 0))
            return DecisionKind.Allow;
        return missing.Any(set => !set.Contains("device")) ? DecisionKind.StepUp : DecisionKind.Deny;
    }

    private static IEnumerable<string> Missing(ModelDemand demand, AccessRequest request)
    {
        var subject = request.Subject;
        if (demand.Mfa && !subject.Mfa)
            yield return "mfa";
        if (demand.MaxAgeMinutes is { } minutes && !(subject.Mfa && Age(request) is { } age && age >= TimeSpan.Zero && age <= TimeSpan.FromMinutes(minutes)))
            yield return "maxAge";
        if (demand.Method is not null && !subject.Methods.Contains(demand.Method))
            yield return "method";
        if (demand.Context is not null && !subject.Contexts.Contains(demand.Context))
            yield return "context";
        if (demand.Device && subject.DeviceManaged != true)
            yield return "device";
    }

    private static TimeSpan? Age(AccessRequest request) => request.Now - request.Subject.MfaAt;
}
