using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Imports.Adfs;

/// <summary>Turns each rule into a <c>permit</c>: AD FS and <c>permit</c> agree that one fitting rule is enough and nothing else lets
/// anybody in.</summary>
internal sealed class AdfsTranslator
{
    private const string IntranetNetwork = "intranet";

    // Addresses for documentation (RFC 5737, RFC 3849): one of them is outside of whatever intranet there is.
    private static readonly string[] Outside = ["203.0.113.7", "198.51.100.7", "2001:db8::7"];

    private readonly AdfsImportOptions _options;
    private readonly ImportedDocument _document;
    private readonly List<PolicyProblem> _problems;
    private readonly List<string> _intranet = [];

    public AdfsTranslator(AdfsImportOptions options, ImportedDocument document, List<PolicyProblem> problems)
    {
        (_options, _document, _problems) = (options, document, problems);
        foreach (var range in options.Intranet)
        {
            if (Cidr.Canonical(range) is { } network)
                _intranet.Add(network);
            else
                problems.Add(new PolicyProblem(
                    "intranet", $"{DocumentNode.Quote(range)} is not a network", "Write it in CIDR notation, for example `10.0.0.0/8`"));
        }
    }

    public ImportedRule Translate(AdfsRule rule, string id)
    {
        var when = new WhenBuilder().Include(Blocks.Of("resource", _options.Resources));
        foreach (var condition in rule.Conditions)
            Include(when, condition);
        foreach (var exception in rule.Exceptions)
            Exclude(when, exception);
        var demand = rule.Conditions.Any(condition => condition.Kind is AdfsConditionKind.Mfa) ? new JsonObject { ["mfa"] = true } : null;
        return new ImportedRule(id, "permit", when.Build(), demand, when.Facts) { Exempt = when.Exempt };
    }

    private void Include(WhenBuilder when, AdfsCondition condition)
    {
        switch (condition.Kind)
        {
            case AdfsConditionKind.Claim:
                var type = NameOf(condition.ClaimType);
                when.Include(Blocks.Claim(type, condition.Values), ("claims", new JsonObject { [type] = condition.Values[0] }));
                break;
            case AdfsConditionKind.Group:
                var groups = condition.Values.Select(NameOf).ToList();
                when.Include(Blocks.Of("group", groups), ("groups", Blocks.List([groups[0]])));
                break;
            case AdfsConditionKind.Location when Place(condition) is { } place:
                when.Include(place, ("source", Inside(condition)));
                break;
            case AdfsConditionKind.Device when Levels(condition) is [_, ..] levels:
                when.Include(Blocks.Of("device", levels), ("device", new JsonObject { [levels[0]] = true }));
                break;
        }
    }

    private void Exclude(WhenBuilder when, AdfsCondition condition)
    {
        switch (condition.Kind)
        {
            case AdfsConditionKind.Claim:
                // Whether AD FS minds the case of a value is not documented. Minding it in what permits and not minding it in what excepts
                // permits nobody that either reading refuses.
                var values = string.Join('|', condition.Values.Distinct(StringComparer.Ordinal).Select(Regex.Escape));
                var type = NameOf(condition.ClaimType);
                when.Exclude(Blocks.ClaimMatches(type, $@"(?i)^(?:{values})\z"), ("claims", new JsonObject { [type] = condition.Values[0] }));
                break;
            case AdfsConditionKind.Group:
                when.Exclude(Blocks.Of("group", condition.Values.Select(NameOf)), ("groups", Blocks.List([NameOf(condition.Values[0])])));
                break;
            case AdfsConditionKind.Location when Place(condition) is { } place:
                when.Exclude(place, ("source", Inside(condition)));
                break;
            case AdfsConditionKind.Device when Levels(condition) is [_, ..] levels:
                when.Exclude(Blocks.Of("device", levels), ("device", new JsonObject { [levels[0]] = true }));
                break;
            case AdfsConditionKind.Always or AdfsConditionKind.Mfa:
                Report(condition, "this cannot be an exception", "Write the rule without it");
                break;
        }
    }

    private JsonObject? Place(AdfsCondition condition)
    {
        var blocks = new List<JsonObject>();
        var ranges = new List<string>();
        foreach (var value in condition.Values)
        {
            if (Is(value, AdfsVocabulary.Intranet) && HasIntranet(condition))
                blocks.Add(Intranet());
            else if (Is(value, AdfsVocabulary.Extranet) && HasIntranet(condition))
                blocks.Add(Blocks.Not(Intranet()));
            else if (Cidr.Canonical(value) is { } network)
                ranges.Add(network);
            else if (!Is(value, AdfsVocabulary.Intranet) && !Is(value, AdfsVocabulary.Extranet))
                Report(condition, $"{DocumentNode.Quote(value)} is not a place", "Known: `intranet`, `extranet`, networks in CIDR notation");
        }

        if (ranges.Count > 0)
            blocks.Add(Blocks.Of("source", ranges));
        return blocks.Count == 0 ? null : Blocks.Any(blocks);
    }

    private bool HasIntranet(AdfsCondition condition)
    {
        if (_intranet.Count > 0)
            return true;
        Report(condition, "the gateway cannot see what AD FS calls intranet and extranet", "Name the networks that are inside: --intranet 10.0.0.0/8,fd00::/8");
        return false;
    }

    private JsonObject Intranet() => Blocks.Of("network", _document.AddNetwork(IntranetNetwork, _intranet));

    // The address of a client in the first of the places, for an example.
    private string Inside(AdfsCondition condition)
    {
        var place = condition.Values[0];
        if (Is(place, AdfsVocabulary.Extranet))
            return Outside.FirstOrDefault(address => !_intranet.Any(range => IPNetwork.Parse(range).Contains(IPAddress.Parse(address))), Outside[0]);
        var network = Is(place, AdfsVocabulary.Intranet) ? _intranet[0] : Cidr.Canonical(place);
        return network is null ? Outside[0] : network[..network.IndexOf('/', StringComparison.Ordinal)];
    }

    private List<string> Levels(AdfsCondition condition)
    {
        var levels = new List<string>();
        foreach (var value in condition.Values)
        {
            if (Words.DeviceKeys.FirstOrDefault(level => Is(value, level)) is { } known)
                levels.Add(known);
            else
                Report(condition, $"{DocumentNode.Quote(value)} of a device cannot be judged here", "Known: `managed`, `compliant`");
        }

        return levels;
    }

    private void Report(AdfsCondition condition, string message, string remedy) =>
        _problems.Add(new PolicyProblem(condition.Place, message, remedy) { Line = condition.Line });

    private string NameOf(string name) => _options.Names.TryGetValue(name, out var other) ? other : name;

    private static bool Is(string value, string word) => string.Equals(value, word, StringComparison.OrdinalIgnoreCase);
}
