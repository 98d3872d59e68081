namespace MfaGateway.ClusterTests.Setup;

/// <summary>A gateway with a small disk for the audit file that must be kept, one for another, and one for sessions.</summary>
public sealed class DiskNode(FailureLab lab) : IAsyncLifetime
{
    internal const string OfAudit = "audit";
    internal const string OfCopy = "copy";
    internal const string OfSessions = "sessions";

    private string _folder = "";

    internal Node Node { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _folder = lab.NewFolder("disks");
        string[] disks = [OfAudit, OfCopy, OfSessions];
        foreach (var disk in disks) Directory.CreateDirectory(Path.Combine(_folder, disk));
        Node = lab.NewNode(
            new()
            {
                ["Gateway__DataDirectory"] = Path.Combine(_folder, OfSessions),
                ["Gateway__Audit__Sinks__0__Path"] = Path.Combine(_folder, OfAudit, "audit.jsonl"),
                ["Gateway__Audit__Sinks__1__Kind"] = "File",
                ["Gateway__Audit__Sinks__1__Path"] = Path.Combine(_folder, OfCopy, "audit.jsonl"),
                ["Gateway__Audit__Sinks__1__Required"] = "false",
                ["Gateway__Sessions__IdleTimeout"] = "00:00:20", // written every two seconds
            },
            [.. Privately, "sh", "-c", $"for disk in {string.Join(' ', disks)}; do mount -t tmpfs -o size=8m none {_folder}/$disk || exit 1; done; exec \"$@\"", "sh"]);
        await Node.StartAsync();
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    /// <summary>A mount that nobody else sees; an account that is not root becomes root of a place of its own.</summary>
    private static string[] Privately => Environment.IsPrivilegedProcess ? ["unshare", "-m"] : ["unshare", "-Urm"];

    /// <summary>The folder as the gateway sees it.</summary>
    private string Inside(string disk) => Path.Combine($"/proc/{Node.ProcessId}/root", Path.Combine(_folder, disk)[1..]);

    internal void Fill(string disk)
    {
        using var filler = new FileStream(Path.Combine(Inside(disk), "filler"), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 });
        for (var bytes = 65_536; bytes > 0; bytes /= 16) // to the last byte
        {
            try
            {
                while (true) filler.Write(new byte[bytes]);
            }
            catch (IOException)
            {
                // full
            }
        }
    }

    internal void Free(string disk) => File.Delete(Path.Combine(Inside(disk), "filler"));

    internal string[] Lines(string disk) => File.ReadAllText(Path.Combine(Inside(disk), "audit.jsonl")).TrimEnd('\n').Split('\n');
}
