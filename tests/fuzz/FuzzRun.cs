using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace MfaGateway.Fuzz;

/// <summary>Tries all targets with many inputs on several threads, and says how far it is.</summary>
/// <param name="targets">The targets.</param>
/// <param name="inputs">How many inputs, over all targets.</param>
/// <param name="duration">How long instead, when it is not null.</param>
/// <param name="seed">The same number gives the same inputs.</param>
/// <param name="workers">How many threads.</param>
/// <param name="saveTo">Folder for inputs that found something new; null for none.</param>
/// <param name="coverage">Guides a single worker; null when nothing is instrumented.</param>
internal sealed class FuzzRun(IReadOnlyList<FuzzTarget> targets, long inputs, TimeSpan? duration, int seed, int workers, string? saveTo, Coverage? coverage)
{
    private const int Rounds = 100;
    private const int InputsOfATimedRound = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentBag<FuzzFailure> _failures = [];
    private readonly List<FuzzSession> _sessions = [.. Enumerable.Range(0, workers).SelectMany(worker => targets.Select(target => new FuzzSession(target, (seed * 1_000) + worker, coverage)))];

    public long Tried => _sessions.Sum(session => session.Tried);

    /// <summary>Runs until all inputs are tried or a promise is broken.</summary>
    /// <returns>Whether a promise is broken.</returns>
    public async Task<bool> RunAsync(TextWriter output)
    {
        var work = Task.WhenAll(_sessions.Chunk(targets.Count).Select(mine => Task.Run(() => WorkAsync(mine))));
        while (await Task.WhenAny(work, Task.Delay(Interval)) != work)
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Tried:N0}{(duration is null ? $" of {inputs:N0} ({Tried * 100 / inputs} %)" : "")}"));
        await work;
        foreach (var target in targets)
            await output.WriteLineAsync(Summary([.. _sessions.Where(session => session.Target == target)]));
        foreach (var failure in _failures)
            await output.WriteLineAsync($"{failure}\n--- input:\n{failure.Input}\n---");
        if (saveTo is not null)
            await SaveAsync(saveTo);
        return !_failures.IsEmpty;
    }

    private async Task WorkAsync(FuzzSession[] mine)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            foreach (var session in mine)
                await session.ReplaySeedsAsync();
            for (var round = 0; _failures.IsEmpty && (duration is { } limit ? Stopwatch.GetElapsedTime(began) < limit : round < Rounds); round++)
            {
                foreach (var session in mine)
                    await session.RunAsync(duration is null ? (long)(inputs / workers * session.Target.Share / targets.Sum(target => target.Share) / Rounds) : InputsOfATimedRound);
            }
        }
        catch (FuzzFailure failure)
        {
            _failures.Add(failure);
        }
    }

    private static string Summary(FuzzSession[] sessions) => string.Create(
        CultureInfo.InvariantCulture,
        $"{sessions[0].Target.Name,-20} {sessions.Sum(session => session.Tried),12:N0} inputs {sessions.Sum(session => session.Valid) * 100.0 / Math.Max(1, sessions.Sum(session => session.Tried)),5:N1} % accepted, {sessions.Max(session => session.Features),5} ways seen, {sessions.Max(session => session.Edges),5} branches, slowest {sessions.Max(session => session.Slowest).TotalMilliseconds:N0} ms");

    private async Task SaveAsync(string folder)
    {
        foreach (var (session, input, number) in _sessions.SelectMany(session => session.Found.Select((input, number) => (session, input, number))))
        {
            var file = Path.Combine(folder, session.Target.Name, string.Create(CultureInfo.InvariantCulture, $"{number:D5}.txt"));
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, Encoding.UTF8.GetBytes(input)); // halves of surrogate pairs are replaced, not refused
        }
    }
}
