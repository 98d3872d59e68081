using MfaGateway.Configuration;
using MfaGateway.SignOn.Kerberos.Gssapi;
using MfaGateway.SignOn.Kerberos.Windows;
using Microsoft.Extensions.Logging;

namespace MfaGateway.SignOn.Kerberos;

/// <summary>Tokens from cached tickets where there is one, on the caller's thread and without asking anybody; otherwise from a thread that talks to a domain
/// controller, waited for only so long.</summary>
internal sealed class DelegatedTickets(Func<KerberosOptions> options, KdcThreads threads, TimeProvider time, ILogger<DelegatedTickets> logger) : IDelegatedTickets, IDisposable
{
    /// <summary>A domain controller that is well answers in a tenth of this.</summary>
    private static readonly TimeSpan _patienceWithOldTicket = TimeSpan.FromSeconds(1);

    private readonly TicketCache _cache = new(time);

    /// <summary>Made as the platform does it. On Linux this sets what the Kerberos library reads, so it comes before the library's first call.</summary>
    public static DelegatedTickets Create(GatewaySettings settings, TimeProvider time, ILogger<DelegatedTickets> logger)
    {
        var options = settings.Current.Exchange.SignOn.Kerberos; // account and threads are those of the start
#pragma warning disable CA2000 // disposed with the tickets
        return new DelegatedTickets(
            () => settings.Current.Exchange.SignOn.Kerberos,
            new KdcThreads(options.Workers, options.Queue, Platform(options, settings, time, logger), time, logger),
            time,
            logger);
#pragma warning restore CA2000
    }

    /// <summary>Users whose tickets, or refusals, are kept.</summary>
    public int CachedUsers => _cache.Count;

    public async ValueTask<TicketResult> InitiateAsync(
        string user, string servicePrincipalName, ReadOnlyMemory<byte> channelBinding, bool renew, CancellationToken cancellationToken)
    {
        var current = options();
        if (RefusedNames.Contains(user, current)) return Refuse(SignOnFailure.PrivilegedUser);
        var key = new TicketKey(user, servicePrincipalName);
        if (renew) _cache.Drop(key);
        while (true)
        {
            var (known, attempt) = _cache.Find(key, current.CacheUsers, old => ObtainAsync(key, old, current));
            var answer = attempt is null ? known : await WaitAsync(key, attempt, known, current, cancellationToken);
            if (answer?.Ticket is not { } ticket) return Refuse(answer?.Failure ?? SignOnFailure.KdcSlow);
            if (TryStart(ticket, channelBinding.Span) is { } result) return result;
            _cache.Drop(key, ticket);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public void Dispose()
    {
        threads.Dispose();
        _cache.Clear();
    }

    private static Func<IDelegation> Platform(KerberosOptions options, GatewaySettings settings, TimeProvider time, ILogger logger)
    {
        if (OperatingSystem.IsWindows()) return WindowsDelegation.Opener(options, time);
        KerberosEnvironment.Prepare(options, settings.Resolve, settings.DataFolder);
        var account = GssAccount.Of(options, settings.Resolve);
        return () => new GssDelegation(account, time, logger);
    }

    private static TicketResult.Refused Refuse(SignOnFailure failure) => new(failure);

    /// <summary>An old ticket that is still good is better than an answer that does not come.</summary>
    private async Task<KnownTicket?> WaitAsync(TicketKey key, Task<KnownTicket> attempt, KnownTicket? old, KerberosOptions current, CancellationToken cancellationToken)
    {
        try
        {
            return await attempt.WaitAsync(old is null ? current.KdcTimeout : _patienceWithOldTicket, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            if (old is not null) _cache.Keep(key, old);
            return old;
        }
    }

    private async Task<KnownTicket> ObtainAsync(TicketKey key, KnownTicket? old, KerberosOptions current)
    {
        var answer = await threads.ObtainAsync(key.User, key.ServicePrincipalName, current.KdcTimeout);
        var now = time.GetUtcNow();
        switch (answer)
        {
            // the name that came back may be the account behind an alias
            case Delegated.Granted granted when RefusedNames.Contains(GssNamesOfUsers.Plain(granted.Ticket.Owner), current):
                granted.Ticket.Dispose();
                SignOnFailure.PrivilegedUser.Report(logger, key.User, $"the account is '{granted.Ticket.Owner}'");
                return KnownTicket.Refused(SignOnFailure.PrivilegedUser, now);
            case Delegated.Granted granted:
                return KnownTicket.Granted(granted.Ticket, now, current.TicketLifetime);
            case Delegated.Refused { Failure.IsOutage: true } refused when old is not null && now < old.End:
                logger.UserTicketKept(key.User, refused.Failure.Code, old.End, refused.Detail);
                return old.KeptOn(now);
            case Delegated.Refused refused:
                refused.Failure.Report(logger, key.User, refused.Detail);
                return KnownTicket.Refused(refused.Failure, now);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Null when the ticket was given up by the cache between being found and being used.</summary>
    private TicketResult? TryStart(IUserTicket ticket, ReadOnlySpan<byte> channelBinding)
    {
        try
        {
#pragma warning disable CA2000 // the caller disposes it
            return new TicketResult.Granted(ticket.Start(channelBinding));
#pragma warning restore CA2000
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
        catch (GssException e)
        {
            var failure = GssFailures.Of(e);
            failure.Report(logger, ticket.Owner, e.Message);
            return Refuse(failure);
        }
    }
}
