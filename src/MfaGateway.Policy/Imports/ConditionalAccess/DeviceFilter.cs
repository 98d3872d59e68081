using System.Text.Json.Nodes;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Imports.ConditionalAccess;

/// <summary>The device filter of a policy, as far as the gateway knows devices: <c>device.isCompliant</c>, and <c>device.trustType</c> of
/// hybrid joined devices where the operator says that these are the managed ones.</summary>
internal sealed class DeviceFilter(ConditionalAccessImportOptions options)
{
    private const string Known =
        "Known: `device.isCompliant -eq True`, with --hybrid-joined-is-managed `device.trustType -eq \"ServerAD\"`, joined by -and, -or, -not";

    public void Translate(DocumentNode node, PolicyDraft draft)
    {
        var devices = new GraphObject(node, ["deviceFilter"], "includeDevices", "excludeDevices", "includeDeviceStates", "excludeDeviceStates");
        if (devices["deviceFilter"] is not { } filterNode)
            return;
        var filter = new GraphObject(filterNode, ["mode", "rule"]);
        if (filter.Text("rule") is not { } rule || filter.Text("mode") is not { } mode)
        {
            filterNode.Report("the filter needs `mode` and `rule`", "Export the policies again");
            return;
        }

        var expression = new DeviceExpression(rule.Text, options.ManagedMeansHybridJoined);
        if (expression.Parse() is not { } block)
            rule.Report($"{DocumentNode.Quote(expression.Offending)} of the device filter cannot be judged here", Known);
        else if (mode.Text == "include")
            draft.When.Include(block);
        else if (mode.Text == "exclude")
            draft.When.Exclude(block);
        else
            mode.Report($"unknown mode {DocumentNode.Quote(mode.Text)}", "Known: `include`, `exclude`");
    }
}

/// <summary>A filter rule: comparisons joined by <c>-or</c> and, binding closer, <c>-and</c> and <c>-not</c>, with parentheses.</summary>
internal sealed class DeviceExpression(string rule, bool managedMeansHybridJoined)
{
    private const int Deepest = 20;

    private readonly Queue<string> _words = new(Split(rule));
    private int _depth;

    /// <summary>The word at which reading stopped.</summary>
    public string Offending { get; private set; } = rule;

    /// <summary>The conditions; null when the rule speaks of anything else.</summary>
    public JsonObject? Parse() => ReadAny() is { } block && _words.Count == 0 ? block : Fail<JsonObject>();

    private JsonObject? ReadAny() => ReadJoined("or", ReadAll, Blocks.Any);

    private JsonObject? ReadAll() => ReadJoined("and", ReadOne, Blocks.All);

    private JsonObject? ReadJoined(string joint, Func<JsonObject?> read, Func<IReadOnlyList<JsonObject>, JsonObject> join)
    {
        var blocks = new List<JsonObject>();
        do
        {
            if (read() is not { } block)
                return null;
            blocks.Add(block);
        }
        while (Take(joint));
        return join(blocks);
    }

    private JsonObject? ReadOne()
    {
        if (++_depth > Deepest)
            return Fail<JsonObject>();
        var block = Take("not") ? ReadDenied() : _words.TryPeek(out var word) && word == "(" ? ReadGroup() : ReadComparison();
        _depth--;
        return block;
    }

    private JsonObject? ReadDenied() => ReadOne() is { } block ? Blocks.Not(block) : null;

    private JsonObject? ReadGroup()
    {
        _words.Dequeue();
        return ReadAny() is { } block && _words.TryDequeue(out var close) && close == ")" ? block : Fail<JsonObject>();
    }

    private JsonObject? ReadComparison()
    {
        if (_words.Count < 3)
            return Fail<JsonObject>();
        Offending = string.Join(' ', _words.Take(3));
        var (attribute, comparison, value) = (_words.Dequeue(), _words.Dequeue().TrimStart('-'), _words.Dequeue());
        var state = (attribute.ToUpperInvariant(), value.ToUpperInvariant()) switch
        {
            ("DEVICE.ISCOMPLIANT", "TRUE" or "\"TRUE\"") => ("compliant", true),
            ("DEVICE.ISCOMPLIANT", "FALSE" or "\"FALSE\"") => ("compliant", false),
            ("DEVICE.TRUSTTYPE", "\"SERVERAD\"") when managedMeansHybridJoined => ("managed", true),
            _ => ("", false),
        };
        bool? same = comparison.ToUpperInvariant() switch { "EQ" => true, "NE" => false, _ => null };
        if (state.Item1.Length == 0 || same is null)
            return null;
        var block = Blocks.Of("device", state.Item1);
        return same == state.Item2 ? block : Blocks.Not(block);
    }

    private bool Take(string joint)
    {
        if (!_words.TryPeek(out var word) || !word.TrimStart('-').Equals(joint, StringComparison.OrdinalIgnoreCase))
            return false;
        _words.Dequeue();
        return true;
    }

    private T? Fail<T>()
        where T : class
    {
        if (_words.Count > 0)
            Offending = _words.Peek();
        return null;
    }

    private static string[] Split(string rule) =>
        rule.Replace("(", " ( ", StringComparison.Ordinal).Replace(")", " ) ", StringComparison.Ordinal)
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
