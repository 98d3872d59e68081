using System.Runtime.InteropServices;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>What the C library has given out, which the garbage collector knows nothing of.</summary>
internal static partial class NativeMemory
{
    public static long InUse => (long)mallinfo2().InUse;

    [LibraryImport("libc")]
    private static partial MallInfo mallinfo2();

    /// <summary><c>struct mallinfo2</c>, of which only <c>uordblks</c> is of interest.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MallInfo
    {
        public nuint Arena, FreeChunks, FastChunks, MappedRegions, Mapped, HighWater, FastFree, InUse, Free, Trimmable;
    }
}
