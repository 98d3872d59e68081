using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MfaGateway.Sessions;

/// <summary>The last session handle of a connection and its key: a browser brings the same one with every request, and a hash takes a microsecond.</summary>
internal sealed class LastHandle
{
    private volatile Known? _known;

    /// <summary>The key of a handle; null when that is none by its shape.</summary>
    /// <param name="cookie">The cookie's value. Compared in constant time: a balancer may bring many people over one connection.</param>
    public SessionKey? KeyOf(ReadOnlySpan<char> cookie)
    {
        if (_known is { } known && CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(known.Handle.Reveal().AsSpan()), MemoryMarshal.AsBytes(cookie))) return known.Key;
        if (SessionHandle.From(cookie) is not { } handle) return null;
        var key = handle.Key();
        _known = new Known(handle, key); // as a whole: requests of one connection come at the same time
        return key;
    }

    private sealed record Known(SessionHandle Handle, SessionKey Key);
}
