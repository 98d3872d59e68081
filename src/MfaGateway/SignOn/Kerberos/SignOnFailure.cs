using MfaGateway.Audit;
using MfaGateway.Outcome;

namespace MfaGateway.SignOn.Kerberos;

/// <summary>Why a user could not be signed on with Kerberos. The code stands in the audit line and is the heading of the remedy in docs/kerberos.md.</summary>
/// <param name="Code">Stable, lower case with hyphens.</param>
/// <param name="Text">Which text the user's page shows.</param>
internal sealed record SignOnFailure(string Code, RefusalText Text)
{
    /// <summary>502: the sign-on was refused. 503: a part of it does not answer, later it may.</summary>
    public int Status { get; init; } = 502;

    /// <summary>Trying again later makes sense by itself, without an administrator.</summary>
    public int? RetryAfter { get; init; }

    public static readonly SignOnFailure NoUserName = new("no-user-name", RefusalText.NoUserName);
    public static readonly SignOnFailure PrivilegedUser = new("privileged-user", RefusalText.PrivilegedUser) { Status = 403 };
    public static readonly SignOnFailure UserUnknown = new("user-unknown", RefusalText.UserUnknown);
    public static readonly SignOnFailure UserDisabled = new("user-disabled", RefusalText.UserDisabled);
    public static readonly SignOnFailure UserExpired = new("user-expired", RefusalText.UserExpired);
    public static readonly SignOnFailure PasswordExpired = new("password-expired", RefusalText.PasswordExpired);
    public static readonly SignOnFailure NotDelegable = new("not-delegable", RefusalText.NotDelegable);
    public static readonly SignOnFailure DelegationRefused = new("delegation-refused", RefusalText.DelegationRefused);
    public static readonly SignOnFailure DelegationNotAllowed = new("delegation-not-allowed", RefusalText.DelegationRefused);
    public static readonly SignOnFailure ProtocolTransitionMissing = new("protocol-transition-missing", RefusalText.DelegationRefused);
    public static readonly SignOnFailure ServiceUnknown = new("service-unknown", RefusalText.ServiceUnknown);
    public static readonly SignOnFailure KeytabMissing = new("keytab-missing", RefusalText.GatewayAccount);
    public static readonly SignOnFailure KeytabStale = new("keytab-stale", RefusalText.GatewayAccount);
    public static readonly SignOnFailure AccountUnknown = new("account-unknown", RefusalText.GatewayAccount);
    public static readonly SignOnFailure AccountDisabled = new("account-disabled", RefusalText.GatewayAccount);
    public static readonly SignOnFailure LibraryMissing = new("library-missing", RefusalText.GatewayAccount);
    public static readonly SignOnFailure EncryptionType = new("encryption-type", RefusalText.EncryptionType);
    public static readonly SignOnFailure ClockSkew = new("clock-skew", RefusalText.ClockSkew);
    public static readonly SignOnFailure KdcUnreachable = new("kdc-unreachable", RefusalText.KdcUnreachable) { Status = 503, RetryAfter = 15 };
    public static readonly SignOnFailure KdcSlow = new("kdc-slow", RefusalText.KdcSlow) { Status = 503, RetryAfter = 15 };
    public static readonly SignOnFailure QueueFull = new("kdc-queue-full", RefusalText.KdcSlow) { Status = 503, RetryAfter = 15 };
    public static readonly SignOnFailure KerberosFailed = new("kerberos-failed", RefusalText.SignOnFailed);
    public static readonly SignOnFailure WrongIdentity = new("wrong-identity", RefusalText.WrongIdentity);
    public static readonly SignOnFailure BindingRefused = new("binding-refused", RefusalText.BindingRefused);
    public static readonly SignOnFailure ServerRefused = new("server-refused", RefusalText.ServerRefused);
    public static readonly SignOnFailure MutualAuthenticationFailed = new("mutual-authentication-failed", RefusalText.MutualAuthenticationFailed);

    /// <summary>Every failure there is.</summary>
    public static readonly IReadOnlyList<SignOnFailure> All =
    [
        NoUserName, PrivilegedUser, UserUnknown, UserDisabled, UserExpired, PasswordExpired, NotDelegable, DelegationRefused, DelegationNotAllowed,
        ProtocolTransitionMissing, ServiceUnknown, KeytabMissing, KeytabStale, AccountUnknown, AccountDisabled, LibraryMissing, EncryptionType, ClockSkew,
        KdcUnreachable, KdcSlow, QueueFull, KerberosFailed, WrongIdentity, BindingRefused, ServerRefused, MutualAuthenticationFailed,
    ];

    /// <summary>Where the remedy stands.</summary>
    public string Remedy => $"docs/kerberos.md#{Code}";

    /// <summary>What the caller gets.</summary>
    public Refusal ToRefusal() => new(Status, Code, Text) { Action = AuditActions.BackendSignOn, RetryAfter = RetryAfter };

    /// <summary>The code only.</summary>
    public override string ToString() => Code;
}
