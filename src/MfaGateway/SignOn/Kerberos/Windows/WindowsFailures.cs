using System.Net.Security;

namespace MfaGateway.SignOn.Kerberos.Windows;

/// <summary>From what Windows says to causes. The S4U logon tells its error as text only, in the language of the machine; so the text is compared with
/// the one that the same machine has for each code (winerror.h).</summary>
internal static class WindowsFailures
{
    private static readonly (int Code, SignOnFailure Failure)[] _known =
    [
        (1317, SignOnFailure.UserUnknown), // ERROR_NO_SUCH_USER
        (1326, SignOnFailure.UserUnknown), // ERROR_LOGON_FAILURE
        (1331, SignOnFailure.UserDisabled), // ERROR_ACCOUNT_DISABLED
        (1909, SignOnFailure.UserDisabled), // ERROR_ACCOUNT_LOCKED_OUT
        (1327, SignOnFailure.UserDisabled), // ERROR_ACCOUNT_RESTRICTION
        (1793, SignOnFailure.UserExpired), // ERROR_ACCOUNT_EXPIRED
        (1330, SignOnFailure.PasswordExpired), // ERROR_PASSWORD_EXPIRED
        (1907, SignOnFailure.PasswordExpired), // ERROR_PASSWORD_MUST_CHANGE
        (1311, SignOnFailure.KdcUnreachable), // ERROR_NO_LOGON_SERVERS
        (1355, SignOnFailure.KdcUnreachable), // ERROR_NO_SUCH_DOMAIN
        (1398, SignOnFailure.ClockSkew), // ERROR_TIME_SKEW
    ];

    /// <param name="message">What the S4U logon said.</param>
    /// <param name="messageOf">The machine's text for a code.</param>
    public static SignOnFailure OfLogon(string message, Func<int, string> messageOf)
    {
        foreach (var (code, failure) in _known)
        {
            if (message.Equals(messageOf(code), StringComparison.Ordinal)) return failure;
        }

        return SignOnFailure.KerberosFailed;
    }

    public static SignOnFailure OfToken(NegotiateAuthenticationStatusCode status) => status switch
    {
        NegotiateAuthenticationStatusCode.TargetUnknown => SignOnFailure.ServiceUnknown,
        NegotiateAuthenticationStatusCode.UnknownCredentials => SignOnFailure.DelegationRefused, // SEC_E_NO_CREDENTIALS: the logon may not be delegated
        NegotiateAuthenticationStatusCode.CredentialsExpired or NegotiateAuthenticationStatusCode.ContextExpired => SignOnFailure.KerberosFailed,
        _ => SignOnFailure.DelegationRefused,
    };
}
