namespace MfaGateway.SignOn.Kerberos;

/// <summary>Whose ticket for what.</summary>
internal readonly record struct TicketKey(string User, string ServicePrincipalName);

/// <summary>What is known of a user: a ticket and how long it is used, or a refusal and how long it stands.</summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="Failure">Why there is none.</param>
/// <param name="At">When it was learnt.</param>
/// <param name="Until">How long it counts.</param>
internal sealed record KnownTicket(IUserTicket? Ticket, SignOnFailure? Failure, DateTimeOffset At, DateTimeOffset Until)
{
    /// <summary>Time before the end of a ticket in which it is no longer used: clocks differ by up to five minutes, and requests travel.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromMinutes(5);

    /// <summary>How long a refusal stands, so that a page with thirty requests asks a domain controller once.</summary>
    private static readonly TimeSpan _refusalStands = TimeSpan.FromSeconds(5);

    /// <summary>How long a ticket that could not be renewed is used before the next attempt.</summary>
    private static readonly TimeSpan _tryAgain = TimeSpan.FromSeconds(30);

    /// <summary>The last moment at which the ticket may be used, whatever happens.</summary>
    public DateTimeOffset End { get; private init; }

    /// <summary>A good moment to renew, before anybody has to wait for it.</summary>
    public DateTimeOffset Renew { get; private init; }

    public static KnownTicket Granted(IUserTicket ticket, DateTimeOffset now, TimeSpan use)
    {
        var life = ticket.Expires - now;
        var end = now + (life > 4 * _margin ? life - _margin : life * 0.75);
        var until = Earlier(end, now + use);
        return new KnownTicket(ticket, null, now, until) { End = end, Renew = now + ((until - now) * 0.8) };
    }

    /// <summary>An outage is over when it is over; other refusals stand for a while.</summary>
    public static KnownTicket Refused(SignOnFailure failure, DateTimeOffset now) => new(null, failure, now, failure.IsOutage ? now : now + _refusalStands);

    /// <summary>No domain controller answers: better the ticket that is still good than none.</summary>
    public KnownTicket KeptOn(DateTimeOffset now)
    {
        var next = Earlier(now + _tryAgain, End);
        return this with { Until = next > Until ? next : Until, Renew = next };
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}

/// <summary>Tickets by user and service: bounded, least recently used first out, and one attempt at a time for each.</summary>
internal sealed class TicketCache(TimeProvider time)
{
    /// <summary>A ticket this young was renewed already by another request that was refused at the same time.</summary>
    private static readonly TimeSpan _young = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<TicketKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];

    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>What is known, or the attempt to learn it; both when a good ticket is being renewed or an old one may have to do.</summary>
    /// <param name="key">Whose, for what.</param>
    /// <param name="capacity">How many to keep; attempts under way may come on top, of which there are only so many.</param>
    /// <param name="obtain">Begins an attempt; it must return at once. The task never fails.</param>
    public (KnownTicket? Known, Task<KnownTicket>? Attempt) Find(TicketKey key, int capacity, Func<KnownTicket?, Task<KnownTicket>> obtain)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var entry = Touch(key, capacity);
            if (entry.Known is { } known && now < known.Until)
            {
                if (known.Ticket is not null && now >= known.Renew) entry.Attempt ??= BeginAsync(entry, obtain);
                return (known, null);
            }

            entry.Attempt ??= BeginAsync(entry, obtain);
            return (entry.Known is { Ticket: not null } old && now < old.End ? old : null, entry.Attempt);
        }
    }

    /// <summary>Forgets a ticket that a server refused, unless it is younger than that refusal can be.</summary>
    public void Drop(TicketKey key)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var node) && node.Value.Known is { Ticket: { } ticket } known && time.GetUtcNow() - known.At >= _young) Forget(node.Value, ticket);
        }
    }

    /// <summary>Forgets a ticket that turned out to be given up.</summary>
    public void Drop(TicketKey key, IUserTicket ticket)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var node) && ReferenceEquals(node.Value.Known?.Ticket, ticket)) Forget(node.Value, ticket);
        }
    }

    /// <summary>Notes that nobody has to wait for a new ticket for a while: the old one does.</summary>
    public void Keep(TicketKey key, KnownTicket old)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var node) && ReferenceEquals(node.Value.Known, old)) node.Value.Known = old.KeptOn(time.GetUtcNow());
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            for (var node = _byUse.First; node is not null; node = _byUse.First) Remove(node);
        }
    }

    private Entry Touch(TicketKey key, int capacity)
    {
        if (_entries.TryGetValue(key, out var node))
        {
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value;
        }

        for (var last = _byUse.Last; last is not null && _entries.Count >= capacity;)
        {
            var before = last.Previous;
            if (last.Value.Attempt is null) Remove(last); // an attempt under way is somebody's who waits
            last = before;
        }

        return (_entries[key] = _byUse.AddFirst(new Entry(key))).Value;
    }

    private Task<KnownTicket> BeginAsync(Entry entry, Func<KnownTicket?, Task<KnownTicket>> obtain)
    {
        var old = entry.Known is { Ticket: not null } known ? known : null;
        return FinishAsync(entry, old, obtain(old));
    }

    private async Task<KnownTicket> FinishAsync(Entry entry, KnownTicket? old, Task<KnownTicket> attempt)
    {
        KnownTicket? known = null;
        try
        {
            await Task.Yield(); // an attempt that is over at once must not finish before it is noted
            return known = await attempt;
        }
        finally
        {
            lock (_lock)
            {
                entry.Attempt = null;
                if (old?.Ticket is { } replaced && !ReferenceEquals(replaced, known?.Ticket)) replaced.Dispose();
                entry.Known = known;
            }
        }
    }

    private static void Forget(Entry entry, IUserTicket ticket)
    {
        entry.Known = null;
        ticket.Dispose();
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Key);
        node.Value.Known?.Ticket?.Dispose();
    }

    private sealed class Entry(TicketKey key)
    {
        public TicketKey Key => key;
        public KnownTicket? Known { get; set; }
        public Task<KnownTicket>? Attempt { get; set; }
    }
}
