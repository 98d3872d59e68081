using System.ComponentModel.DataAnnotations;

namespace MfaGateway.Shield;

/// <summary>What is refused whoever asks. Section <c>Gateway:Shield</c>.</summary>
public sealed class ShieldOptions
{
    /// <summary>The rules against known attacks.</summary>
    public ShieldRuleOptions Rules { get; set; } = new();
}

/// <summary>Rules against known attacks on Exchange. Section <c>Gateway:Shield:Rules</c>. Read again when the configuration or one of the files changes.</summary>
public sealed class ShieldRuleOptions
{
    /// <summary><c>Block</c> refuses what a rule matches, unless the rule says otherwise of itself; <c>Log</c> only records it, whatever the rules say; <c>Off</c>
    /// does not look. Default <c>Block</c>.</summary>
    [Required]
    public string Mode { get; set; } = "Block";

    /// <summary>Use the rules that come with the gateway. False: only those of <c>Files</c>. Default true.</summary>
    public bool Shipped { get; set; } = true;

    /// <summary>Further rules, relative to the configuration file: <c>.jsonl</c> with a rule on each line, or <c>.json</c> with <c>{ "rules": [ … ] }</c>. A bad file
    /// keeps the rules in force. Default none.</summary>
    public IList<string> Files { get; init; } = [];

    /// <summary><c>Block</c>, <c>Log</c> or <c>Off</c> for single rules by their id, instead of what the rule says of itself. Default none.</summary>
    public Dictionary<string, string> Modes { get; init; } = new(StringComparer.OrdinalIgnoreCase);
}
