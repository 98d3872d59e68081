using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using MfaGateway.Nodes;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.DataProtection;

namespace MfaGateway.Exchange;

/// <summary>
/// Exchange's cookie <c>X-BackEndCookie</c> says which server has the mailbox, and Exchange believes whoever sends it. So a browser gets it protected with the key ring, for the person
/// whose session it came to, and Exchange gets back only what opens in a session of that person. A value that does not is nobody's: Exchange then looks the mailbox up and sets a new one.
/// Nothing is stored (docs/decisions/0012-mailbox-route.md).
/// </summary>
internal sealed class MailboxRoute(IDataProtectionProvider protection)
{
    /// <summary>Cookies of this name that are looked at in a request; a browser sends one for each path that fits. The others are dropped, so that a header full of forged ones is not dear.</summary>
    internal const int Most = 4;

    /// <summary>Characters of a protected value. Browsers keep 4,096 bytes of a cookie with its name and attributes (RFC 6265, 6.1), which take about 100.</summary>
    internal const int LongestProtected = 3_900;

    internal const string Name = "X-BackEndCookie";

    private readonly IDataProtector _protector = protection.CreateProtector("MfaGateway.BackEndCookie.v1");

    /// <summary>Whether a cookie is this one. ASP.NET, which reads it at Exchange, knows no case in names.</summary>
    public static bool Is(ReadOnlySpan<char> cookie) => cookie.Equals(Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>What a browser is given instead of Exchange's value: the same text as before for the same value, as long as that is among the last.</summary>
    /// <param name="value">As Exchange set it.</param>
    /// <param name="session">Whose session got it.</param>
    /// <returns>Empty when the value is, and when it cannot be protected: too long, not of printable ASCII, or no key can be had. The browser then loses an older one too, and
    /// an answer of Exchange, which may be that a mail was sent, is not lost for a hint.</returns>
    public string Protect(ReadOnlySpan<char> value, LiveSession session)
    {
        if (session.Routes.Protected(value) is { } known) return known;
        if (value.IsEmpty || value.Length > LongestProtected || value.ContainsAnyExceptInRange(' ', '~')) return "";
        try
        {
            var plain = value.ToString();
            var text = Base64Url.EncodeToString(For(session).Protect(Encoding.ASCII.GetBytes(plain)));
            if (text.Length > LongestProtected) return "";
            session.Routes.Add(text, plain);
            return text;
        }
        catch (CryptographicException)
        {
            return "";
        }
    }

    /// <summary>Exchange's value again.</summary>
    /// <param name="text">What a browser sent.</param>
    /// <param name="session">Who sent it.</param>
    /// <returns>Null for what Exchange did not set for this person, and for what was protected with keys that are gone.</returns>
    /// <exception cref="CryptographicException">The key ring is in a Redis that does not answer (<see cref="RedisConnection.IsAway"/>).</exception>
    public string? Open(ReadOnlySpan<char> text, LiveSession session)
    {
        if (session.Routes.Plain(text) is { } known) return known;
        if (text.Length > LongestProtected || Decode(text) is not { } bytes) return null;
        try
        {
            var value = Encoding.ASCII.GetString(For(session).Unprotect(bytes));
            session.Routes.Add(text.ToString(), value);
            return value;
        }
        catch (CryptographicException e) when (!RedisConnection.IsAway(e))
        {
            return null;
        }
    }

    /// <summary>The person is part of the key.</summary>
    private IDataProtector For(LiveSession session) => _protector.CreateProtector(session.Owner);

    /// <summary>Null for every spelling but the one that <see cref="Protect"/> gives: base64 has others for the same bytes.</summary>
    private static byte[]? Decode(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var length) is not OperationStatus.Done) return null;
        bytes = bytes[..length];
        return text.SequenceEqual(Base64Url.EncodeToString(bytes)) ? bytes : null;
    }
}

/// <summary>The last values of a session in both forms: opening one takes microseconds, and a browser sends it with every request.</summary>
internal sealed class KnownRoutes
{
    /// <summary>One each of /owa and /ecp, and those before them, which other tabs may still send.</summary>
    private const int Kept = 4;

    private volatile (string Protected, string Plain)[] _last = []; // never changed, only replaced; what two requests add at once may be lost, and costs its opening again

    public string? Protected(ReadOnlySpan<char> plain)
    {
        foreach (var route in _last)
        {
            if (plain.SequenceEqual(route.Plain)) return route.Protected;
        }

        return null;
    }

    public string? Plain(ReadOnlySpan<char> text)
    {
        foreach (var route in _last)
        {
            if (text.SequenceEqual(route.Protected)) return route.Plain;
        }

        return null;
    }

    public void Add(string text, string plain) => _last = [(text, plain), .. _last.Take(Kept - 1)];
}
