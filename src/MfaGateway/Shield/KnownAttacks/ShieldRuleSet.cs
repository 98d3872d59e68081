using System.Buffers;
using System.Text.RegularExpressions;
using MfaGateway.Exchange;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Shield.KnownAttacks;

/// <summary>The rules in force. A request that meets none, which is nearly every one, costs one pass over its target and no memory.</summary>
internal sealed class ShieldRuleSet
{
    private readonly Applicable _toGet;
    private readonly Applicable _toHead;
    private readonly Applicable _toPost;
    private readonly Applicable _toAny;

    /// <param name="rules">All rules, with the modes that hold.</param>
    public ShieldRuleSet(IReadOnlyList<ShieldRule> rules)
    {
        All = rules;
        ShieldRule[] active = [.. rules.Where(rule => rule.Mode is not ShieldRuleMode.Off).OrderBy(rule => rule.Mode)]; // one that refuses before one that only records
        _toAny = new Applicable(active);
        (_toGet, _toHead, _toPost) = (For(HttpMethods.Get), For(HttpMethods.Head), For(HttpMethods.Post));

        Applicable For(string method) => Array.TrueForAll(active, rule => rule.AppliesTo(method)) ? _toAny : new([.. active.Where(rule => rule.AppliesTo(method))]);
    }

    /// <summary>Every rule, those that are off too.</summary>
    public IReadOnlyList<ShieldRule> All { get; }

    /// <summary>The rule that a request meets; null for none. One that refuses comes before one that only records.</summary>
    public ShieldRule? Find(HttpRequest request, CanonicalTarget target)
    {
        var rules = PublishedPaths.VerbOf(request.Method) switch { Verbs.Get => _toGet, Verbs.Head => _toHead, Verbs.Post => _toPost, _ => _toAny };
        if (rules.IsEmpty) return null;
        if (target.Query.Length == 0) return rules.Find(request, target.Path);
        var buffer = ArrayPool<char>.Shared.Rent(target.Path.Length + target.Query.Length);
        try
        {
            target.Path.CopyTo(buffer);
            var query = DecodedText.Decode(target.Query, buffer.AsSpan(target.Path.Length), plusIsSpace: true);
            return rules.Find(request, buffer.AsSpan(0, target.Path.Length + query));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    /// <summary>The rules that a verb can meet: those against posts would otherwise have to be tried for every script and style that is read.</summary>
    private sealed class Applicable
    {
        private readonly ShieldRule[] _byTarget;
        private readonly ShieldRule[] _byOthers;
        private readonly Regex? _anyTarget;

        public Applicable(ShieldRule[] rules)
        {
            _byTarget = [.. rules.Where(rule => rule.Target.Length > 0)];
            _byOthers = [.. rules.Where(rule => rule.Target.Length == 0)];
            if (_byTarget.Length > 0) _anyTarget = ShieldRuleCompiler.Pattern(string.Join('|', _byTarget.Select(rule => $"(?:{rule.Target[0]})")));
        }

        public bool IsEmpty => _anyTarget is null && _byOthers.Length == 0;

        public ShieldRule? Find(HttpRequest request, ReadOnlySpan<char> target)
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
}
