using CsCheck;
using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy;

/// <summary>Rules and requests for property tests. Shaped so that all three answers come up often: permits outnumber forbids, conditions hold as often
/// as not, subjects have proven something.</summary>
internal static class ModelGenerators
{
    public static readonly Gen<string> Effects = Gen.Frequency((6, "permit"), (3, "require"), (1, "forbid"));
    public static readonly Gen<string> States = Gen.Frequency((7, "on"), (2, "report-only"), (1, "off"));

    /// <summary>What a condition can do wrong.</summary>
    public static readonly Gen<string> Errors = Gen.OneOf("error", "throw", "nonsense");

    public static readonly Gen<ModelCondition> Conditions = Nested(3);

    public static readonly Gen<ModelDemand> Demands = Gen.Select(
        Gen.Frequency((1, true), (2, false)),
        Gen.Frequency((1, (int?)10), (1, 60), (5, null)),
        Gen.Frequency((1, "hwk"), (1, "otp"), (5, null!)),
        Gen.Frequency((1, "c1"), (5, null!)),
        Gen.Frequency((1, true), (9, false)),
        (mfa, age, method, context, device) => new ModelDemand(mfa, age, method, context, device));

    public static readonly Gen<ModelRule> Rules = Effects.SelectMany(RulesThat);

    public static readonly Gen<AccessRequest> Requests = Gen.Select(
        Gen.Bool,
        Gen.Frequency((1, (int?)null), (1, -1), (3, 0), (1, 10), (1, 11), (2, 60), (1, 61)),
        Gen.Frequency((1, "hwk"), (1, "otp"), (1, "pwd")),
        Gen.Frequency((1, "c1"), (1, "C1"), (1, "c2")),
        Gen.Frequency((1, (bool?)true), (1, false), (1, null)),
        (mfa, age, method, context, managed) => Policies.Request(new AccessSubject
        {
            Mfa = mfa,
            MfaAt = age is { } minutes ? Policies.Now.AddMinutes(-minutes) : null,
            Methods = new HashSet<string> { method },
            Contexts = new HashSet<string> { context },
            DeviceManaged = managed,
        }));

    /// <summary>Rules of this effect.</summary>
    public static Gen<ModelRule> RulesThat(string effect) => Gen.Select(States, Conditions, Demands, (state, when, demand) =>
        new ModelRule(effect, state, when, effect == "require" && demand.IsNone ? demand with { Mfa = true } : demand));

    private static Gen<ModelCondition> Nested(int depth)
    {
        var leaves = Gen.Frequency((5, "yes"), (5, "no"), (1, "error"), (1, "throw"), (1, "nonsense")).Select(word => new ModelCondition(word));
        return depth == 0 ? leaves : Gen.Frequency(
            (6, leaves),
            (1, Nested(depth - 1).Select(inner => new ModelCondition("not", inner))),
            (1, Nested(depth - 1).Array[1, 3].Select(inner => new ModelCondition("any", inner))),
            (1, Nested(depth - 1).Array[1, 3].Select(inner => new ModelCondition("all", inner))));
    }
}
