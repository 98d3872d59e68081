using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Limits;

/// <summary>
/// Keeps the last descriptors of the process for the gateway's own work: connections to Exchange, the session store, files. A connection of a browser that would use
/// them is closed at once. Without this the server would go on trying to accept a connection for which there is no descriptor, as fast as a processor can. Linux
/// hands out the lowest free number (POSIX.1-2017, XSH 2.14), so the number of a new connection says how many are at least in use.
/// </summary>
internal sealed class DescriptorReserve : BackgroundService
{
    private const string LimitsFile = "/proc/self/limits"; // proc(5); an operator may change the limit of a running process (prlimit(1))
    private const string LimitsLine = "Max open files";
    private const int Least = 16;

    /// <summary>So long nothing must be refused until a shortage counts as over.</summary>
    private static readonly TimeSpan _calm = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly ILogger<DescriptorReserve> _logger;
    private readonly Lock _gate = new();
    private long _limit;
    private long _refused;
    private DateTimeOffset _lastRefused;

    public DescriptorReserve(TimeProvider time, ILogger<DescriptorReserve> logger)
    {
        (_time, _logger) = (time, logger);
        ReadLimit();
    }

    /// <summary>Whether a connection that was just accepted may stay. Elsewhere than on Linux nothing is counted: Windows has no such limit.</summary>
    public bool Admits(ConnectionContext connection)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket) return true;
        if (Admits(socket.Handle, Volatile.Read(ref _limit))) return true;
        Refused();
        return false;
    }

    /// <summary>An eighth of the limit, at least 16, is kept.</summary>
    internal static bool Admits(long descriptor, long limit) => descriptor < limit - Math.Max(Least, limit / 8);

    /// <summary>The soft limit in the text of <c>/proc/self/limits</c>; null when it says none.</summary>
    internal static long? SoftLimit(string limits)
    {
        foreach (var line in limits.AsSpan().EnumerateLines())
        {
            if (!line.StartsWith(LimitsLine)) continue;
            var numbers = line[LimitsLine.Length..].TrimStart();
            var end = numbers.IndexOf(' ');
            return long.TryParse(end < 0 ? numbers : numbers[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
        }

        return null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            ReadLimit();
            Calm();
        }
    }

    private void Refused()
    {
        lock (_gate)
        {
            _lastRefused = _time.GetUtcNow();
            if (++_refused == 1) _logger.DescriptorsShort(Volatile.Read(ref _limit));
        }
    }

    private void Calm()
    {
        lock (_gate)
        {
            if (_refused == 0 || _time.GetUtcNow() - _lastRefused < _calm) return;
            _logger.DescriptorsBack(_refused);
            _refused = 0;
        }
    }

    private void ReadLimit()
    {
        var limit = long.MaxValue;
        try
        {
            if (OperatingSystem.IsLinux()) limit = SoftLimit(File.ReadAllText(LimitsFile)) ?? long.MaxValue;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // not a single descriptor is free: what was known still holds
        }

        Volatile.Write(ref _limit, limit);
    }
}
