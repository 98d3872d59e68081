using System.Diagnostics;
using System.IO.MemoryMappedFiles;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>The time of day of a process that the test starts, so many seconds off the machine's.</summary>
internal sealed class MovableClock : IDisposable
{
    private readonly string _library;
    private readonly string _file;
    private readonly MemoryMappedFile _mapped;
    private readonly MemoryMappedViewAccessor _offset;

    private MovableClock(string library, string file)
    {
        (_library, _file) = (library, file);
        _mapped = MemoryMappedFile.CreateFromFile(file, FileMode.CreateNew, null, sizeof(long));
        _offset = _mapped.CreateViewAccessor(0, sizeof(long));
    }

    /// <summary>Seconds that the process is ahead of the machine.</summary>
    public long Offset
    {
        set => _offset.Write(0, value); // eight aligned bytes: never half of it is seen
    }

    /// <summary>What makes a process look at this clock.</summary>
    public IEnumerable<KeyValuePair<string, string>> Environment => [new("LD_PRELOAD", _library), new("MOVABLE_CLOCK", _file)];

    public static async Task<MovableClock> CreateAsync(string folder)
    {
        var library = Path.Combine(folder, "movable-clock.so");
        using var compiler = Process.Start("gcc", ["-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, Path.Combine(AppContext.BaseDirectory, "movable-clock.c")]);
        await compiler.WaitForExitAsync();
        Assert.Equal(0, compiler.ExitCode);
        return new MovableClock(library, Path.Combine(folder, "clock"));
    }

    public void Dispose()
    {
        _offset.Dispose();
        _mapped.Dispose();
    }
}
