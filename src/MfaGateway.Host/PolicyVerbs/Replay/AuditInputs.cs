namespace MfaGateway.Host.PolicyVerbs.Replay;

/// <summary>All audit files of a replay, opened before the first is read: a name that is wrong is said at once, and rotation does not move them away.</summary>
internal sealed class AuditInputs : IAsyncDisposable
{
    private readonly List<AuditInput> _files = [];
    private readonly Lock _adding = new();

    public IReadOnlyList<string> Names => [.. _files.Select(file => file.Name)];

    /// <summary>The size of all; null when nobody knows.</summary>
    public long? Length => _files.Aggregate((long?)0, (sum, file) => sum + file.Length);

    /// <summary>Opens the files; or says why one cannot be read.</summary>
    public string? Open(IEnumerable<string> paths, InputFiles files)
    {
        foreach (var path in paths)
        {
            try
            {
                _files.Add(AuditInput.Open(path, files));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                return $"Cannot read `{path}`: {error.Message}";
            }
        }

        return null;
    }

    /// <summary>Judges every line of every file, on all processors.</summary>
    /// <param name="judge">Judges some lines.</param>
    /// <param name="tally">Takes what comes out.</param>
    /// <param name="done">Is told how many bytes are read.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ReplayAsync(BlockReplay judge, ReplayTally tally, Action<long> done, CancellationToken cancellationToken)
    {
        for (var index = 0; index < _files.Count; index++)
        {
            var (number, file) = (index, _files[index]);
            var blocks = new LineBlocks(file.Lines);
            try
            {
                await Parallel.ForEachAsync(blocks.ReadAsync(cancellationToken), cancellationToken, (block, _) =>
                {
                    var found = judge.Judge(block, number);
                    lock (_adding) tally.Add(found);
                    done(_files.Sum(one => one.Position));
                    return ValueTask.CompletedTask;
                });
            }
            catch (Exception error) when (error is IOException or InvalidDataException)
            {
                tally.NoteUnreadable(blocks.Place(number), $"the file cannot be read any further: {error.Message}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var file in _files) await file.DisposeAsync();
    }
}
