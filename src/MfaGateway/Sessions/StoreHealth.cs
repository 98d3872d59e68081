using Microsoft.Extensions.Logging;

namespace MfaGateway.Sessions;

/// <summary>
/// Makes one exception of everything a store can throw, and says in the log when it begins to fail and when that is over: once each, for a store that is away
/// and for one that can be read but takes no changes (a full disk, too few replicas). Otherwise every request that only reads would be the end of it.
/// </summary>
internal sealed class StoreHealth(ISessionStore store, ILogger logger)
{
    private static readonly SessionKey _nobody = new("probe");

    private int _away;
    private int _readOnly;

    /// <summary>It answers, but takes no changes.</summary>
    public bool IsReadOnly => Volatile.Read(ref _readOnly) == 1 && Volatile.Read(ref _away) == 0;

    /// <summary>Asks the store.</summary>
    /// <exception cref="SessionStoreException">It does not answer.</exception>
    public async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        try
        {
            var answer = await read();
            IsBack();
            return answer;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (Interlocked.Exchange(ref _away, 1) == 0) logger.StoreDown(e);
            throw new SessionStoreException(e);
        }
    }

    /// <summary>Changes something in the store.</summary>
    /// <exception cref="SessionStoreException">It is not changed, as far as one knows.</exception>
    public async Task<T> WriteAsync<T>(Func<Task<T>> write)
    {
        try
        {
            var answer = await write();
            IsBack();
            if (Volatile.Read(ref _readOnly) == 1 && Interlocked.Exchange(ref _readOnly, 0) == 1) logger.StoreTakesChangesAgain();
            return answer;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (Volatile.Read(ref _away) == 0 && await AnswersAsync() && Interlocked.Exchange(ref _readOnly, 1) == 0) logger.StoreTakesNoChanges(e);
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

    private void IsBack()
    {
        if (Volatile.Read(ref _away) == 1 && Interlocked.Exchange(ref _away, 0) == 1) logger.StoreBack();
    }
}

/// <summary>The session store does not do what it was asked; the caller gets 503.</summary>
internal sealed class SessionStoreException(Exception cause) : Exception("The session store does not answer.", cause);
