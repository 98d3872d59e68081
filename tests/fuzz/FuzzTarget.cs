namespace MfaGateway.Fuzz;

/// <summary>Something that reads what anybody may have written.</summary>
/// <param name="Name">Its name, and the folder of its seeds.</param>
/// <param name="Words">What its language is made of: pieces that a change puts in.</param>
/// <param name="Generate">Writes an input that is mostly right; null when seeds are all there is.</param>
/// <param name="Try">Reads an input, throws when a promise is broken, and says what was found: inputs that find something new are kept and changed
/// further.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<string> Words, Func<Random, string>? Generate, Func<string, ValueTask<FuzzFindings>> Try)
{
    /// <summary>A target whose reader waits for nothing.</summary>
    public FuzzTarget(string name, IReadOnlyList<string> words, Func<Random, string>? generate, Func<string, FuzzFindings> tryNow)
        : this(name, words, generate, input => ValueTask.FromResult(tryNow(input)))
    {
    }

    /// <summary>Its share of the inputs beside the shares of the others. Default 1.</summary>
    public double Share { get; init; } = 1;

    /// <summary>What must stand before the first input, and is not counted into its time. Default nothing.</summary>
    public Func<Task> Prepare { get; init; } = () => Task.CompletedTask;

    /// <summary>The inputs to begin with.</summary>
    public IReadOnlyList<string> Seeds { get; } = [.. ReadSeeds(Name)];

    private static IEnumerable<string> ReadSeeds(string name)
    {
        var assembly = typeof(FuzzTarget).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(resource => resource.StartsWith($"{name}/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return reader.ReadToEnd();
        }
    }
}

/// <summary>What an input led to.</summary>
/// <param name="IsValid">Whether it was accepted.</param>
/// <param name="Features">Names for the ways through the code that it took, as far as they show in the answer.</param>
internal sealed record FuzzFindings(bool IsValid, IEnumerable<string> Features);
