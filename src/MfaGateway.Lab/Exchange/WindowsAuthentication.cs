using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MfaGateway.Lab.Kerberos;
using MfaGateway.SignOn.Kerberos.Gssapi;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace MfaGateway.Lab.Exchange;

/// <summary>
/// Signs people on as IIS does for an Exchange with Windows authentication and Extended Protection required: the token must be made for this server's certificate,
/// the connection stays signed on (<c>authPersistNonNTLM</c>), and who comes without a token on a fresh connection gets 401.
/// </summary>
internal sealed class WindowsAuthentication(TicketAcceptor acceptor, X509Certificate2 certificate)
{
    private const string Negotiate = "Negotiate";

    private static readonly string[] Offers = [Negotiate, "NTLM"];

    /// <summary><c>tls-server-end-point</c> (RFC 5929 section 4.1) of a certificate that is signed with SHA-256. Written out here, so that it does not agree with the
    /// gateway's own reckoning by construction.</summary>
    private readonly byte[] _binding = [.. Encoding.ASCII.GetBytes("tls-server-end-point:"), .. SHA256.HashData(certificate.RawData)];

    private int _tokens;

    /// <summary>How many tokens were accepted.</summary>
    public int Tokens => Volatile.Read(ref _tokens);

    /// <summary>Who the request is from, by its token or by its connection. Null: the answer is 401, which the caller writes.</summary>
    public string? SignOn(HttpContext context)
    {
        var connection = context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items;
        if (TokenOf(context.Request) is { } token)
        {
            connection.Remove(typeof(WindowsAuthentication));
            if (Accept(token) is { } accepted)
            {
                connection[typeof(WindowsAuthentication)] = accepted.User;
                context.Response.Headers.WWWAuthenticate = $"{Negotiate} {Convert.ToBase64String(accepted.Answer)}";
                context.Response.Headers["Persistent-Auth"] = "true";
            }
        }

        if (connection.TryGetValue(typeof(WindowsAuthentication), out var user) && user is string name) return name;
        context.Response.Headers.WWWAuthenticate = Offers;
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return null;
    }

    private static byte[]? TokenOf(HttpRequest request)
    {
        if (request.Headers.Authorization is not [{ } header] || !header.StartsWith($"{Negotiate} ", StringComparison.OrdinalIgnoreCase)) return null;
        var token = new byte[header.Length];
        return Convert.TryFromBase64String(header[(Negotiate.Length + 1)..], token, out var length) ? token[..length] : [];
    }

    private TicketAcceptor.Accepted? Accept(byte[] token)
    {
        try
        {
            if (acceptor.Accept(token, _binding) is not { Bound: true } accepted) return null; // made for no connection: Extended Protection is required
            Interlocked.Increment(ref _tokens);
            return accepted;
        }
        catch (GssException)
        {
            return null;
        }
    }
}
