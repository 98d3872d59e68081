using System.Buffers;
using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace MfaGateway.Shield;

/// <summary>Cookies that no browser sends; the attacks of 2021 did (CVE-2021-26855, CVE-2021-33766, CVE-2021-34473). Refused always: no setting changes it.</summary>
internal static class AttackCookies
{
    private static readonly FrozenSet<string> _names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "X-BEResource", "X-AnonResource", "X-AnonResource-Backend", "SecurityToken", "Email");

    /// <summary>The same, to look for in one go: nearly no header has one of them anywhere.</summary>
    private static readonly SearchValues<string> _anywhere = SearchValues.Create([.. _names], StringComparison.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _byText = _names.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Reads the header itself: the parsed cookies lack what ASP.NET Core finds malformed, and Exchange would still read that.</summary>
    public static bool AreIn(StringValues header)
    {
        foreach (var line in header)
        {
            var text = line.AsSpan();
            if (!text.ContainsAny(_anywhere)) continue;
            foreach (var range in text.SplitAny(';', ','))
            {
                var pair = text[range];
                var equals = pair.IndexOf('=');
                if (_byText.Contains((equals < 0 ? pair : pair[..equals]).Trim())) return true;
            }
        }

        return false;
    }
}
