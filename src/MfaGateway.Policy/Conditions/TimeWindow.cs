namespace MfaGateway.Policy.Conditions;

/// <summary>A part of each of some days, by the clock on the wall. It begins on a listed day; one that ends before it begins ends on the day
/// after.</summary>
/// <remarks>The clock on the wall is all that counts: an hour that daylight saving skips is in no window, one that it repeats is in both times.</remarks>
internal sealed class TimeWindow(WallClock clock, DayOfWeek[] days, TimeSpan from, TimeSpan to)
{
    private const int DaysOfWeek = 7;

    private readonly bool[] _days = [.. Enumerable.Range(0, DaysOfWeek).Select(day => days.Contains((DayOfWeek)day))];

    public WallClock Clock => clock;

    public bool Contains(DateTimeOffset instant)
    {
        var local = clock.At(instant);
        var (today, yesterday) = ((int)local.DayOfWeek, ((int)local.DayOfWeek + DaysOfWeek - 1) % DaysOfWeek);
        var time = local.TimeOfDay;
        return from < to
            ? _days[today] && time >= from && time < to
            : (_days[today] && time >= from) || (_days[yesterday] && time < to);
    }
}
