using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using MfaGateway.Policy.Conditions;

namespace MfaGateway.Policy.Documents;

/// <summary>Reads the <c>rules</c> of a document.</summary>
internal sealed class RuleReader(ConditionCatalog catalog, IReadOnlyDictionary<string, ImmutableArray<IPNetwork>> networks)
{
    private const int LongestId = 64;

    // Ids go into audit lines and onto pages for support; two that differ only by case would be taken for one.
    private readonly HashSet<string> _ids = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<Rule> ReadAll(DocumentNode list) => [.. list.Items().Select(Read)];

    private Rule Read(DocumentNode node)
    {
        var fields = node.Fields(Words.RuleKeys);
        var effect = ReadEffect(node, fields);
        if (fields.TryGetValue("demand", out var demand) && effect is Effect.Forbid)
            demand.Report("a `forbid` demands nothing", "Leave `demand` out, or use `require`");
        if (!fields.ContainsKey("demand") && effect is Effect.Require)
            node.Report("a `require` without a demand does nothing", "Write `demand`, for example `{ \"mfa\": true }`");
        var context = new ConditionContext(networks);
        var conditions = new ConditionReader(catalog, context);
        return new Rule(
            ReadId(node, fields),
            effect ?? Effect.Forbid,
            fields.TryGetValue("state", out var state) ? Words.Read(state, Words.States) ?? RuleState.On : RuleState.On,
            fields.TryGetValue("when", out var when) ? conditions.Read(when, mayBeEmpty: true) : new AllOf([]),
            demand.Path is null ? Demands.None : DemandReader.Read(demand)) { Since = fields.TryGetValue("since", out var since) ? ReadDate(since) : null, Needs = context.ToNeeds() };
    }

    private static Effect? ReadEffect(DocumentNode node, Dictionary<string, DocumentNode> fields)
    {
        if (fields.TryGetValue("effect", out var effect))
            return Words.Read(effect, Words.Effects);
        node.Report("`effect` is missing", "Write `permit`, `require` or `forbid`");
        return null;
    }

    private static DateOnly? ReadDate(DocumentNode node)
    {
        if (!node.IsText())
            return null;
        if (DateOnly.TryParseExact(node.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return date;
        node.Report($"{DocumentNode.Quote(node.Text)} is not a date", "Write `yyyy-mm-dd`, for example `2025-01-31`");
        return null;
    }

    private string ReadId(DocumentNode node, Dictionary<string, DocumentNode> fields)
    {
        if (!fields.TryGetValue("id", out var id))
        {
            node.Report("`id` is missing", "Give the rule a short name; it appears in the audit trail");
            return "";
        }

        if (!id.IsText())
            return "";
        if (id.Text.Length > LongestId || !id.Text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.'))
            id.Report($"{DocumentNode.Quote(id.Text)} cannot be an id", $"Use letters, digits, `-`, `_` and `.`, at most {LongestId}");
        else if (!_ids.Add(id.Text))
            id.Report($"there are two rules {DocumentNode.Quote(id.Text)}", "Rename one of them");
        return id.Text;
    }
}
