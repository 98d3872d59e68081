using System.IO.Compression;

namespace MfaGateway.Host.PolicyVerbs.Replay;

/// <summary>An audit file that was opened.</summary>
internal sealed class AuditInput : IAsyncDisposable
{
    private readonly Stream _file;

    private AuditInput(string name, Stream file, long? length)
    {
        (Name, _file, Length) = (name, file, length);
        Lines = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    /// <summary>As it was named.</summary>
    public string Name { get; }

    /// <summary>Its size; null for standard input.</summary>
    public long? Length { get; }

    /// <summary>How much of it was read.</summary>
    public long Position => Length is null ? 0 : _file.Position;

    /// <summary>Its lines; of a file <c>.gz</c> what is compressed in it.</summary>
    public Stream Lines { get; }

    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static AuditInput Open(string path, InputFiles files)
    {
        if (path == InputFiles.StandardInput)
            return new AuditInput("standard input", files.StandardInputBytes(), null);
        // the gateway goes on writing, and may begin a new file meanwhile
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        return new AuditInput(path, file, file.Length);
    }

    public async ValueTask DisposeAsync()
    {
        await Lines.DisposeAsync();
        await _file.DisposeAsync();
    }
}
