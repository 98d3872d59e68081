using System.Text.Json;
using MfaGateway.Audit;

namespace MfaGateway.Tests.Audit;

public sealed class FileAuditSinkTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("audit-");

    private string FilePath => Path.Combine(_folder.FullName, "log", "audit.jsonl");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Each_event_is_one_line_that_is_on_the_disk_when_the_task_ends()
    {
        await using var sink = new FileAuditSink(FilePath, new AuditSinkOptions());

        for (var n = 0; n < 3; n++)
        {
            await sink.WriteAsync(Event($"id-{n}"), Cancel);

            Assert.Equal(Enumerable.Range(0, n + 1).Select(i => $"id-{i}"), Ids(FilePath));
        }
    }

    [Fact]
    public async Task Text_with_line_ends_stays_in_its_line()
    {
        await using var sink = new FileAuditSink(FilePath, new AuditSinkOptions());

        await sink.WriteAsync(Event("a") with { UserAgent = "x\r\n{\"event.id\":\"forged\"}\u2028y" }, Cancel);

        Assert.Equal(["a"], Ids(FilePath));
    }

    [Fact]
    public async Task Many_writers_at_once_lose_and_mix_nothing()
    {
        await using var sink = new FileAuditSink(FilePath, new AuditSinkOptions());

        await Task.WhenAll(Enumerable.Range(0, 200).Select(n => Task.Run(() => sink.WriteAsync(Event($"id-{n}"), Cancel), Cancel)));

        Assert.Equal(200, Ids(FilePath).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task A_restart_goes_on_in_the_same_file()
    {
        await using (var sink = new FileAuditSink(FilePath, new AuditSinkOptions())) await sink.WriteAsync(Event("a"), Cancel);
        await using (var sink = new FileAuditSink(FilePath, new AuditSinkOptions())) await sink.WriteAsync(Event("b"), Cancel);

        Assert.Equal(["a", "b"], Ids(FilePath));
    }

    [Fact]
    public async Task A_line_that_a_crash_or_a_full_disk_tore_spoils_no_other()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, "{\"event.id\":\"a\"}\n{\"event.id\":\"to", Cancel);
        await using var sink = new FileAuditSink(FilePath, new AuditSinkOptions());

        await sink.WriteAsync(Event("b"), Cancel);

        var lines = (await File.ReadAllTextAsync(FilePath, Cancel)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Equal("b", JsonElement.Parse(lines[2]).GetProperty("event.id").GetString());
    }

    [Fact]
    public async Task At_its_size_a_file_is_put_aside_and_the_oldest_goes()
    {
        await using var sink = new FileAuditSink(FilePath, new AuditSinkOptions { MaxFileBytes = 1, MaxFiles = 2 });

        foreach (var id in new[] { "a", "b", "c", "d" }) await sink.WriteAsync(Event(id), Cancel);

        Assert.Equal(["audit.1.jsonl", "audit.2.jsonl", "audit.jsonl"], Directory.GetFiles(Path.GetDirectoryName(FilePath)!).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Equal(["d"], Ids(FilePath));
        Assert.Equal(["c"], Ids(Path.ChangeExtension(FilePath, ".1.jsonl")));
        Assert.Equal(["b"], Ids(Path.ChangeExtension(FilePath, ".2.jsonl")));
    }

    [Fact]
    public async Task A_line_is_never_cut_by_the_size()
    {
        await using var sink = new FileAuditSink(FilePath, new AuditSinkOptions { MaxFileBytes = 500, MaxFiles = 10 });

        for (var n = 0; n < 20; n++) await sink.WriteAsync(Event($"id-{n:00}"), Cancel);

        var all = Directory.GetFiles(Path.GetDirectoryName(FilePath)!).SelectMany(Ids).Order(StringComparer.Ordinal);
        Assert.Equal(Enumerable.Range(0, 20).Select(n => $"id-{n:00}"), all);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_an_error_and_is_tried_again()
    {
        Directory.CreateDirectory(FilePath); // a folder stands where the file should
        await using var sink = new FileAuditSink(FilePath, new AuditSinkOptions());

        await Assert.ThrowsAnyAsync<Exception>(() => sink.WriteAsync(Event("a"), Cancel));
        Directory.Delete(FilePath);
        await sink.WriteAsync(Event("b"), Cancel);

        Assert.Equal(["b"], Ids(FilePath));
    }

    [Fact]
    public async Task A_full_disk_is_an_error()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "only Linux has a disk that is always full");
        await using var sink = new FileAuditSink("/dev/full", new AuditSinkOptions());

        await Assert.ThrowsAnyAsync<IOException>(() => sink.WriteAsync(Event("a"), Cancel));
    }

    [Fact]
    public async Task Only_the_owner_writes_and_nobody_else_reads()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("the folder's access list rules there");
            return;
        }

        await using var sink = new FileAuditSink(FilePath, new AuditSinkOptions());

        await sink.WriteAsync(Event("a"), Cancel);

        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(FilePath) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead));
    }

    private static AuditEvent Event(string id) => new() { Timestamp = DateTimeOffset.UnixEpoch, Action = AuditActions.Decision, Outcome = "success", Id = id };

    private static string[] Ids(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line).GetProperty("event.id").GetString()!)];
    }
}
