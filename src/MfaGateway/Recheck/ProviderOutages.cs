using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Recheck;

/// <summary>
/// Which providers do not answer. While one does not, a single session tries it every few seconds instead of all of them, and nobody waits for it. The log
/// hears of a beginning and an end, at most once a minute should both alternate.
/// </summary>
internal sealed class ProviderOutages(TimeProvider time, ILogger<ProviderOutages> logger)
{
    internal static readonly TimeSpan TryEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _sayEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Outage> _outages = new(StringComparer.OrdinalIgnoreCase);

    public bool IsAway(string provider) => _outages.TryGetValue(provider, out var outage) && outage.Away;

    /// <summary>Whether it may be asked now; while it is away, one caller in a few seconds may.</summary>
    public bool MayAsk(string provider)
    {
        if (!_outages.TryGetValue(provider, out var outage)) return true;
        lock (outage)
        {
            var now = time.GetUtcNow();
            if (outage.Away && now < outage.NextTry) return false;
            outage.NextTry = now + TryEvery;
            return true;
        }
    }

    public void Failed(string provider, string why)
    {
        var outage = _outages.GetOrAdd(provider, _ => new Outage());
        lock (outage)
        {
            var now = time.GetUtcNow();
            (outage.Away, outage.NextTry) = (true, now + TryEvery);
            if (outage.Said || now - outage.SaidAt < _sayEvery) return;
            (outage.Said, outage.SaidAt) = (true, now);
        }

        logger.ProviderSilent(provider, why);
    }

    public void Answered(string provider)
    {
        if (!_outages.TryGetValue(provider, out var outage)) return;
        lock (outage)
        {
            outage.Away = false;
            if (!outage.Said) return;
            outage.Said = false;
        }

        logger.ProviderAnswers(provider);
    }

    private sealed class Outage
    {
        public bool Away { get; set; }
        public DateTimeOffset NextTry { get; set; }
        public bool Said { get; set; }
        public DateTimeOffset SaidAt { get; set; }
    }
}
