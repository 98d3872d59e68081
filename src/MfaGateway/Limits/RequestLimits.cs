using System.Net;
using System.Threading.RateLimiting;
using MfaGateway.Configuration;
using MfaGateway.Outcome;
using MfaGateway.Sessions;
using MfaGateway.Shield;

namespace MfaGateway.Limits;

/// <summary>Counts who asks for how much. A limit is part of what it is counted under, so that a changed one holds from the next request on. Counted on each
/// gateway for itself, in real time.</summary>
internal sealed class RequestLimits(GatewaySettings settings) : IDisposable
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<Share> _rates = PartitionedRateLimiter.Create<Share, Share>(share => RateLimitPartition.Get(share, Bucket));
    private readonly PartitionedRateLimiter<Share> _running = PartitionedRateLimiter.Create<Share, Share>(share => RateLimitPartition.Get(share, AtOnce));
    private readonly PartitionedRateLimiter<Share> _minutes = PartitionedRateLimiter.Create<Share, Share>(share => RateLimitPartition.Get(share, InAMinute));

    private enum Whose
    {
        Address,
        Session,
        User,
        Hanging,
        SignIn,
        StepUp,
        Connection,
        Line,
    }

    private LimitOptions Limits => settings.Current.Limits;

    /// <summary>Counts a request that comes with no session known here.</summary>
    public Refusal? Arrive(IPAddress? source) =>
        Takes(_rates, new Share(Whose.Address, AddressGroup.Of(source), Limits.AddressRequestsPerMinute)) ? null : Refusal.TooManyFromAddress;

    /// <summary>Counts a request whose sender is known, until what is returned is disposed.</summary>
    public Entry Enter(GatewayFeature gateway)
    {
        if (gateway.Session is not { } session)
            return Run(Refusal.TooManyFromAddress, new Share(Whose.Address, AddressGroup.Of(gateway.Source), Limits.AddressRequestsAtOnce));
        var (own, all) = (session.Key.Value, session.Owner);
        if (!Takes(_rates, new Share(Whose.Session, own, Limits.SessionRequestsPerMinute))) return new Entry(Refusal.TooManyInSession);
        if (!Takes(_rates, new Share(Whose.User, all, Limits.UserRequestsPerMinute))) return new Entry(Refusal.TooManyOfUser);
        if (gateway.Target is { } target && RequestShape.IsHanging(target)) return Run(Refusal.TooManyHanging, new Share(Whose.Hanging, all, Limits.UserHangingRequests));

        var first = _running.AttemptAcquire(new Share(Whose.Session, own, Limits.SessionRequestsAtOnce));
        if (!first.IsAcquired) return new Entry(Refusal.TooManyInSession);
        var second = _running.AttemptAcquire(new Share(Whose.User, all, Limits.UserRequestsAtOnce));
        if (second.IsAcquired) return new Entry(null, first, second);
        first.Dispose();
        return new Entry(Refusal.TooManyOfUser);
    }

    /// <summary>Counts a sign-in that an address begins.</summary>
    public bool BeginsSignIn(IPAddress? source) => Takes(_minutes, new Share(Whose.SignIn, AddressGroup.Of(source), Limits.SignInsPerMinute));

    /// <summary>Counts a further sign-in of somebody who has a session.</summary>
    public bool BeginsStepUp(LiveSession session) => Takes(_minutes, new Share(Whose.StepUp, session.Owner, Limits.StepUpsPerMinute));

    /// <summary>Counts a connection, until what is returned is disposed; null when it is one too many.</summary>
    /// <param name="source">Whose it is; null for a balancer, which brings many people.</param>
    public IDisposable? Connect(IPAddress? source)
    {
        var all = _running.AttemptAcquire(new Share(Whose.Connection, "", Limits.Connections));
        if (!all.IsAcquired || source is null) return all.IsAcquired ? all : null;
        var own = _running.AttemptAcquire(new Share(Whose.Connection, AddressGroup.Of(source), Limits.AddressConnections));
        if (own.IsAcquired) return new Entry(null, all, own);
        all.Dispose();
        return null;
    }

    /// <summary>Whether a refusal is worth a line: one a minute for each reason and sender.</summary>
    public bool IsWorthALine(string reason, string whom) => Takes(_minutes, new Share(Whose.Line, $"{reason} {whom}", 1));

    public void Dispose()
    {
        _rates.Dispose();
        _running.Dispose();
        _minutes.Dispose();
    }

    private static bool Takes(PartitionedRateLimiter<Share> limiter, Share share)
    {
        using var lease = limiter.AttemptAcquire(share);
        return lease.IsAcquired;
    }

    private Entry Run(Refusal otherwise, Share share)
    {
        var lease = _running.AttemptAcquire(share);
        return lease.IsAcquired ? new Entry(null, lease) : new Entry(otherwise);
    }

    // Made by RateLimitPartition.Get and not by its named methods, which make a closure for every request. As there, no limiter has a timer of its own: the one
    // of all partitions serves them.
    private static RateLimiter Bucket(Share share)
    {
        var aSecond = (share.Limit + 59) / 60;
        return new TokenBucketRateLimiter(new()
        {
            TokenLimit = share.Limit, TokensPerPeriod = aSecond, ReplenishmentPeriod = _minute * aSecond / share.Limit, AutoReplenishment = false,
        });
    }

    private static RateLimiter AtOnce(Share share) => new ConcurrencyLimiter(new() { PermitLimit = share.Limit });

    private static RateLimiter InAMinute(Share share) => new FixedWindowRateLimiter(new() { PermitLimit = share.Limit, Window = _minute, AutoReplenishment = false });

    /// <param name="Of">What is counted.</param>
    /// <param name="Whom">Whose.</param>
    /// <param name="Limit">How much of it.</param>
    private readonly record struct Share(Whose Of, string Whom, int Limit);

    /// <summary>What a request holds while it runs, or why it may not.</summary>
    internal readonly struct Entry(Refusal? refusal, RateLimitLease? first = null, RateLimitLease? second = null) : IDisposable
    {
        public Refusal? Refusal { get; } = refusal;

        public void Dispose()
        {
            first?.Dispose();
            second?.Dispose();
        }
    }
}
