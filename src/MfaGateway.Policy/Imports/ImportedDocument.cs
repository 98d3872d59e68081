using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MfaGateway.Policy.Documents;
using MfaGateway.Policy.Format;

namespace MfaGateway.Policy.Imports;

/// <summary>The document that an import makes: rules, networks, and examples that hold on to what the rules answer, so that a later
/// change to them is noticed.</summary>
internal sealed class ImportedDocument(IReadOnlyList<string> resources)
{
    private const string Stranger = "somebody no rule names";

    // The text goes into a file, never into a page, so `<` and umlauts may stand as they are.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<ImportedRule> _rules = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _networks = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Facts of every example: what a request needs to be permitted at all.</summary>
    public JsonObject CommonFacts { get; init; } = [];

    public void Add(ImportedRule rule) => _rules.Add(rule);

    /// <summary>Defines a network under this name, or under the name with a number when another network has it.</summary>
    public string AddNetwork(string name, IReadOnlyList<string> ranges)
    {
        var unique = name;
        for (var number = 2; _networks.TryGetValue(unique, out var known) && !known.SequenceEqual(ranges); number++)
            unique = $"{name} {number}";
        _networks[unique] = ranges;
        return unique;
    }

    /// <summary>Writes the document, and reads it back: what does not compile is not handed out.</summary>
    public ImportResult Finish(IReadOnlyList<string> notes)
    {
        var json = ToJson();
        var draft = PolicyCompiler.Compile(json.ToJsonString());
        if (draft.Policy is not { } policy)
            return new ImportResult { Problems = draft.Problems, Notes = notes };

        json["examples"] = new JsonArray([.. Examples(policy)]);
        var text = PolicyFormatter.Format(json.ToJsonString(Readable), out var problems);
        if (text is not null)
            problems = PolicyCompiler.Compile(text).Problems;
        return problems.Count > 0 ? new ImportResult { Problems = problems, Notes = notes } : new ImportResult { Document = text, Notes = notes };
    }

    private JsonObject ToJson()
    {
        var json = new JsonObject { ["$schema"] = "policy.schema.json", ["version"] = 1 };
        if (_networks.Count > 0)
            json["networks"] = new JsonObject(_networks.Select(network => KeyValuePair.Create(network.Key, (JsonNode?)Blocks.List(network.Value))));
        json["rules"] = new JsonArray([.. _rules.Select(rule => rule.ToJson())]);
        return json;
    }

    private IEnumerable<JsonObject> Examples(PolicySet policy)
    {
        var requests = new List<(string Name, JsonObject Request)> { (Stranger, Request([], mfa: false)), ($"{Stranger}, with MFA", Request([], mfa: true)) };
        foreach (var rule in _rules)
        {
            requests.Add(($"{rule.Id} with a password", Request(rule.Facts, mfa: false)));
            requests.Add(($"{rule.Id} with MFA", Request(rule.Facts, mfa: true)));
            requests.AddRange(rule.Exempt.Select((facts, number) => (Exemption(rule.Id, number + 1), Request(facts, mfa: false))));
        }

        foreach (var (name, request) in requests.DistinctBy(pair => pair.Request.ToJsonString()))
        {
            if (PolicyCompiler.ReadRequest(request.ToJsonString(), DateTimeOffset.UnixEpoch, out _) is not { } question)
                continue;
            var decision = policy.Decide(question);
            var example = new JsonObject { ["name"] = name, ["request"] = request, ["expect"] = decision.Kind.ToCode() };
            if (decision.RuleId is { } decider)
                example["rule"] = decider;
            yield return example;
        }
    }

    private static string Exemption(string id, int number) => string.Create(CultureInfo.InvariantCulture, $"exempt from {id} ({number})");

    private JsonObject Request(JsonObject facts, bool mfa)
    {
        var request = new JsonObject { ["resource"] = resources[0] };
        foreach (var (name, value) in CommonFacts.Concat(facts))
            request.With(name, value!);
        request["methods"] = Blocks.List(mfa ? ["pwd", "mfa"] : ["pwd"]);
        return request;
    }
}
