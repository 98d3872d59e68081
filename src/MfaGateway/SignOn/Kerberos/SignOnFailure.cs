using MfaGateway.Audit;
using MfaGateway.Outcome;
using Microsoft.Extensions.Logging;

namespace MfaGateway.SignOn.Kerberos;

/// <summary>Why a user could not be signed on with Kerberos. The code stands in the audit line and is the heading of the remedy in docs/kerberos.md.</summary>
/// <param name="Event">Number of the log event.</param>
/// <param name="Code">Stable, lower case with hyphens.</param>
/// <param name="Text">Which text the user's page shows.</param>
internal sealed record SignOnFailure(int Event, string Code, RefusalText Text)
{
    private readonly Action<ILogger, string, string, string, string, Exception?> _report = LoggerMessage.Define<string, string, string, string>(
        LogLevel.Error, new EventId(Event, Code), "'{User}' was not signed on: {Reason}. {Detail}. Remedy: {Remedy}");

    /// <summary>502: the sign-on was refused. 503: a part of it does not answer, later it may.</summary>
    public int Status { get; init; } = 502;

    /// <summary>Trying again later makes sense by itself, without an administrator.</summary>
    public int? RetryAfter { get; init; }

    public static readonly SignOnFailure NoUserName = new(6001, "no-user-name", RefusalText.NoUserName);
    public static readonly SignOnFailure PrivilegedUser = new(6002, "privileged-user", RefusalText.PrivilegedUser) { Status = 403 };
    public static readonly SignOnFailure UserUnknown = new(6003, "user-unknown", RefusalText.UserUnknown);
    public static readonly SignOnFailure UserDisabled = new(6004, "user-disabled", RefusalText.UserDisabled);
    public static readonly SignOnFailure UserExpired = new(6005, "user-expired", RefusalText.UserExpired);
    public static readonly SignOnFailure PasswordExpired = new(6006, "password-expired", RefusalText.PasswordExpired);
    public static readonly SignOnFailure NotDelegable = new(6007, "not-delegable", RefusalText.NotDelegable);
    public static readonly SignOnFailure DelegationRefused = new(6008, "delegation-refused", RefusalText.DelegationRefused);
    public static readonly SignOnFailure DelegationNotAllowed = new(6009, "delegation-not-allowed", RefusalText.DelegationRefused);
    public static readonly SignOnFailure ProtocolTransitionMissing = new(6010, "protocol-transition-missing", RefusalText.DelegationRefused);
    public static readonly SignOnFailure ServiceUnknown = new(6011, "service-unknown", RefusalText.ServiceUnknown);
    public static readonly SignOnFailure KeytabMissing = new(6012, "keytab-missing", RefusalText.GatewayAccount);
    public static readonly SignOnFailure KeytabStale = new(6013, "keytab-stale", RefusalText.GatewayAccount);
    public static readonly SignOnFailure AccountUnknown = new(6014, "account-unknown", RefusalText.GatewayAccount);
    public static readonly SignOnFailure AccountDisabled = new(6015, "account-disabled", RefusalText.GatewayAccount);
    public static readonly SignOnFailure LibraryMissing = new(6016, "library-missing", RefusalText.GatewayAccount);
    public static readonly SignOnFailure EncryptionType = new(6017, "encryption-type", RefusalText.EncryptionType);
    public static readonly SignOnFailure ClockSkew = new(6018, "clock-skew", RefusalText.ClockSkew);
    public static readonly SignOnFailure KdcUnreachable = new(6019, "kdc-unreachable", RefusalText.KdcUnreachable) { Status = 503, RetryAfter = 15 };
    public static readonly SignOnFailure KdcSlow = new(6020, "kdc-slow", RefusalText.KdcSlow) { Status = 503, RetryAfter = 15 };
    public static readonly SignOnFailure QueueFull = new(6021, "kdc-queue-full", RefusalText.KdcSlow) { Status = 503, RetryAfter = 15 };
    public static readonly SignOnFailure KerberosFailed = new(6022, "kerberos-failed", RefusalText.SignOnFailed);
    public static readonly SignOnFailure WrongIdentity = new(6023, "wrong-identity", RefusalText.WrongIdentity);
    public static readonly SignOnFailure BindingRefused = new(6024, "binding-refused", RefusalText.BindingRefused);
    public static readonly SignOnFailure ServerRefused = new(6025, "server-refused", RefusalText.ServerRefused);
    public static readonly SignOnFailure MutualAuthenticationFailed = new(6026, "mutual-authentication-failed", RefusalText.MutualAuthenticationFailed);

    /// <summary>Every failure there is.</summary>
    public static readonly IReadOnlyList<SignOnFailure> All =
    [
        NoUserName, PrivilegedUser, UserUnknown, UserDisabled, UserExpired, PasswordExpired, NotDelegable, DelegationRefused, DelegationNotAllowed,
        ProtocolTransitionMissing, ServiceUnknown, KeytabMissing, KeytabStale, AccountUnknown, AccountDisabled, LibraryMissing, EncryptionType, ClockSkew,
        KdcUnreachable, KdcSlow, QueueFull, KerberosFailed, WrongIdentity, BindingRefused, ServerRefused, MutualAuthenticationFailed,
    ];

    /// <summary>Where the remedy stands.</summary>
    public string Remedy => $"docs/kerberos.md#{Code}";

    /// <summary>A domain controller did not do its part; the user is not to blame, and the next attempt may work.</summary>
    public bool IsOutage => Status == 503;

    /// <summary>What the caller gets.</summary>
    public Refusal ToRefusal() => new(Status, Code, Text) { Action = AuditActions.BackendSignOn, RetryAfter = RetryAfter };

    /// <summary>Writes the log event of this failure.</summary>
    /// <param name="logger">Where to.</param>
    /// <param name="user">Whose sign-on it was.</param>
    /// <param name="detail">The operating system's or the server's words; never a ticket.</param>
    public void Report(ILogger logger, string user, string detail) => _report(logger, user, Code, detail, Remedy, null);

    /// <summary>The code only.</summary>
    public override string ToString() => Code;
}
