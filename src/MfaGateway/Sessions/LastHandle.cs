using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MfaGateway.Sessions;

/// <summary>The last session handle of a connection and its key: a browser brings the same one with every request, and a hash takes a microsecond.</summary>
internal sealed class LastHandle
{
    private volatile Known? _known;

    /// <summary>The key of a handle; null when that is none by its shape.</summary>
    /// <param name="cookie">The cookie's value. Compared in constant time: a balancer may bring many people over one connection.</param>
    public SessionKey? KeyOf(ReadOnlySpan<char> cookie)
    {
        if (_known is { } known && AreSame(known.Handle.Reveal(), cookie)) return known.Key;
        if (SessionHandle.From(cookie) is not { } handle) return null;
        var key = handle.Key();
        _known = new Known(handle, key); // as a whole: requests of one connection come at the same time
        return key;
    }

    /// <summary>Takes as long wherever two handles differ, as <see cref="System.Security.Cryptography.CryptographicOperations.FixedTimeEquals"/> does, which goes byte by byte and is never
    /// optimised: it took longer than finding the cookie.</summary>
    private static bool AreSame(ReadOnlySpan<char> known, ReadOnlySpan<char> cookie)
    {
        if (cookie.Length != SessionHandle.Length) return false;
        const int Last = SessionHandle.Length - 16; // overlaps the one before
        var differences = (Part(known, 0) ^ Part(cookie, 0)) | (Part(known, 16) ^ Part(cookie, 16)) | (Part(known, Last) ^ Part(cookie, Last));
        return differences == Vector256<ushort>.Zero;

        static Vector256<ushort> Part(ReadOnlySpan<char> text, int from) => Vector256.Create(MemoryMarshal.Cast<char, ushort>(text.Slice(from, 16)));
    }

    private sealed record Known(SessionHandle Handle, SessionKey Key);
}
