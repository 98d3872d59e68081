using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using MfaGateway.Policy.Conditions;

namespace MfaGateway.Policy.Documents;

/// <summary>Turns the text of a policy document into a policy, or into the list of everything that is wrong with it.</summary>
public static class PolicyCompiler
{
    /// <summary>Longest document that is read, in characters: room for some 10,000 rules. A longer one is refused.</summary>
    public const int MaxCharacters = 2_097_152;

    private const int Version = 1;

    /// <summary>Reads, compiles and tries out a document: one whose own examples fail is refused like one that cannot be read.</summary>
    /// <param name="json">The document. Comments and trailing commas are allowed.</param>
    /// <param name="conditions">Plug-ins beside the built-in conditions.</param>
    /// <exception cref="ArgumentException">Two conditions bear the same name.</exception>
    public static PolicyDocument Compile(string json, IEnumerable<IConditionFactory>? conditions = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        var catalog = new ConditionCatalog(conditions ?? []);
        var problems = new List<PolicyProblem>();
        if (DocumentText.Read(json, problems) is not { } text)
            return new PolicyDocument { Problems = problems };
        using var document = text.Json;
        var compiled = Compile(new DocumentNode(document.RootElement, "$", problems), catalog);
        return compiled with { Problems = text.Locate(compiled.Problems) };
    }

    /// <summary>Reads an access request written as JSON, as examples hold it.</summary>
    /// <param name="json">The request. Comments and trailing commas are allowed.</param>
    /// <param name="now">The time of a request that does not say.</param>
    /// <param name="problems">Everything that is wrong with it.</param>
    /// <returns>The request, or <see langword="null"/> when there is any problem.</returns>
    public static AccessRequest? ReadRequest(string json, DateTimeOffset now, out IReadOnlyList<PolicyProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(json);
        var found = new List<PolicyProblem>();
        problems = found;
        if (DocumentText.Read(json, found) is not { } text)
            return null;
        using var document = text.Json;
        var request = RequestReader.Read(new DocumentNode(document.RootElement, "$", found), now, nowIsReal: true);
        problems = text.Locate(found);
        return found.Count == 0 ? request : null;
    }

    private static PolicyDocument Compile(DocumentNode root, ConditionCatalog catalog)
    {
        var fields = root.Fields(Words.DocumentKeys);
        if (root.Json.ValueKind is JsonValueKind.Object)
            CheckVersion(root, fields);
        var state = fields.TryGetValue("state", out var stateNode) ? Words.Read(stateNode, Words.DocumentStates) ?? RuleState.On : RuleState.On;
        var networks = ReadNetworks(fields.TryGetValue("networks", out var networksNode) ? networksNode.Entries() : []);
        var rules = fields.TryGetValue("rules", out var rulesNode)
            ? new RuleReader(catalog, networks).ReadAll(rulesNode)
            : [];
        if (rulesNode.Path is null && root.Json.ValueKind is JsonValueKind.Object)
            root.Report("`rules` is missing", "Write at least one rule; without a `permit` everything is refused");
        var examples = fields.TryGetValue("examples", out var examplesNode) ? PolicyExamples.ReadAll(examplesNode, rules) : [];
        if (root.Problems.Count > 0)
            return new PolicyDocument { Problems = root.Problems };

        var policy = new PolicySet(rules);
        var results = PolicyExamples.Run(policy, examples.Select(pair => pair.Example));
        foreach (var (result, node) in results.Zip(examples.Select(pair => pair.Node)).Where(pair => !pair.First.Passed))
            PolicyExamples.ReportFailure(node, result);
        return new PolicyDocument
        {
            Policy = root.Problems.Count == 0 ? policy : null,
            Draft = policy,
            Networks = networks,
            IsReportOnly = state is RuleState.ReportOnly,
            Examples = results,
            Problems = root.Problems,
        };
    }

    private static void CheckVersion(DocumentNode root, Dictionary<string, DocumentNode> fields)
    {
        if (!fields.TryGetValue("version", out var version))
            root.Report("`version` is missing", $"Write `\"version\": {Version}`");
        else if (version.Json.ValueKind is not JsonValueKind.Number || !version.Json.TryGetInt32(out var number) || number != Version)
            version.Report($"version {DocumentNode.Quote(version.Json.GetRawText())} is unknown", $"Write `\"version\": {Version}`, a number");
        if (fields.TryGetValue("$schema", out var schema))
            schema.IsText();
    }

    private static Dictionary<string, ImmutableArray<IPNetwork>> ReadNetworks(Dictionary<string, DocumentNode> entries)
    {
        var networks = new Dictionary<string, ImmutableArray<IPNetwork>>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, node) in entries)
        {
            if (!networks.TryAdd(name, Cidr.ReadAll(node)))
                node.Report($"there are two networks {DocumentNode.Quote(name)}; case does not count", "Rename one of them");
        }

        return networks;
    }
}
