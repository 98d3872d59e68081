namespace MfaGateway.Lab.Estate;

/// <summary>The folder where a lab keeps what a restart must find again. One lab at a time.</summary>
internal sealed class StateFolder : IDisposable
{
    private readonly FileStream _lock;

    private StateFolder(string path)
    {
        Path = path;
        // Unlike a file with a process id, an open file is released by the system however the process ends.
        _lock = new FileStream(System.IO.Path.Combine(path, "lab.lock"), new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose,
        });
    }

    public string Path { get; }

    public string AuditFile => In("audit.jsonl");

    /// <summary>Makes the folder if need be and takes it.</summary>
    /// <exception cref="LabException">Another lab runs in it, or it cannot be written.</exception>
    public static StateFolder Take(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(full);
            else Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"The state folder `{full}` cannot be made: {e.Message} Choose another one with --state DIR.", e);
        }

        try
        {
            return new StateFolder(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"The state folder `{full}` is used by another lab or cannot be written. Choose another one with --state DIR.", e);
        }
    }

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _lock.Dispose();
}
