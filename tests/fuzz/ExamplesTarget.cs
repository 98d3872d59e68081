using MfaGateway.Policy;
using MfaGateway.Policy.Coverage;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Fuzz;

/// <summary>A file of examples is read and run, or refused in words.</summary>
internal static class ExamplesTarget
{
    private static readonly PolicySet Policy = PolicyCompiler.Compile("""
        { "version": 1, "networks": { "intranet": ["10.0.0.0/8"] }, "rules": [
            { "id": "staff", "effect": "permit", "when": { "resource": ["owa"], "group": ["Staff"] }, "demand": { "mfa": true } },
            { "id": "outside", "effect": "forbid", "when": { "resource": ["ecp"], "not": { "network": ["intranet"] } } } ] }
        """).Policy!; // written above

    public static FuzzTarget Create() => new("examples", DocumentWriter.Words, random => $$"""{ "examples": [ {{new DocumentWriter(random).WriteExample()}} ] }""", Try) { Share = 3 };

    private static FuzzFindings Try(string json)
    {
        var examples = PolicyExamples.ReadFile(json, Policy, out var problems);

        var features = Targets.Check(problems, json, "$");
        if (problems.Count > 0)
            return new FuzzFindings(IsValid: false, features);
        foreach (var result in PolicyExamples.Run(Policy, examples))
            features.Add($"{result.Actual.Kind} {ExampleDiagnosis.Of(Policy, result).Count}");
        return new FuzzFindings(IsValid: true, features);
    }
}
