using System.Collections.Concurrent;
using MfaGateway.Configuration;
using MfaGateway.Sessions;

namespace MfaGateway.Recheck;

/// <summary>How a session stands when it is time to ask about its user.</summary>
internal enum Standing
{
    /// <summary>The provider vouches for the user.</summary>
    Confirmed,

    /// <summary>The provider has not answered yet, and the session may go on for a while.</summary>
    Unconfirmed,

    /// <summary>There is nothing to ask with; the next page leads to the provider, and scripts may go on for a while.</summary>
    SignInAgain,

    /// <summary>The same, and the while is over.</summary>
    SignInFirst,

    /// <summary>The provider does not answer, and the while is over.</summary>
    Unanswered,

    /// <summary>The session is no more.</summary>
    Ended,
}

/// <summary>
/// Asks providers again about people who are signed in. However many requests of a session wait, on this node one question serves them all, and a claim in
/// the store keeps the other nodes from putting it too. It goes on when those who wait for it have left: its answer may hold the only token that still works.
/// </summary>
internal sealed class UserRecheck(SessionRegistry sessions, RecheckAttempt attempt, ProviderOutages outages, GatewaySettings settings, TimeProvider time)
{
    /// <summary>How long a request waits for a question. A provider that is slow must not be noticed.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan _lookEvery = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<SessionKey, Lazy<Task>> _running = new();

    /// <summary>Questions under way on this node.</summary>
    public IReadOnlyCollection<Task> Running => [.. _running.Values.Select(check => check.Value)];

    /// <summary>Whether it is time to ask about the user of a session.</summary>
    public bool IsDue(LiveSession session) => attempt.IsDue(session.Facts);

    /// <summary>Asks, or waits for a question under way, and says how the session stands then.</summary>
    public async Task<Standing> CheckAsync(LiveSession session, CancellationToken cancellationToken)
    {
        if (BeginAsync(session) is { } check && !(outages.IsAway(session.Facts.Provider) && IsInGrace(session.Facts)))
        {
            try
            {
                await check.WaitAsync(Patience, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // the question goes on
            }
        }

        return StandingOf(session);
    }

    /// <summary>The question about a session's user, under way from now on; null when there is none to put now.</summary>
    public Task? BeginAsync(LiveSession session)
    {
        if (_running.TryGetValue(session.Key, out var running)) return running.Value;
        if (!HasToken(session) || !outages.MayAsk(session.Facts.Provider)) return null;
        return _running.GetOrAdd(session.Key, _ => new Lazy<Task>(() => Task.Run(() => RunAsync(session)))).Value;
    }

    private async Task RunAsync(LiveSession session)
    {
        try
        {
            while (IsDue(session) && HasToken(session) && !session.Ended.IsCancellationRequested && !await attempt.TryAsync(session))
            {
                await Task.Delay(_lookEvery, time); // another node is asking
                await sessions.RereadAsync(session, CancellationToken.None);
            }
        }
        finally
        {
            _running.TryRemove(session.Key, out _);
        }
    }

    private Standing StandingOf(LiveSession session)
    {
        if (session.Ended.IsCancellationRequested) return Standing.Ended;
        var facts = session.Facts;
        if (!attempt.IsDue(facts)) return Standing.Confirmed;
        return (HasToken(session), IsInGrace(facts)) switch
        {
            (true, true) => Standing.Unconfirmed,
            (true, false) => Standing.Unanswered,
            (false, true) => Standing.SignInAgain,
            (false, false) => Standing.SignInFirst,
        };
    }

    private bool IsInGrace(GatewaySession facts)
    {
        var options = settings.Current.Sessions.Recheck;
        return time.GetUtcNow() - facts.ConfirmedAt < options.Every + options.Grace;
    }

    private static bool HasToken(LiveSession session) => session.Facts.Recheck?.RefreshToken is not null;
}
