using Microsoft.Extensions.Logging;

namespace MfaGateway.Sessions;

/// <summary>
/// Makes one exception of everything a store can throw, and says in the log when it begins to fail and when that is over: once each, for a store that is away
/// and for one that can be read but takes no changes (a full disk, too few replicas). Otherwise every request that only reads would be the end of it.
/// What began before the last such line is no news, however it ends: it tells of the time before.
/// </summary>
internal sealed class StoreHealth(ISessionStore store, ILogger logger)
{
    private static readonly SessionKey _nobody = new("probe");

    private readonly Trouble _away = new();
    private readonly Trouble _readOnly = new();

    /// <summary>It answers, but takes no changes.</summary>
    public bool IsReadOnly => _readOnly.Is && !_away.Is;

    /// <summary>Asks the store.</summary>
    /// <exception cref="SessionStoreException">It does not answer.</exception>
    public async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        var away = _away.Turns;
        try
        {
            var answer = await read();
            if (_away.Ends(away)) logger.StoreBack();
            return answer;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (_away.Begins(away)) logger.StoreDown(e);
            throw new SessionStoreException(e);
        }
    }

    /// <summary>Changes something in the store.</summary>
    /// <exception cref="SessionStoreException">It is not changed, as far as one knows.</exception>
    public async Task<T> WriteAsync<T>(Func<Task<T>> write)
    {
        var (away, readOnly) = (_away.Turns, _readOnly.Turns);
        try
        {
            var answer = await write();
            if (_away.Ends(away)) logger.StoreBack();
            if (_readOnly.Ends(readOnly)) logger.StoreTakesChangesAgain();
            return answer;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // that it answers now says something of the write only if it has answered all the time
            if (!_away.Is && await AnswersAsync() && _away.Turns == away && _readOnly.Begins(readOnly)) logger.StoreTakesNoChanges(e);
            throw new SessionStoreException(e);
        }
    }

    /// <summary>Whether it answers; said in the log when that has changed.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await ReadAsync(() => store.FindAsync(_nobody, cancellationToken));
            return true;
        }
        catch (SessionStoreException)
        {
            return false;
        }
    }

    /// <summary>Tries a change while the store takes none, so that the end of it is noticed without a request.</summary>
    public async Task TryAgainAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (IsReadOnly) await WriteAsync(() => store.ClaimAsync("probe", TimeSpan.FromMilliseconds(1), now, cancellationToken));
    }

    /// <summary>Begins and ends by turns; the number of turns says which it is.</summary>
    private sealed class Trouble
    {
        private int _turns;

        public int Turns => Volatile.Read(ref _turns);

        public bool Is => IsIn(Turns);

        /// <summary>True for the first that saw it as it was before and failed.</summary>
        public bool Begins(int seen) => !IsIn(seen) && Turn(seen);

        /// <summary>True for the first that saw it begun and succeeded.</summary>
        public bool Ends(int seen) => IsIn(seen) && Turn(seen);

        private static bool IsIn(int turns) => (turns & 1) == 1;

        private bool Turn(int seen) => Interlocked.CompareExchange(ref _turns, seen + 1, seen) == seen;
    }
}

/// <summary>The session store does not do what it was asked; the caller gets 503.</summary>
internal sealed class SessionStoreException(Exception cause) : Exception("The session store does not answer.", cause);
