using System.Globalization;
using System.Text.Json;

namespace MfaGateway.Load.Rig;

/// <summary>Runs wrk for HTTP/1.1 and h2load for HTTP/2, on as many connections as the workload says.</summary>
internal static class Generators
{
    private static readonly TimeSpan _settle = TimeSpan.FromMilliseconds(200); // until the last bytes are told

    /// <param name="workload">What is sent.</param>
    /// <param name="contestant">To whom.</param>
    /// <param name="authority">Host and port of the public origin, whatever port the contestant has.</param>
    /// <param name="seconds">For how long.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Measurement> RunAsync(Workload workload, Contestant contestant, string authority, int seconds, CancellationToken cancellationToken)
    {
        await using var hanging = await Hanging.OpenAsync(workload.Hanging, contestant, authority, cancellationToken);
        var (before, allocated) = (contestant.Processor(), contestant.Allocated());
        var result = workload.Http2
            ? await H2LoadAsync(workload, contestant, authority, seconds, cancellationToken)
            : await WrkAsync(workload, contestant, authority, seconds, cancellationToken);
        var spent = contestant.Processor() - before;
        await Task.Delay(_settle, cancellationToken);
        return result with
        {
            ProcessorMicroseconds = spent / Math.Max(1, result.Requests),
            Memory = contestant.Memory(),
            Allocated = (contestant.Allocated() - allocated) / Math.Max(1, result.Requests),
            Wrong = result.Wrong + hanging.Broken,
        };
    }

    private static string CookieFor(Workload workload, Contestant contestant) => workload.Anonymous ? "-" : contestant.Cookie ?? "-";

    private static async Task<Measurement> WrkAsync(Workload workload, Contestant contestant, string authority, int seconds, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "-t1", $"-c{workload.Connections}", $"-d{seconds}s", "--timeout", "30s", "-s", Path.Combine(AppContext.BaseDirectory, "wrk.lua"), $"https://localhost:{contestant.Port}{workload.Path}",
            "--", workload.IsMix ? "MIX" : workload.Method, $"{workload.Body}", $"{workload.Status}", $"{workload.Length ?? -1}", authority, CookieFor(workload, contestant),
        ];
        var output = await Programs.RunAsync("wrk", arguments, cancellationToken);
        var said = JsonElement.Parse(output.TrimEnd().Split('\n')[^1]);
        return new Measurement(
            Long("requests"), Long("errors") + Long("wrong"), Long("microseconds") / 1e6, 0, Long("p50"), Long("p99"), Long("p999"), 0);

        long Long(string name) => said.GetProperty(name).GetInt64();
    }

    /// <summary>h2load says how many answers had which class of status and how many bytes of body came; its log has the time of each request.</summary>
    private static async Task<Measurement> H2LoadAsync(Workload workload, Contestant contestant, string authority, int seconds, CancellationToken cancellationToken)
    {
        var log = Path.GetTempFileName();
        File.Delete(log); // h2load does not write into a file that is there
        try
        {
            List<string> arguments =
            [
                "-t1", "-c4", $"-m{workload.Connections / 4}", "-D", $"{seconds}", $"--connect-to=127.0.0.1:{contestant.Port}", $"--log-file={log}",
            ];
            if (CookieFor(workload, contestant) is var cookie and not "-") arguments.AddRange(["-H", $"cookie: {cookie}"]);
            var output = await Programs.RunAsync("h2load", [.. arguments, $"https://{authority}{workload.Path}"], cancellationToken);
            if (!output.Contains("Application protocol: h2", StringComparison.Ordinal)) throw new InvalidOperationException($"{contestant.Name} does not speak HTTP/2:\n{output}");

            var lines = File.ReadLines(log).Select(line => line.Split('\t')).Select(fields => (Status: fields[1], Time: double.Parse(fields[2], CultureInfo.InvariantCulture))).ToList();
            var times = lines.Select(line => line.Time).Order().ToList();
            var wrong = lines.LongCount(line => line.Status != $"{workload.Status}") + Number(output, "requests:", "errored"); // "failed" has the refusals that are asked for
            if (workload.Length is { } length && Number(output, "traffic:", "data", last: true) - ((long)length * lines.Count) is var more && (more < 0 || more > length * workload.Connections))
                wrong++; // of answers that were on their way at the end the bytes count and the line does not
            return new Measurement(lines.Count, wrong, seconds, 0, times.At(0.5) ?? 0, times.At(0.99) ?? 0, times.At(0.999) ?? 0, 0);
        }
        finally
        {
            File.Delete(log);
        }
    }

    /// <summary>The number before a word in the line that begins so; in brackets behind a rounded one for bytes.</summary>
    private static long Number(string output, string line, string word, bool last = false)
    {
        var text = output.Split('\n').First(candidate => candidate.StartsWith(line, StringComparison.Ordinal));
        var part = text.Split(',').Single(candidate => candidate.TrimEnd().EndsWith($" {word}", StringComparison.Ordinal));
        var digits = last ? part[(part.IndexOf('(', StringComparison.Ordinal) + 1)..part.IndexOf(')', StringComparison.Ordinal)] : part.Replace(line, "", StringComparison.Ordinal).Trim().Split(' ')[0];
        return long.Parse(digits, CultureInfo.InvariantCulture);
    }
}
