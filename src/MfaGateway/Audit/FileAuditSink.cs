using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Threading.Channels;
using MfaGateway.Configuration;

namespace MfaGateway.Audit;

/// <summary>Makes <see cref="FileAuditSink"/>s.</summary>
internal sealed class FileAuditSinkFactory(GatewaySettings settings) : IAuditSinkFactory
{
    public string Kind => "File";

    public IAuditSink Create(AuditSinkOptions options) => new FileAuditSink(settings.Resolve(options.Path!), options);
}

/// <summary>
/// JSON Lines in a file that is begun anew at a size. One writer takes everything that waits, writes it and syncs the disk once, so a burst of lines costs
/// one sync and still nobody goes on before his own line is safe.
/// </summary>
[SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "the writer closes the file when the channel ends")]
internal sealed class FileAuditSink : IAuditSink
{
    private readonly Channel<(byte[] Line, TaskCompletionSource Safe)> _waiting =
        Channel.CreateBounded<(byte[], TaskCompletionSource)>(new BoundedChannelOptions(4096) { SingleReader = true });

    private readonly string _path;
    private readonly AuditSinkOptions _options;
    private readonly Task _writer;
    private FileStream? _file;

    public FileAuditSink(string path, AuditSinkOptions options)
    {
        (_path, _options) = (path, options);
        _writer = Task.Run(WriteAllAsync);
    }

    public async Task WriteAsync(AuditEvent auditEvent, CancellationToken cancellationToken)
    {
        await EnqueueAsync([.. JsonSerializer.SerializeToUtf8Bytes(auditEvent, AuditJson.Default.AuditEvent), (byte)'\n'], cancellationToken);
    }

    /// <summary>Nothing, given to the writer, is a question.</summary>
    public Task ProbeAsync(CancellationToken cancellationToken) => EnqueueAsync([], cancellationToken);

    private async Task EnqueueAsync(byte[] line, CancellationToken cancellationToken)
    {
        var safe = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _waiting.Writer.WriteAsync((line, safe), cancellationToken);
        await safe.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writer;
    }

#pragma warning disable CA1849 // the writer's own loop is the only user of the file, and a synced write has no asynchronous form
    private async Task WriteAllAsync()
    {
        var batch = new List<(byte[] Line, TaskCompletionSource Safe)>();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < 512 && _waiting.Reader.TryRead(out var next)) batch.Add(next);
            WriteBatch(batch);
        }

        _file?.Dispose();
    }

    private void WriteBatch(List<(byte[] Line, TaskCompletionSource Safe)> batch)
    {
        try
        {
            var file = Open();
            var lines = Together(batch);
            if (lines.Length == 0) Probe();
            else Append(file, lines);
            foreach (var (_, safe) in batch) safe.TrySetResult();
        }
#pragma warning disable CA1031 // whatever it is, somebody waits for each line; a writer that died would leave them waiting for ever
        catch (Exception e)
#pragma warning restore CA1031
        {
            Abandon();
            foreach (var (_, safe) in batch) safe.TrySetException(e); // tried again with the next line
        }
    }

    private static ReadOnlySpan<byte> Together(List<(byte[] Line, TaskCompletionSource Safe)> batch)
    {
        if (batch is [var only]) return only.Line;
        var lines = new ArrayBufferWriter<byte>(batch.Sum(entry => entry.Line.Length) + 1);
        foreach (var (line, _) in batch) lines.Write(line);
        return lines.WrittenSpan;
    }

    /// <summary>All of it or nothing: what a full disk took of these lines goes again, or the file would keep half a line, and lines whose requests were refused.</summary>
    private void Append(FileStream file, ReadOnlySpan<byte> lines)
    {
        var before = file.Length;
        try
        {
            file.Write(lines);
            file.Flush(flushToDisk: _options.Required);
        }
        catch
        {
            file.SetLength(before);
            throw;
        }
    }

    /// <summary>Whether the disk has room for a few lines; in a file beside, because this one holds lines only.</summary>
    private void Probe()
    {
        var beside = $"{_path}.probe";
        try
        {
            File.WriteAllBytes(beside, new byte[4_096]);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private FileStream Open()
    {
        if (_file is { } open && open.Length >= _options.MaxFileBytes) Rotate();
        if (_file is null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
            var torn = EndsInsideALine(_path);
            _file = new FileStream(_path, options);
            if (torn) _file.WriteByte((byte)'\n');
        }

        return _file;
    }

    /// <summary>A crash or a full disk may have cut the last line; the next one must not become part of it.</summary>
    private static bool EndsInsideALine(string path)
    {
        if (!File.Exists(path)) return false;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length == 0) return false;
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }

    /// <summary><c>audit.jsonl</c> becomes <c>audit.1.jsonl</c>, that becomes <c>audit.2.jsonl</c>, and so on; the oldest goes.</summary>
    private void Rotate()
    {
        Abandon();
        File.Delete(Numbered(_options.MaxFiles));
        for (var n = _options.MaxFiles - 1; n >= 1; n--)
        {
            if (File.Exists(Numbered(n))) File.Move(Numbered(n), Numbered(n + 1));
        }

        File.Move(_path, Numbered(1));
    }

#pragma warning restore CA1849

    private string Numbered(int n) => Path.ChangeExtension(_path, $".{n}{Path.GetExtension(_path)}");

    private void Abandon()
    {
        var file = _file;
        _file = null;
        try
        {
            file?.Dispose();
        }
        catch (IOException)
        {
            // whoever waited for a line was told already
        }
    }
}
