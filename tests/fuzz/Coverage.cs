using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace MfaGateway.Fuzz;

/// <summary>
/// Which branches an input took, when the gateway's assemblies were instrumented by SharpFuzz (see run.sh): it counts every branch in a map of 64 KiB whose address
/// stands in a field of its own. Counts are compared in the steps that AFL uses (1, 2, 3, 4-7, 8-15, 16-31, 32-127, 128 and more), so that a loop run
/// once more is nothing new, and one run twice as often is.
/// </summary>
internal sealed class Coverage
{
    private const int Size = 65_536;

    private readonly byte[] _seen = new byte[Size];
    private readonly byte[] _now = new byte[Size];
    private readonly byte[] _nothing = new byte[Size];
    private readonly nint _map = Marshal.AllocHGlobal(Size);

    private Coverage(Assembly instrumentation)
    {
        Begin();
        instrumentation.GetType("SharpFuzz.Common.Trace")!.GetField("SharedMem")!.SetValue(null, _map);
    }

    /// <summary>How many branches were taken by any input.</summary>
    public int Edges { get; private set; }

    /// <summary>Null when nothing is instrumented: then the library that instrumented code calls does not lie here. Must be called before anything of the gateway
    /// is, because instrumented code writes to the address.</summary>
    public static Coverage? Find()
    {
        var library = Path.Combine(AppContext.BaseDirectory, "SharpFuzz.Common.dll");
        return File.Exists(library) ? new Coverage(AssemblyLoadContext.Default.LoadFromAssemblyPath(library)) : null;
    }

    /// <summary>Forgets what the input before did.</summary>
    public void Begin() => Marshal.Copy(_nothing, 0, _map, Size);

    /// <summary>Whether the input took a branch, or a number of times, that none did before.</summary>
    public bool FoundNew()
    {
        Marshal.Copy(_map, _now, 0, Size);
        var found = false;
        for (var at = _now.AsSpan().IndexOfAnyExcept((byte)0); at >= 0;)
        {
            var step = Step(_now[at]);
            if ((_seen[at] & step) == 0)
            {
                found = true;
                if (_seen[at] == 0)
                    Edges++;
                _seen[at] |= step;
            }

            var next = _now.AsSpan(at + 1).IndexOfAnyExcept((byte)0);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return found;
    }

    private static byte Step(byte count) => count switch { 1 => 1, 2 => 2, 3 => 4, < 8 => 8, < 16 => 16, < 32 => 32, < 128 => 64, _ => 128 };
}
