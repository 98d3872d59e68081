using System.Net;
using MfaGateway.Policy;
using MfaGateway.Policy.Conditions;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Tests.Policy;

/// <summary>Policies and requests for tests, written so that a test spells out only what matters to it.</summary>
internal static class Policies
{
    public static readonly DateTimeOffset Now = new(2025, 6, 2, 9, 30, 0, TimeSpan.Zero);

    public static AccessSubject Alice { get; } = new()
    {
        User = "alice@contoso.test",
        Provider = "adfs",
        Groups = new HashSet<string> { "Staff" },
        Methods = new HashSet<string> { "pwd" },
    };

    /// <summary>A request that a rule without conditions permits.</summary>
    public static AccessRequest Request(AccessSubject? subject = null) => new()
    {
        Subject = subject ?? Alice,
        Resource = "owa",
        Path = "/owa/",
        Source = IPAddress.Parse("10.1.2.3"),
        Now = Now,
    };

    /// <summary>A policy of these rules, written as JSON objects.</summary>
    public static PolicySet WithRules(params string[] rules)
    {
        var document = Compile($$"""{ "version": 1, "networks": { "intranet": ["10.0.0.0/8"] }, "rules": [ {{string.Join(",\n", rules)}} ] }""");
        Assert.Empty(document.Problems);
        return Assert.IsType<PolicySet>(document.Policy);
    }

    /// <summary>A policy with one permit under this condition.</summary>
    public static PolicySet PermitWhen(string when) => WithRules($$"""{ "id": "p", "effect": "permit", "when": { {{when}} } }""");

    /// <summary>A policy that permits, and demands this.</summary>
    public static PolicySet PermitDemanding(string demand) => WithRules($$"""{ "id": "p", "effect": "permit", "demand": { {{demand}} } }""");

    /// <summary>Compiles with the condition <c>says</c>, which says what it is told to.</summary>
    public static PolicyDocument Compile(string json) => PolicyCompiler.Compile(json, [new SaysFactory()]);
}

/// <summary>A plug-in condition: <c>"says": ["yes" | "no" | "error" | "throw" | "nonsense"]</c>.</summary>
internal sealed class SaysFactory : IConditionFactory
{
    public string Name => "says";

    public ICondition Create(ConditionArguments arguments) => Saying(arguments.Strings().FirstOrDefault() ?? "");

    public static ICondition Saying(string what) => new Says(what);

    private sealed class Says(string what) : ICondition
    {
        public Match Evaluate(AccessRequest request) => what switch
        {
            "yes" => Match.Yes,
            "no" => Match.No,
            "throw" => throw new InvalidOperationException("a condition with a bug"),
            "nonsense" => (Match)42,
            _ => Match.Error,
        };

        public string Describe(AccessRequest request) => what == "throw" ? throw new InvalidOperationException("a condition with a bug") : what;
    }
}
