using System.Runtime.InteropServices;
using MfaGateway.Policy;

namespace MfaGateway.Host.PolicyVerbs.Replay;

/// <summary>What came out of lines. Grows with the people and rules that are affected, not with the lines; two can be added in any order.</summary>
internal sealed class ReplayTally
{
    /// <summary>How many lines that cannot be read are named; the others are counted.</summary>
    public const int MostNamed = 10;

    private readonly Dictionary<Change, Occurrences> _changes = [];
    private readonly Dictionary<string, Occurrences> _notJudged = new(StringComparer.Ordinal);
    private readonly List<UnreadableLine> _unreadable = [];

    public long Lines { get; private set; }

    /// <summary>Lines of something else: sign-ins, refused attacks.</summary>
    public long NotDecisions { get; private set; }

    public long Same { get; private set; }

    public long Different => _changes.Values.Sum(found => found.Count);

    public long NotJudged => _notJudged.Values.Sum(found => found.Count);

    public long Unreadable { get; private set; }

    /// <summary>Nothing would change, and that is certain: something was compared, and everything could be.</summary>
    public bool IsClean => Same > 0 && Different + NotJudged + Unreadable == 0;

    public IEnumerable<KeyValuePair<Change, Occurrences>> Changes => _changes;

    /// <summary>Why decisions could not be made again.</summary>
    public IEnumerable<KeyValuePair<string, Occurrences>> Obstacles => _notJudged.OrderByDescending(pair => pair.Value.Count).ThenBy(pair => pair.Key, StringComparer.Ordinal);

    /// <summary>The first lines that could not be read.</summary>
    public IEnumerable<UnreadableLine> UnreadableLines => _unreadable.OrderBy(line => line.At).Take(MostNamed);

    public void NoteLine() => Lines++;

    public void NoteOther() => NotDecisions++;

    public void NoteNotJudged(string why, LinePlace at, string reference) => Note(_notJudged, why, new Occurrences(1, at, reference));

    public void NoteUnreadable(LinePlace at, string problem)
    {
        Unreadable++;
        _unreadable.Add(new UnreadableLine(at, problem));
        Trim();
    }

    public void NoteDecision(DecisionKind was, PolicyDecision now, string user, LinePlace at, string reference)
    {
        if (was == now.Kind)
            Same++;
        else
            Note(_changes, new Change(was, now, user), new Occurrences(1, at, reference));
    }

    public void Add(ReplayTally other)
    {
        Lines += other.Lines;
        NotDecisions += other.NotDecisions;
        Same += other.Same;
        Unreadable += other.Unreadable;
        foreach (var (change, found) in other._changes)
            Note(_changes, change, found);
        foreach (var (why, found) in other._notJudged)
            Note(_notJudged, why, found);
        _unreadable.AddRange(other._unreadable);
        Trim();
    }

    private void Trim()
    {
        if (_unreadable.Count <= 2 * MostNamed)
            return;
        _unreadable.Sort((one, two) => one.At.CompareTo(two.At));
        _unreadable.RemoveRange(MostNamed, _unreadable.Count - MostNamed);
    }

    private static void Note<TKey>(Dictionary<TKey, Occurrences> all, TKey key, Occurrences found)
        where TKey : notnull
    {
        ref var kept = ref CollectionsMarshal.GetValueRefOrAddDefault(all, key, out var exists);
        kept = exists ? kept.And(found) : found;
    }
}

/// <summary>One person gets another answer.</summary>
/// <param name="Was">The answer before.</param>
/// <param name="Now">The answer now.</param>
/// <param name="User">The person; empty for nobody.</param>
internal readonly record struct Change(DecisionKind Was, PolicyDecision Now, string User);

/// <summary>How often something was found.</summary>
/// <param name="Count">How often.</param>
/// <param name="First">Where first.</param>
/// <param name="Reference">The reference of that line.</param>
internal readonly record struct Occurrences(long Count, LinePlace First, string Reference)
{
    public Occurrences And(Occurrences other) => (First.CompareTo(other.First) <= 0 ? this : other) with { Count = Count + other.Count };
}

/// <summary>A line of a file.</summary>
/// <param name="File">Which file, in the order they were named.</param>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Offset">Where in the file it begins, in bytes.</param>
internal readonly record struct LinePlace(int File, int Line, long Offset) : IComparable<LinePlace>
{
    public int CompareTo(LinePlace other) => (File, Line).CompareTo((other.File, other.Line));
}

/// <summary>A line that cannot be read.</summary>
/// <param name="At">Where it is.</param>
/// <param name="Problem">What is wrong with it.</param>
internal sealed record UnreadableLine(LinePlace At, string Problem);
