namespace MfaGateway.SignOn.Kerberos;

/// <summary>The gateway's right to act for users, as one thread uses it: the border to the operating system. Every call may block for as long as domain
/// controllers keep it waiting, and none runs on a thread of the pool.</summary>
internal interface IDelegation : IDisposable
{
    /// <summary>A ticket of a user for a service (MS-SFU: S4U2Self, then S4U2Proxy).</summary>
    /// <param name="user">UPN or name@REALM.</param>
    /// <param name="servicePrincipalName">HTTP/mail.contoso.com.</param>
    Delegated Obtain(string user, string servicePrincipalName);
}

/// <summary>A ticket, or why there is none.</summary>
internal abstract record Delegated
{
    private Delegated()
    {
    }

    /// <summary>There it is.</summary>
    public sealed record Granted(IUserTicket Ticket) : Delegated;

    /// <summary>There is none.</summary>
    /// <param name="Failure">Why.</param>
    /// <param name="Detail">The operating system's words, for the log.</param>
    public sealed record Refused(SignOnFailure Failure, string Detail) : Delegated;
}

/// <summary>A user's ticket for a service. Making tokens of it needs nobody else, until it expires. Disposing it gives its memory back once nobody uses it.</summary>
internal interface IUserTicket : IDisposable
{
    /// <summary>Whose it is, by the domain's own account.</summary>
    string Owner { get; }

    /// <summary>When servers stop taking it.</summary>
    DateTimeOffset Expires { get; }

    /// <summary>A fresh token.</summary>
    /// <param name="channelBinding">Of the connection it will travel on.</param>
    /// <exception cref="ObjectDisposedException">The ticket was disposed before.</exception>
    ITicketContext Start(ReadOnlySpan<byte> channelBinding);
}

/// <summary>A token was made in another name than the ticket's; it was thrown away. This is a bug or a set-up that must not go on, never a "no".</summary>
internal sealed class WrongIdentityException(string expected, string actual)
    : Exception($"A token for '{expected}' would have spoken for '{actual}'.");
