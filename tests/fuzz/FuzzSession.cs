using System.Diagnostics;

namespace MfaGateway.Fuzz;

/// <summary>Tries one target with the seeds, then with inputs made of them. The same number for the random generator gives the same inputs.</summary>
internal sealed class FuzzSession(FuzzTarget target, int seed, Coverage? coverage = null)
{
    private const int MostKept = 2_000;

    /// <summary>No input may take longer; most take less than a thousandth of it.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly Random _random = new(seed);
    private readonly List<string> _corpus = [];
    private readonly HashSet<string> _features = new(StringComparer.Ordinal);

    public FuzzTarget Target => target;

    /// <summary>How many inputs were tried.</summary>
    public long Tried { get; private set; }

    /// <summary>How many of them were accepted.</summary>
    public long Valid { get; private set; }

    /// <summary>How many branches of instrumented code were taken; 0 without instrumentation.</summary>
    public int Edges => coverage?.Edges ?? 0;

    /// <summary>How many different ways through the code were seen, as far as answers show it.</summary>
    public int Features => _features.Count;

    /// <summary>Inputs that found something new, without the seeds.</summary>
    public IEnumerable<string> Found => _corpus.Skip(target.Seeds.Count);

    /// <summary>The longest time one input took.</summary>
    public TimeSpan Slowest { get; private set; }

    /// <summary>The input that is being read, for whoever watches over a reader that does not come back.</summary>
    public string? Current { get; private set; }

    /// <exception cref="FuzzFailure">A promise is broken.</exception>
    public async Task ReplaySeedsAsync()
    {
        await target.Prepare();
        foreach (var input in target.Seeds)
        {
            await TryAsync(input);
            _corpus.Add(input);
        }
    }

    /// <exception cref="FuzzFailure">A promise is broken.</exception>
    public async Task RunAsync(long inputs)
    {
        var mutator = new Mutator(_random, target.Words);
        for (var left = inputs; left > 0; left--)
        {
            var input = Next(mutator);
            if (await TryAsync(input) && _corpus.Count < MostKept)
                _corpus.Add(input);
        }
    }

    private string Next(Mutator mutator)
    {
        if (target.Generate is null)
            return mutator.Change(Any(), Any());
        return _random.Next(4) switch
        {
            0 => target.Generate(_random),
            1 => mutator.Change(target.Generate(_random), Any()),
            _ => mutator.Change(Any(), target.Generate(_random)),
        };
    }

    private string Any() => _corpus[_random.Next(_corpus.Count)];

    private async Task<bool> TryAsync(string input, bool isSecondTime = false)
    {
        Current = input;
        var began = Stopwatch.GetTimestamp();
        FuzzFindings findings;
#pragma warning disable CA1031 // Whatever it throws is a finding.
        try
        {
            coverage?.Begin();
            findings = await target.Try(input);
        }
        catch (Exception error)
        {
            throw new FuzzFailure(target.Name, input, error.Message, error);
        }
#pragma warning restore CA1031
        var took = Stopwatch.GetElapsedTime(began);
        Current = null;
        if (took > Longest && !isSecondTime)
            return await TryAsync(input, isSecondTime: true); // a busy machine is slow once
        if (took > Longest)
            throw new FuzzFailure(target.Name, input, $"took {took.TotalSeconds:N1} s, twice");
        if (took > Slowest)
            Slowest = took;
        Tried++;
        if (findings.IsValid)
            Valid++;
        var isNewInAnswer = findings.Features.Count(_features.Add) > 0;
        return coverage?.FoundNew() is true || isNewInAnswer;
    }
}
