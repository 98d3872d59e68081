namespace MfaGateway.Policy.Conditions;

/// <summary>The clock on the wall of a time zone.</summary>
/// <remarks>Finding the offset from UTC takes longer than all the rest of a decision, so that of the last quarter of an hour is remembered. It is one
/// number, read and written whole, and whoever reads an older one only computes it again.</remarks>
internal sealed class WallClock(TimeZoneInfo zone)
{
    private const long Quarter = 15 * TimeSpan.TicksPerMinute;
    private const int OffsetBits = 16;
    private const long Bias = 1 << (OffsetBits - 1); // offsets may be negative

    private long _remembered = -1; // the quarter since year 1, and behind it the offset in minutes

    public string Name => zone.Id;

    public DateTime At(DateTimeOffset instant)
    {
        var utc = instant.UtcTicks;
        var quarter = utc / Quarter;
        var remembered = Volatile.Read(ref _remembered);
        var offset = remembered >> OffsetBits == quarter
            ? ((remembered & ((1 << OffsetBits) - 1)) - Bias) * TimeSpan.TicksPerMinute
            : Find(instant, quarter);
        return new DateTime(Math.Clamp(utc + offset, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks));
    }

    private long Find(DateTimeOffset instant, long quarter)
    {
        var offset = zone.GetUtcOffset(instant);
        var start = new DateTimeOffset(quarter * Quarter, TimeSpan.Zero);
        var end = start.AddTicks(Math.Min(Quarter - 1, DateTimeOffset.MaxValue.UtcTicks - start.UtcTicks));
        // clocks that change within the quarter, or that differ by seconds as they did before 1900, are asked every time
        if (zone.GetUtcOffset(start) == offset && zone.GetUtcOffset(end) == offset && offset.Ticks % TimeSpan.TicksPerMinute == 0)
            Volatile.Write(ref _remembered, (quarter << OffsetBits) | (offset.Ticks / TimeSpan.TicksPerMinute + Bias));
        return offset.Ticks;
    }
}
