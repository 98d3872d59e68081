using System.Runtime.CompilerServices;
using System.Text.Json;
using CsCheck;
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
        { "timeWindow", [.. Words.TimeKeys] },
        { "demand", [.. Words.DemandKeys] },
        { "deviceDemand", [.. Words.DeviceKeys] },
        { "deviceFacts", [.. Words.DeviceKeys] },
        { "example", [.. Words.ExampleKeys] },
        { "request", [.. Words.RequestKeys] },
    };

    public static TheoryData<string, string, string[]> Values() => new()
    {
        { "", "state", [.. Words.DocumentStates.Keys] },
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

        var properties = described.GetProperty("properties").EnumerateObject().Select(key => key.Name);
        Assert.Equal(keys.Order(StringComparer.Ordinal), properties.Order(StringComparer.Ordinal));
        Assert.False(described.GetProperty("additionalProperties").GetBoolean());
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Schema_and_compiler_know_the_same_values(string definition, string key, string[] values) =>
        Assert.Equal(values.Order(StringComparer.Ordinal), Enum(Definition(definition).GetProperty("properties").GetProperty(key)));

    public static TheoryData<string, string[]> Lists() => new()
    {
        { "resource", [.. ResourceNames.All] },
        { "deviceState", [.. Words.DeviceKeys] },
        { "client", [.. ClientNames.All] },
        { "platform", [.. PlatformNames.All] },
        { "weekday", [.. Words.Weekdays.Keys] },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void Schema_and_compiler_know_the_same_words(string definition, string[] words) =>
        Assert.Equal(words.Order(StringComparer.Ordinal), Enum(Definition(definition)));

    [Fact]
    public void Every_country_of_the_compiler_fits_the_schema()
    {
        var pattern = Definition("country").GetProperty("pattern").GetString();

        Assert.Equal(251, CountryNames.All.Count);
        Assert.All(CountryNames.All, country => Assert.Matches(pattern!, country));
    }

    [Fact]
    public void Every_object_in_the_schema_is_held_against_the_compiler()
    {
        var definitions = Schema.GetProperty("$defs").EnumerateObject().Where(definition => definition.Value.TryGetProperty("properties", out _));

        var held = Objects().Select(row => row.Data.Item1).Where(name => name.Length > 0);

        Assert.Equal(definitions.Select(definition => definition.Name).Order(StringComparer.Ordinal), held.Order(StringComparer.Ordinal));
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

    [Fact]
    public void The_sample_damaged_anywhere_is_still_read_or_refused_but_never_throws()
    {
        var sample = Read("policy.sample.json");
        var damage = Gen.Select(Gen.Int[0, sample.Length - 1], Gen.Int[0, 20], Gen.OneOf("", "\"", "{}", "[]", "null", "7", "\\ud800", "\0", ",", "true"));

        damage.Sample(
            (at, length, junk) =>
            {
                var damaged = string.Concat(sample.AsSpan(0, at), junk, sample.AsSpan(Math.Min(at + length, sample.Length)));

                var document = PolicyCompiler.Compile(damaged);

                Assert.Equal(document.Problems.Count == 0, document.Policy is not null);
            },
            iter: Scale.Of(3_000));
    }

    private static JsonElement Definition(string name) => name.Length == 0 ? Schema : Schema.GetProperty("$defs").GetProperty(name);

    private static IEnumerable<string?> Enum(JsonElement described) =>
        described.GetProperty("enum").EnumerateArray().Select(value => value.GetString()).Order(StringComparer.Ordinal);

    private static string Read(string file, [CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../../deploy/config", file));
}
