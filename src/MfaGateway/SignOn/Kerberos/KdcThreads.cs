using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MfaGateway.SignOn.Kerberos;

/// <summary>The threads that talk to domain controllers. The library blocks for up to 25 seconds when one accepts a connection and stays silent, and cannot be
/// interrupted; so it never runs on a thread of the pool, there are only so many threads, only so many may wait for one, and who waits gives up by his own clock.</summary>
internal sealed class KdcThreads : IDisposable
{
#pragma warning disable CA2213 // threads still wait in it, or come back to it; it holds nothing but memory
    private readonly BlockingCollection<Job> _queue;
#pragma warning restore CA2213
    private readonly Func<IDelegation> _open;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public KdcThreads(int workers, int queue, Func<IDelegation> open, TimeProvider time, ILogger logger)
    {
        _queue = new BlockingCollection<Job>(queue);
        (_open, _time, _logger) = (open, time, logger);
        for (var n = 1; n <= workers; n++) new Thread(Work) { IsBackground = true, Name = $"Kerberos {n}" }.Start();
    }

    /// <summary>Asks for a ticket; a queue that is full is answered at once.</summary>
    /// <param name="user">UPN or name@REALM.</param>
    /// <param name="servicePrincipalName">HTTP/mail.contoso.com.</param>
    /// <param name="patience">After this time in the queue nobody waits for the answer any more.</param>
    public Task<Delegated> ObtainAsync(string user, string servicePrincipalName, TimeSpan patience)
    {
        var job = new Job(user, servicePrincipalName, patience, _time.GetTimestamp());
        if (!_queue.IsAddingCompleted && _queue.TryAdd(job)) return job.Answer.Task;
        return Task.FromResult<Delegated>(new Delegated.Refused(SignOnFailure.QueueFull, "too many wait for domain controllers"));
    }

    /// <summary>Ends threads that are idle now, and others once they come back. It does not wait for them, nor take their queue away: one may hang.</summary>
    public void Dispose() => _queue.CompleteAdding();

    private void Work()
    {
        IDelegation? delegation = null;
        foreach (var job in _queue.GetConsumingEnumerable())
        {
            if (_time.GetElapsedTime(job.Queued) > job.Patience) job.Answer.SetResult(new Delegated.Refused(SignOnFailure.KdcSlow, "no thread was free in time"));
            else job.Answer.SetResult(Obtain(ref delegation, job));
        }

        delegation?.Dispose();
    }

    private Delegated Obtain(ref IDelegation? delegation, Job job)
    {
        try
        {
            delegation ??= _open();
            return delegation.Obtain(job.User, job.ServicePrincipalName);
        }
        catch (WrongIdentityException e)
        {
            _logger.WrongIdentity(e.Message);
            return new Delegated.Refused(SignOnFailure.WrongIdentity, e.Message);
        }
        catch (DllNotFoundException e)
        {
            return new Delegated.Refused(SignOnFailure.LibraryMissing, e.Message);
        }
#pragma warning disable CA1031 // whatever it is, the thread must go on for the next user, and this one must not be signed on
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new Delegated.Refused(SignOnFailure.KerberosFailed, e.ToString());
        }
    }

    private sealed record Job(string User, string ServicePrincipalName, TimeSpan Patience, long Queued)
    {
        public TaskCompletionSource<Delegated> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
