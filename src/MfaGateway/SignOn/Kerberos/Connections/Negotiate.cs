using System.Net.Http.Headers;

namespace MfaGateway.SignOn.Kerberos.Connections;

/// <summary>The header fields of the scheme <c>Negotiate</c> (RFC 4559) and what Windows adds to them (MS-N2HT).</summary>
internal static class Negotiate
{
    public const string Scheme = "Negotiate";

    public static AuthenticationHeaderValue Credentials(ReadOnlySpan<byte> token) => new(Scheme, Convert.ToBase64String(token));

    /// <summary>The server's token; null when there is none, more than one, or one that is not base64.</summary>
    public static byte[]? Answer(HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var values)) return null;
        string? found = null;
        foreach (var value in values)
        {
            if (!value.StartsWith(Scheme + " ", StringComparison.OrdinalIgnoreCase)) continue;
            if (found is not null) return null;
            found = value[(Scheme.Length + 1)..].Trim();
        }

        var token = new byte[found?.Length ?? 0];
        return found is { Length: > 0 } && Convert.TryFromBase64String(found, token, out var length) ? token[..length] : null;
    }

    /// <summary>The schemes that a server offers, for a log line: a directory that is not set to Windows authentication offers others.</summary>
    public static string Offers(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var values)
            ? string.Join(", ", values.Select(value => value.Split(' ')[0]).Distinct(StringComparer.OrdinalIgnoreCase))
            : "nothing";

    /// <summary>What the server says of further requests on this connection (MS-N2HT 2.2.2); null when it says nothing.</summary>
    public static bool? Persists(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Persistent-Auth", out var values)
            ? values.ToString().Equals("true", StringComparison.OrdinalIgnoreCase)
            : null;
}
