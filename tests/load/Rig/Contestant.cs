using System.Diagnostics;
using System.Globalization;

namespace MfaGateway.Load.Rig;

/// <summary>A proxy that is measured: its processes, where it listens, and the cookie with which it lets a signed-in person through.</summary>
internal sealed class Contestant(string name, int port, Process process) : IAsyncDisposable
{
    /// <summary>Clock ticks a second in <c>/proc/PID/stat</c> (sysconf(_SC_CLK_TCK), 100 on every Linux that .NET runs on).</summary>
    private const double TickMicroseconds = 10_000;

    public string Name => name;

    public int Port => port;

    /// <summary>Sent with every request, or @ and a file with a cookie for each request on its lines; null for those that ask nobody.</summary>
    public string? Cookie { get; set; }

    /// <summary>Where it writes what goes wrong; null where it says so on its standard error.</summary>
    public string? ErrorLog { get; init; }

    /// <summary>Whether it refuses what a gateway refuses.</summary>
    public bool IsGateway { get; init; }

    /// <summary>Where a .NET process says how much it has allocated; null for other programs.</summary>
    public string? AllocationFile { get; init; }

    /// <summary>Bytes allocated since it began, at most a tenth of a second ago; null when nobody counts.</summary>
    public long? Allocated() => AllocationFile is { } file ? BitConverter.ToInt64(File.ReadAllBytes(file)) : null;

    public bool HasEnded => process.HasExited;

    /// <summary>What it, or else any server, complained of last.</summary>
    public string LastWords => ErrorLog is { } log && File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(5)) : Programs.LastWords;

    /// <summary>Processor time of all its processes since they began, in microseconds.</summary>
    public double Processor() => Processes().Sum(id => Fields(id) is { } fields ? (Number(fields[11]) + Number(fields[12])) * TickMicroseconds : 0);

    /// <summary>Resident memory of all its processes, in bytes.</summary>
    public long Memory() => Processes().Sum(id => Fields(id) is { } fields ? (long)Number(fields[21]) * Environment.SystemPageSize : 0);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private List<int> Processes()
    {
        var parents = Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0).Where(id => id > 0)
            .Select(id => (Id: id, Fields: Fields(id))).Where(one => one.Fields is not null).ToLookup(one => (int)Number(one.Fields![1]), one => one.Id);
        var all = new List<int> { process.Id };
        for (var n = 0; n < all.Count; n++) all.AddRange(parents[all[n]]);
        return all;
    }

    /// <summary>The fields of proc(5) from the state on: the name before it may hold anything.</summary>
    private static string[]? Fields(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null; // it ended
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
