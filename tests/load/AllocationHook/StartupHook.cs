using System.IO.MemoryMappedFiles;

/// <summary>Loaded into a measured .NET process (<c>DOTNET_STARTUP_HOOKS</c>); tells ten times a second how many bytes it has allocated, in the file named by
/// <c>ALLOCATED_BYTES</c>: eight bytes in the machine's order.</summary>
#pragma warning disable CA1050 // the runtime looks for this name outside of any namespace
internal static class StartupHook
#pragma warning restore CA1050
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("ALLOCATED_BYTES") is { Length: > 0 } path) new Thread(() => Tell(path)) { IsBackground = true }.Start();
    }

    private static void Tell(string path)
    {
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, sizeof(long));
        using var view = file.CreateViewAccessor(0, sizeof(long));
        for (; ; Thread.Sleep(_pause)) view.Write(0, GC.GetTotalAllocatedBytes());
    }
}
