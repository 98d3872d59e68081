using System.ComponentModel;
using System.Net.Security;
using System.Runtime.Versioning;
using System.Security;
using System.Security.Authentication.ExtendedProtection;
using System.Security.Principal;

namespace MfaGateway.SignOn.Kerberos.Windows;

/// <summary>Acts for users as the account the service runs as: an S4U logon (MS-SFU), then a token of SSPI made in the user's name. Windows keeps the
/// tickets itself, in the logon session that the identity stands for.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsDelegation(KerberosOptions options, TimeProvider time) : IDelegation
{
    /// <summary>Opens one for a thread.</summary>
    public static Func<IDelegation> Opener(KerberosOptions options, TimeProvider time) => () => new WindowsDelegation(options, time);

    public Delegated Obtain(string user, string servicePrincipalName)
    {
#pragma warning disable CA2000 // the ticket takes it over
        WindowsIdentity identity;
        try
        {
            identity = new WindowsIdentity(user);
        }
        catch (Exception e) when (e is SecurityException or UnauthorizedAccessException)
        {
            return new Delegated.Refused(WindowsFailures.OfLogon(e.Message, code => new Win32Exception(code).Message), e.Message);
        }

        if (identity.ImpersonationLevel is not (TokenImpersonationLevel.Impersonation or TokenImpersonationLevel.Delegation))
        {
            // a token that only identifies cannot be impersonated, and then SSPI would speak for the service's own account
            identity.Dispose();
            return new Delegated.Refused(SignOnFailure.ProtocolTransitionMissing, "the service's account lacks the right 'Act as part of the operating system'");
        }

        var ticket = new WindowsUserTicket(identity, servicePrincipalName, time.GetUtcNow() + options.TicketLifetime);
#pragma warning restore CA2000
        var status = ticket.Obtain();
        if (status is NegotiateAuthenticationStatusCode.ContinueNeeded or NegotiateAuthenticationStatusCode.Completed) return new Delegated.Granted(ticket);
        ticket.Dispose();
        return new Delegated.Refused(WindowsFailures.OfToken(status), $"SSPI answered {status}");
    }

    public void Dispose()
    {
        // Windows keeps everything
    }
}

/// <summary>A user's logon session.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsUserTicket(WindowsIdentity identity, string servicePrincipalName, DateTimeOffset expires) : IUserTicket
{
    public string Owner { get; } = identity.Name.Split('\\')[^1];

    public DateTimeOffset Expires => expires;

    /// <summary>Makes a token and throws it away, so that the ticket for the service is there when the first request wants it.</summary>
    public NegotiateAuthenticationStatusCode Obtain()
    {
        using var context = WindowsTicketContext.Start(identity, servicePrincipalName, null, out var status);
        return status;
    }

    public ITicketContext Start(ReadOnlySpan<byte> channelBinding)
    {
#pragma warning disable CA2000 // who gets the token disposes it
        var context = WindowsTicketContext.Start(identity, servicePrincipalName, new SspiBinding(channelBinding), out var status);
#pragma warning restore CA2000
        if (status is NegotiateAuthenticationStatusCode.ContinueNeeded or NegotiateAuthenticationStatusCode.Completed) return context;
        context.Dispose();
        throw new ObjectDisposedException(nameof(WindowsUserTicket), $"The logon session gives no more tokens: {status}."); // obtained anew by the caller
    }

    public void Dispose() => identity.Dispose();
}

/// <summary>A token of SSPI and the check of the answer to it.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsTicketContext : ITicketContext
{
    private readonly NegotiateAuthentication _context;
    private readonly ChannelBinding? _binding;

    private WindowsTicketContext(NegotiateAuthentication context, ChannelBinding? binding) => (_context, _binding) = (context, binding);

    public ReadOnlyMemory<byte> Token { get; private set; }

    public static WindowsTicketContext Start(WindowsIdentity identity, string servicePrincipalName, ChannelBinding? binding, out NegotiateAuthenticationStatusCode status)
    {
        var (token, outcome, context) = WindowsIdentity.RunImpersonated(identity.AccessToken, () =>
        {
            var negotiation = new NegotiateAuthentication(new NegotiateAuthenticationClientOptions
            {
                Package = "Kerberos", // never NTLM, which would leave without a ticket
                TargetName = servicePrincipalName,
                Binding = binding,
                RequireMutualAuthentication = true,
                RequiredProtectionLevel = ProtectionLevel.Sign,
                AllowedImpersonationLevel = TokenImpersonationLevel.Impersonation,
            });
            return (negotiation.GetOutgoingBlob([], out var code), code, negotiation);
        });
        status = outcome;
        return new WindowsTicketContext(context, binding) { Token = Spnego.Wrap(token) };
    }

    public bool Completes(ReadOnlySpan<byte> answer)
    {
        if (Spnego.Unwrap(answer.ToArray()) is not { } kerberos) return false;
        _context.GetOutgoingBlob(kerberos.Span, out var status);
        return status is NegotiateAuthenticationStatusCode.Completed;
    }

    public void Dispose()
    {
        _context.Dispose();
        _binding?.Dispose();
    }
}
