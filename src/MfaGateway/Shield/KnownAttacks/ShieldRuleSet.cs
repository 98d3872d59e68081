using System.Buffers;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Shield.KnownAttacks;

/// <summary>The rules in force. A request that meets none, which is nearly every one, costs one pass over its target and no memory.</summary>
internal sealed class ShieldRuleSet
{
    private readonly ShieldRule[] _byTarget;
    private readonly ShieldRule[] _byOthers;
    private readonly Regex? _anyTarget;

    /// <param name="rules">All rules, with the modes that hold.</param>
    public ShieldRuleSet(IReadOnlyList<ShieldRule> rules)
    {
        All = rules;
        ShieldRule[] active = [.. rules.Where(rule => rule.Mode is not ShieldRuleMode.Off).OrderBy(rule => rule.Mode)]; // one that refuses before one that only records
        _byTarget = [.. active.Where(rule => rule.Target.Length > 0)];
        _byOthers = [.. active.Where(rule => rule.Target.Length == 0)];
        if (_byTarget.Length > 0) _anyTarget = ShieldRuleCompiler.Pattern(string.Join('|', _byTarget.Select(rule => $"(?:{rule.Target[0]})")));
    }

    /// <summary>Every rule, those that are off too.</summary>
    public IReadOnlyList<ShieldRule> All { get; }

    /// <summary>The rule that a request meets; null for none. One that refuses comes before one that only records.</summary>
    public ShieldRule? Find(HttpRequest request, CanonicalTarget target)
    {
        if (_anyTarget is null && _byOthers.Length == 0) return null;
        if (target.Query.Length == 0) return Find(request, target.Path);
        var buffer = ArrayPool<char>.Shared.Rent(target.Path.Length + target.Query.Length);
        try
        {
            target.Path.CopyTo(buffer);
            var query = DecodedText.Decode(target.Query, buffer.AsSpan(target.Path.Length), plusIsSpace: true);
            return Find(request, buffer.AsSpan(0, target.Path.Length + query));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private ShieldRule? Find(HttpRequest request, ReadOnlySpan<char> target)
    {
        var found = _anyTarget is not null && _anyTarget.IsMatch(target) ? First(_byTarget, request, target) : null;
        if (found is { Mode: ShieldRuleMode.Block } || _byOthers.Length == 0) return found;
        var other = First(_byOthers, request, target);
        return other is { Mode: ShieldRuleMode.Block } ? other : found ?? other;
    }

    private static ShieldRule? First(ShieldRule[] rules, HttpRequest request, ReadOnlySpan<char> target)
    {
        foreach (var rule in rules)
        {
            if (rule.Matches(request, target)) return rule;
        }

        return null;
    }
}
