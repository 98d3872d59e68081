using Microsoft.Extensions.Logging;

namespace MfaGateway.Clock;

/// <summary>
/// The gateway's time: the system's clock at the start, and from then on what has really passed. The system's clock is followed while it runs evenly; when it
/// jumps, sessions would end at once or never. A jump is believed when Exchange's servers have that time too (the clock was wrong before, or the machine slept).
/// </summary>
internal sealed class SteadyTime : TimeProvider
{
    /// <summary>What corrections of a running clock stay below; one that is larger is a jump.</summary>
    private static readonly TimeSpan _even = TimeSpan.FromSeconds(2);

    /// <summary>How far a witness may be off: machines that share Kerberos tickets keep within five minutes (RFC 4120, 8.2).</summary>
    private static readonly TimeSpan _agreed = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _system;
    private readonly ILogger _logger;
    private readonly Lock _state = new();
    private readonly long _begun;
    private long _startTicks;
    private volatile bool _jumped;

    public SteadyTime(TimeProvider system, ILogger<SteadyTime> logger)
    {
        (_system, _logger, _begun) = (system, logger, system.GetTimestamp());
        _startTicks = system.GetUtcNow().UtcTicks;
    }

    public override TimeZoneInfo LocalTimeZone => _system.LocalTimeZone;

    public override long TimestampFrequency => _system.TimestampFrequency;

    public override long GetTimestamp() => _system.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _system.CreateTimer(callback, state, dueTime, period);

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _startTicks) + _system.GetElapsedTime(_begun).Ticks, TimeSpan.Zero);

    /// <summary>Follows the system's clock, or notes that it has jumped. To be called every second.</summary>
    public void Compare()
    {
        lock (_state)
        {
            var difference = _system.GetUtcNow() - GetUtcNow();
            if (difference.Duration() < _even)
            {
                Interlocked.Add(ref _startTicks, difference.Ticks);
                if (!_jumped) return;
                _jumped = false;
                _logger.ClockIsBack();
            }
            else if (!_jumped)
            {
                _jumped = true;
                _logger.ClockJumped(difference);
            }
        }
    }

    /// <summary>Another machine's time. It decides after a jump, when only one of the two clocks can be right.</summary>
    public void Witness(DateTimeOffset theirs)
    {
        if (!_jumped) return;
        lock (_state)
        {
            var (system, own) = (_system.GetUtcNow(), GetUtcNow());
            if (!_jumped || (theirs - system).Duration() > _agreed || (theirs - system).Duration() >= (theirs - own).Duration()) return;
            Interlocked.Add(ref _startTicks, (system - own).Ticks);
            _jumped = false;
            _logger.ClockFollowed(system - own);
        }
    }
}
