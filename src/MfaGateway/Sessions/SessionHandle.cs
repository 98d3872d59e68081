using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MfaGateway.Sessions;

/// <summary>The opaque handle in the browser's cookie: 256 random bits, base64url, 43 characters. A bearer secret: printing shows nothing of it.</summary>
internal readonly record struct SessionHandle
{
    internal const int Length = 43;

    private readonly string? _value;

    private SessionHandle(string value) => _value = value;

    public static SessionHandle Create() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));

    /// <summary>Takes a cookie's value; anything that is not a handle by its shape is no handle.</summary>
    public static SessionHandle? From(ReadOnlySpan<char> cookie) =>
        cookie.Length == Length && Base64Url.IsValid(cookie, out var bytes) && bytes == 32 ? new SessionHandle(cookie.ToString()) : null;

    /// <summary>What the store knows the session by: a store that leaks gives nobody a handle.</summary>
    public SessionKey Key()
    {
        Span<byte> text = stackalloc byte[Length];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Encoding.ASCII.GetBytes(Reveal(), text);
        SHA256.HashData(text, hash);
        return new(Convert.ToHexStringLower(hash));
    }

    public override string ToString() => "***";

    internal string Reveal() => _value ?? throw new InvalidOperationException("No session handle.");
}

/// <summary>SHA-256 of a session handle in lower-case hex: names a session in the store and, shortened, in the audit trail.</summary>
/// <param name="Value">64 hex digits.</param>
public readonly record struct SessionKey(string Value)
{
    /// <summary>The first 16 digits, enough to tell sessions apart in the audit trail.</summary>
    public string Digits => Value is { Length: > 16 } ? Value[..16] : Value ?? "";

    /// <summary>The short form.</summary>
    public override string ToString() => Digits;
}
