using MfaGateway.Clock;

namespace MfaGateway.Tests.Clock;

public class SteadyTimeTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly JumpingClock _system = new();
    private readonly KeptLog<SteadyTime> _log = new();
    private readonly SteadyTime _time;

    public SteadyTimeTests() => _time = new SteadyTime(_system, _log);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_jump_is_not_followed_and_said_once_each_way(int hours)
    {
        var before = _time.GetUtcNow();

        _system.Jump(hours * Hour);
        for (var second = 0; second < 100; second++) Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(before.AddSeconds(100), _time.GetUtcNow());
        _system.Jump(-hours * Hour);
        for (var second = 0; second < 100; second++) Pass(TimeSpan.FromSeconds(1));

        Assert.Equal(before.AddSeconds(200), _time.GetUtcNow());
        Assert.Equal([15001, 15002], _log.Ids);
    }

    [Fact]
    public void A_clock_that_is_corrected_evenly_is_followed()
    {
        for (var second = 0; second < 100; second++)
        {
            _system.Jump(TimeSpan.FromMilliseconds(500));
            Pass(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(_system.GetUtcNow(), _time.GetUtcNow());
        Assert.Empty(_log.Ids);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_jump_to_the_right_time_is_followed_when_exchange_has_it_too(int hours)
    {
        _system.Jump(hours * Hour);
        Pass(TimeSpan.FromSeconds(1));

        _time.Witness(_system.GetUtcNow().AddSeconds(-40));

        Assert.Equal(_system.GetUtcNow(), _time.GetUtcNow());
        Assert.Equal([15001, 15003], _log.Ids);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_witness_that_does_not_have_the_system_s_time_changes_nothing(int hoursOff)
    {
        var before = _time.GetUtcNow();
        _system.Jump(Hour);
        Pass(TimeSpan.FromSeconds(1));

        _time.Witness(before + (hoursOff * Hour));

        Assert.Equal(before.AddSeconds(1), _time.GetUtcNow());
    }

    [Fact]
    public void Nobody_is_asked_while_the_clock_runs_evenly()
    {
        var before = _time.GetUtcNow();

        _time.Witness(before + Hour);

        Assert.Equal(before, _time.GetUtcNow());
    }

    private void Pass(TimeSpan time)
    {
        _system.Pass(time);
        _time.Compare();
    }

    /// <summary>A machine whose clock can be set while time passes.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private DateTimeOffset _wall = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
        private long _passed;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _wall;

        public override long GetTimestamp() => _passed;

        public void Jump(TimeSpan by) => _wall += by;

        public void Pass(TimeSpan time) => (_wall, _passed) = (_wall + time, _passed + time.Ticks);
    }
}
