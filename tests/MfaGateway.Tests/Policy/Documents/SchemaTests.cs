using System.Runtime.CompilerServices;
using System.Text.Json;
using MfaGateway.Policy;
using MfaGateway.Policy.Conditions;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Tests.Policy.Documents;

/// <summary>The published schema and sample cannot drift from the compiler.</summary>
public class SchemaTests
{
    private static readonly JsonElement Schema = JsonDocument.Parse(Read("policy.schema.json")).RootElement;

    public static TheoryData<string, string[]> Objects() => new()
    {
        { "", [.. Words.DocumentKeys] },
        { "rule", [.. Words.RuleKeys] },
        { "conditions", [.. new ConditionCatalog([]).Keys] },
        { "claim", [.. Words.ClaimKeys] },
        { "demand", [.. Words.DemandKeys] },
        { "deviceDemand", [.. Words.DeviceKeys] },
        { "deviceFacts", [.. Words.DeviceKeys] },
        { "example", [.. Words.ExampleKeys] },
        { "request", [.. Words.RequestKeys] },
    };

    public static TheoryData<string, string, string[]> Values() => new()
    {
        { "rule", "effect", [.. Words.Effects.Keys] },
        { "rule", "state", [.. Words.States.Keys] },
        { "claim", "operator", [.. Words.Operators] },
        { "example", "expect", [.. Words.Decisions.Keys] },
    };

    [Theory]
    [MemberData(nameof(Objects))]
    public void Schema_and_compiler_know_the_same_keys(string definition, string[] keys)
    {
        var described = Definition(definition);

        Assert.Equal(keys.Order(StringComparer.Ordinal), described.GetProperty("properties").EnumerateObject().Select(key => key.Name).Order(StringComparer.Ordinal));
        Assert.False(described.GetProperty("additionalProperties").GetBoolean());
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Schema_and_compiler_know_the_same_values(string definition, string key, string[] values) =>
        Assert.Equal(values.Order(StringComparer.Ordinal), Enum(Definition(definition).GetProperty("properties").GetProperty(key)));

    [Fact]
    public void Schema_and_compiler_know_the_same_resources() =>
        Assert.Equal(ResourceNames.All.Order(StringComparer.Ordinal), Enum(Definition("resource")));

    [Fact]
    public void Every_object_in_the_schema_is_held_against_the_compiler()
    {
        var closed = Schema.GetProperty("$defs").EnumerateObject().Where(definition => definition.Value.TryGetProperty("properties", out _)).Select(definition => definition.Name);

        Assert.Equal(closed.Order(StringComparer.Ordinal), Objects().Select(row => row.Data.Item1).Where(name => name.Length > 0).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_sample_policy_is_valid_and_passes_its_examples()
    {
        var document = PolicyCompiler.Compile(Read("policy.sample.json"));

        Assert.Empty(document.Problems);
        Assert.True(document.Examples.Count >= 5);
        Assert.Contains(document.Examples, result => result.Actual.Kind is DecisionKind.Allow);
        Assert.Contains(document.Examples, result => result.Actual.Kind is DecisionKind.StepUp);
        Assert.Contains(document.Examples, result => result.Actual.Kind is DecisionKind.Deny);
    }

    private static JsonElement Definition(string name) => name.Length == 0 ? Schema : Schema.GetProperty("$defs").GetProperty(name);

    private static IEnumerable<string?> Enum(JsonElement described) =>
        described.GetProperty("enum").EnumerateArray().Select(value => value.GetString()).Order(StringComparer.Ordinal);

    private static string Read(string file, [CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../../deploy/config", file));
}
