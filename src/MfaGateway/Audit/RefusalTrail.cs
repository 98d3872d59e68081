using System.Net;
using MfaGateway.Limits;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace MfaGateway.Audit;

/// <summary>
/// Records what is refused, without letting anybody fill the trail or make the disk sync for each: the first ones in full, then a line a minute with their number. Whoever has
/// a session is no stranger: far more lines about him are written, and what is counted is counted under his name.
/// </summary>
internal sealed class RefusalTrail(AuditTrail audit, SessionRegistry sessions, TimeProvider time) : IAsyncDisposable
{
    private readonly RefusalTally _tally = new(time);
    private readonly SemaphoreSlim _flushing = new(1);
    private Queue<AuditEvent> _unwritten = new();

    /// <summary>Records a refusal, or counts it. One that is counted gets the reference of the line that will count it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="kind">What kind of refusal.</param>
    /// <returns>Whether it has a line of its own.</returns>
    /// <exception cref="AuditFailedException">A required sink cannot keep the line.</exception>
    public async Task<bool> RecordAsync(HttpContext context, RefusalKind kind)
    {
        var gateway = GatewayFeature.Of(context);
        if (await KnowsSenderAsync(context, gateway) && _tally.Count(kind, gateway.Source, gateway.Session) is { } reference)
        {
            if (kind.Refused) gateway.Reference = reference; // what goes on has lines of its own
            return false;
        }

        var line = AuditEvent.Of(context, kind.Action, success: !kind.Refused, kind.Reason, time.GetUtcNow());
        await audit.RecordAsync(Completed(line, kind), CancellationToken.None); // a caller who hangs up does not escape the record
        return true;
    }

    /// <summary>Counts something that has no request, and so nobody who could be known: a line a minute says how many.</summary>
    /// <param name="kind">What kind of refusal.</param>
    /// <param name="source">Who sent it: the other end of the connection.</param>
    public void Count(RefusalKind kind, IPAddress? source) => _tally.Add(kind, AddressGroup.Plain(source));

    /// <summary>Writes what was counted. What cannot be written now is written the next time, and what comes meanwhile is counted on.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _flushing.WaitAsync(cancellationToken);
        try
        {
            if (_unwritten.Count == 0) _unwritten = new Queue<AuditEvent>(_tally.Take().Select(LineOf));
            while (_unwritten.TryPeek(out var line))
            {
                await audit.RecordAsync(line, CancellationToken.None); // a wait that is cut short would leave the line both written and waiting
                _unwritten.Dequeue();
            }
        }
        catch (AuditFailedException)
        {
            // the trail said so; the lines wait
        }
        finally
        {
            _flushing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await FlushAsync(CancellationToken.None); // what an earlier one left
        if (_unwritten.Count == 0) await FlushAsync(CancellationToken.None);
        _flushing.Dispose();
    }

    /// <summary>Finds whose session it is, if anybody's: requests are refused before anybody looked. False when that cannot be told.</summary>
    private async ValueTask<bool> KnowsSenderAsync(HttpContext context, GatewayFeature gateway)
    {
        if (gateway.Session is not null || SessionCookie.Read(context.Request) is not { } handle) return true;
        try
        {
            gateway.Session = await sessions.FindAsync(handle, CancellationToken.None);
            return true;
        }
        catch (SessionStoreException)
        {
            return false; // it may be somebody, who is never counted without his name
        }
    }

    private AuditEvent LineOf(CountedRefusals counted) => Completed(
        new AuditEvent
        {
            Timestamp = time.GetUtcNow(),
            Action = counted.Kind.Action,
            Outcome = counted.Kind.Refused ? "failure" : "success",
            Id = counted.Reference,
            Reason = counted.Kind.Reason,
            SourceIp = counted.Source?.ToString(),
            UserName = counted.Person?.Facts.User,
            UserId = counted.Person?.Facts.Subject,
            Provider = counted.Person?.Facts.Provider,
            Since = counted.Since,
            Count = counted.Count,
        },
        counted.Kind);

    private static AuditEvent Completed(AuditEvent line, RefusalKind kind) => kind.Rule is null
        ? line
        : line with { Rules = [kind.Rule], ReportOnly = kind.Refused ? null : "deny" };
}

/// <summary>Writes every minute what was counted.</summary>
internal sealed class RefusalCounts(RefusalTrail refusals, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan _every = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await refusals.FlushAsync(stoppingToken);
    }
}
