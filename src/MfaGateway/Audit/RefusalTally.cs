using System.Net;
using MfaGateway.Sessions;

namespace MfaGateway.Audit;

/// <summary>What kind of refusal: those of one kind from one address become one line.</summary>
/// <param name="Action">One of <see cref="AuditActions"/>.</param>
/// <param name="Reason">The code of the refusal.</param>
/// <param name="Rule">The rule of the shield that was met; null for none.</param>
/// <param name="Refused">False when a rule only recorded the request.</param>
internal readonly record struct RefusalKind(string Action, string Reason, string? Rule, bool Refused)
{
    /// <summary>An attack that no rule of the shield is about.</summary>
    public static RefusalKind Attack(string reason) => new(AuditActions.AttackRefused, reason, Rule: null, Refused: true);
}

/// <summary>Refusals of one kind, from one address or of one person, that have no line of their own.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Source">The address; null when there were several, or too many to count each by itself.</param>
/// <param name="Person">A session of the person; null for strangers.</param>
/// <param name="Reference">The reference that their callers were shown.</param>
/// <param name="Since">When the first came.</param>
/// <param name="Count">How many.</param>
internal sealed record CountedRefusals(RefusalKind Kind, IPAddress? Source, LiveSession? Person, string Reference, DateTimeOffset Since, long Count);

/// <summary>
/// Decides which refusals get a line and counts the others. Between two calls of <see cref="Take"/>, a minute, <see cref="PerSource"/> of a kind from an
/// address and <see cref="PerKind"/> of a kind are written in full; of somebody who is signed in <see cref="PerPerson"/> of a kind, whatever strangers do. Memory is bounded by
/// <see cref="MaxSources"/> and <see cref="MaxPeople"/>.
/// </summary>
internal sealed class RefusalTally(TimeProvider time)
{
    public const int PerSource = 5;
    public const int PerKind = 100;
    public const int PerPerson = 100;
    public const int MaxSources = 1_000;
    public const int MaxPeople = 10_000;

    private readonly Lock _counting = new();
    private Dictionary<(RefusalKind Kind, IPAddress? Source), Entry> _entries = [];
    private Dictionary<(RefusalKind Kind, string Owner), Entry> _people = [];
    private Dictionary<RefusalKind, int> _full = [];

    /// <summary>Null when this one is to be written in full; else the reference of the line that will count it.</summary>
    /// <param name="kind">What kind.</param>
    /// <param name="source">The address.</param>
    /// <param name="person">Who is signed in; null for a stranger.</param>
    public string? Count(RefusalKind kind, IPAddress? source, LiveSession? person = null)
    {
        lock (_counting)
        {
            if (person is not null) return CountPerson(kind, source, person);
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
            var all = _people.Values.Concat(_entries.Values);
            (_entries, _people, _full) = ([], [], []);
            return [.. all.Where(e => e.Counted > 0).Select(e => new CountedRefusals(e.Kind, e.Source, e.Person, e.Reference!, e.Since, e.Counted))];
        }
    }

    /// <summary>By the person, not by session or address, of which one can have many.</summary>
    private string? CountPerson(RefusalKind kind, IPAddress? source, LiveSession person)
    {
        if (!_people.TryGetValue((kind, person.Owner), out var his))
        {
            if (_people.Count >= MaxPeople) return Add(EntryOf(kind, null)); // more people than can be told apart: only an attack by hundreds of them
            his = _people[(kind, person.Owner)] = new Entry(kind) { Person = person, Source = source };
        }

        if (!Equals(his.Source, source)) his.Source = null;
        return his.Full++ < PerPerson ? null : Add(his);
    }

    private string Add(Entry entry)
    {
        if (entry.Counted++ == 0) entry.Since = time.GetUtcNow();
        return entry.Reference ??= GatewayFeature.NewReference();
    }

    private Entry EntryOf(RefusalKind kind, IPAddress? source)
    {
        if (_entries.TryGetValue((kind, source), out var known)) return known;
        if (_entries.Count >= MaxSources)
        {
            source = null;
            if (_entries.TryGetValue((kind, null), out var others)) return others;
        }

        return _entries[(kind, source)] = new Entry(kind) { Source = source };
    }

    private sealed class Entry(RefusalKind kind)
    {
        public RefusalKind Kind => kind;
        public LiveSession? Person;
        public IPAddress? Source;
        public int Full;
        public long Counted;
        public string? Reference;
        public DateTimeOffset Since;
    }
}
