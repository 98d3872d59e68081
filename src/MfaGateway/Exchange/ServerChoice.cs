using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using MfaGateway.Sessions;
using Yarp.ReverseProxy.Model;

namespace MfaGateway.Exchange;

/// <summary>
/// Which of the healthy servers a request goes to: the one that its session had last, because warm connections are there, else of two that chance names the one with fewer
/// requests running. Not the one with the fewest of all: a server that is sick and refuses everything at once would get every new session, and one that comes back
/// everybody. YARP counts running requests only in a stage of its own, which costs every request more than the counting.
/// </summary>
internal sealed class ServerChoice
{
    private readonly ConditionalWeakTable<DestinationState, Running> _running = [];

    /// <param name="candidates">At least one.</param>
    /// <param name="session">Null for nobody's.</param>
    public DestinationState Of(IReadOnlyList<DestinationState> candidates, LiveSession? session)
    {
        if (candidates.Count == 1) return candidates[0];
        if (session?.Destination is { } last)
        {
            for (var n = 0; n < candidates.Count; n++)
            {
                if (candidates[n].DestinationId == last) return candidates[n];
            }
        }

        var first = RandomNumberGenerator.GetInt32(candidates.Count);
        var second = (first + 1 + RandomNumberGenerator.GetInt32(candidates.Count - 1)) % candidates.Count;
        return Better(candidates[first], candidates[second], session?.FailedAt);
    }

    public Running RunningAt(DestinationState server) => _running.GetOrCreateValue(server);

    private DestinationState Better(DestinationState one, DestinationState other, string? failed) =>
        one.DestinationId == failed ? other
        : other.DestinationId == failed ? one
        : RunningAt(other).Count < RunningAt(one).Count ? other : one;

    /// <summary>How many requests run at a server.</summary>
    internal sealed class Running
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Begin() => Interlocked.Increment(ref _count);

        public void End() => Interlocked.Decrement(ref _count);
    }
}
