namespace MfaGateway.SignOn.Kerberos;

/// <summary>Obtains tickets on behalf of users (S4U2Self, then S4U2Proxy) and makes the tokens that a server wants.</summary>
internal interface IDelegatedTickets
{
    /// <summary>A fresh token of a user for a service; good once.</summary>
    /// <param name="user">Kerberos name of the user: UPN (enterprise name) or name@REALM.</param>
    /// <param name="servicePrincipalName">HTTP/mail.contoso.com.</param>
    /// <param name="channelBinding">Application data of the TLS connection: "tls-server-end-point:" and the hash (RFC 5929 section 4).</param>
    /// <param name="renew">Drop what is cached for the user first: the server refused the last ticket.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<TicketResult> InitiateAsync(string user, string servicePrincipalName, ReadOnlyMemory<byte> channelBinding, bool renew, CancellationToken cancellationToken);
}

/// <summary>What came of it.</summary>
internal abstract record TicketResult
{
    private TicketResult()
    {
    }

    /// <summary>The name of the case only: a plain record would print the token.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>The token is there; the caller disposes the context.</summary>
    public sealed record Granted(ITicketContext Context) : TicketResult;

    /// <summary>There is none, and why.</summary>
    public sealed record Refused(SignOnFailure Failure) : TicketResult;
}

/// <summary>One started context: the token to send, and the check of the server's answer.</summary>
internal interface ITicketContext : IDisposable
{
    /// <summary>SPNEGO NegTokenInit (RFC 4178) around the AP-REQ of Kerberos (RFC 4121).</summary>
    ReadOnlyMemory<byte> Token { get; }

    /// <summary>Whether the server's token proves that the server is who it should be (mutual authentication), and the established
    /// context speaks for the user.</summary>
    /// <param name="answer">What followed <c>Negotiate</c> in <c>WWW-Authenticate</c>, decoded.</param>
    bool Completes(ReadOnlySpan<byte> answer);
}
