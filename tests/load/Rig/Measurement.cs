namespace MfaGateway.Load.Rig;

/// <summary>One workload at one contestant for a few seconds.</summary>
/// <param name="Requests">Answered.</param>
/// <param name="Wrong">Answers of another status, length or content, and requests without an answer.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="ProcessorMicroseconds">Of the proxy alone, for each request.</param>
/// <param name="P50">Latency at the median, in microseconds.</param>
/// <param name="P99">At the 99th percentile.</param>
/// <param name="P999">At the 99.9th percentile.</param>
/// <param name="Memory">Resident bytes of the proxy afterwards.</param>
internal sealed record Measurement(long Requests, long Wrong, double Seconds, double ProcessorMicroseconds, double P50, double P99, double P999, long Memory)
{
    /// <summary>Bytes the proxy allocated for each request; null where nobody counts.</summary>
    public long? Allocated { get; init; }

    public double PerSecond => Requests / Seconds;
}
