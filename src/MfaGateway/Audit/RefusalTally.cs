using System.Net;
using MfaGateway.Sessions;

namespace MfaGateway.Audit;

/// <summary>What kind of refusal: those of one kind from one address become one line.</summary>
/// <param name="Action">One of <see cref="AuditActions"/>.</param>
/// <param name="Reason">The code of the refusal.</param>
/// <param name="Rule">The rule of the shield that was met; null for none.</param>
/// <param name="Refused">False when a rule only recorded the request.</param>
internal readonly record struct RefusalKind(string Action, string Reason, string? Rule, bool Refused);

/// <summary>Refusals of one kind from one address, or of one session, that have no line of their own.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Source">The address; null when there were too many to count each by itself.</param>
/// <param name="Person">Whose session it was; null for strangers.</param>
/// <param name="Reference">The reference that their callers were shown.</param>
/// <param name="Since">When the first came.</param>
/// <param name="Count">How many.</param>
internal sealed record CountedRefusals(RefusalKind Kind, IPAddress? Source, LiveSession? Person, string Reference, DateTimeOffset Since, long Count);

/// <summary>
/// Decides which refusals get a line and counts the others. Between two calls of <see cref="Take"/>, a minute, <see cref="PerSource"/> of a kind from an
/// address and <see cref="PerKind"/> of a kind are written in full; of somebody who is signed in <see cref="PerSession"/> of a kind, whatever strangers do. Memory is bounded by <see cref="MaxSources"/>.
/// </summary>
internal sealed class RefusalTally(TimeProvider time)
{
    public const int PerSource = 5;
    public const int PerKind = 100;
    public const int PerSession = 100;
    public const int MaxSources = 1_000;

    private readonly Lock _counting = new();
    private Dictionary<(RefusalKind, IPAddress?, SessionKey?), Entry> _entries = [];
    private Dictionary<RefusalKind, int> _full = [];

    /// <summary>Null when this one is to be written in full; else the reference of the line that will count it.</summary>
    /// <param name="kind">What kind.</param>
    /// <param name="source">The address.</param>
    /// <param name="person">Who is signed in; null for a stranger.</param>
    public string? Count(RefusalKind kind, IPAddress? source, LiveSession? person = null)
    {
        lock (_counting)
        {
            if (person is not null) return EntryOf(kind, source, person) is { } his && his.Full++ >= PerSession ? Add(his) : null;
            var entry = EntryOf(kind, source);
            var full = _full.GetValueOrDefault(kind);
            if (entry.Full < PerSource && full < PerKind)
            {
                entry.Full++;
                _full[kind] = full + 1;
                return null;
            }

            return Add(entry);
        }
    }

    /// <summary>Counts one that is never written in full.</summary>
    public void Add(RefusalKind kind, IPAddress? source)
    {
        lock (_counting) Add(EntryOf(kind, source));
    }

    /// <summary>What was counted since the last time. Counting begins anew.</summary>
    public IReadOnlyList<CountedRefusals> Take()
    {
        lock (_counting)
        {
            var taken = _entries;
            (_entries, _full) = ([], []);
            return [.. taken.Where(e => e.Value.Counted > 0).Select(e => new CountedRefusals(e.Key.Item1, e.Key.Item2, e.Value.Person, e.Value.Reference!, e.Value.Since, e.Value.Counted))];
        }
    }

    private string Add(Entry entry)
    {
        if (entry.Counted++ == 0) entry.Since = time.GetUtcNow();
        return entry.Reference ??= GatewayFeature.NewReference();
    }

    private Entry EntryOf(RefusalKind kind, IPAddress? source)
    {
        if (_entries.TryGetValue((kind, source, null), out var known)) return known;
        if (_entries.Count >= MaxSources)
        {
            source = null;
            if (_entries.TryGetValue((kind, null, null), out var others)) return others;
        }

        return _entries[(kind, source, null)] = new Entry();
    }

    /// <summary>Null when there is no room: nobody's name is lost in a crowd.</summary>
    private Entry? EntryOf(RefusalKind kind, IPAddress? source, LiveSession person)
    {
        if (_entries.TryGetValue((kind, source, person.Key), out var known)) return known;
        return _entries.Count >= MaxSources ? null : _entries[(kind, source, person.Key)] = new Entry { Person = person };
    }

    private sealed class Entry
    {
        public LiveSession? Person;
        public int Full;
        public long Counted;
        public string? Reference;
        public DateTimeOffset Since;
    }
}
