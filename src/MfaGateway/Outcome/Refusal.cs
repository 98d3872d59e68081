using MfaGateway.Audit;

namespace MfaGateway.Outcome;

/// <summary>Why a request is not forwarded, and what its caller is told.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Reason">The stable code in the audit line and the problem document.</param>
/// <param name="Text">Which text the page shows.</param>
internal sealed record Refusal(int Status, string Reason, RefusalText Text)
{
    public string Action { get; init; } = AuditActions.AttackRefused;

    /// <summary>Anybody can cause any number of them without signing in, so many of them become one audit line.</summary>
    public bool IsJunk
    {
        get => field || Action == AuditActions.AttackRefused;
        init;
    }

    /// <summary>Seconds after which trying again makes sense; null for never.</summary>
    public int? RetryAfter { get; init; }

    public static readonly Refusal Malformed = new(400, "malformed-request", RefusalText.BadRequest);
    public static readonly Refusal AmbiguousFraming = new(400, "ambiguous-framing", RefusalText.BadRequest);
    public static readonly Refusal WrongHost = new(400, "wrong-host", RefusalText.BadRequest);
    public static readonly Refusal Misdirected = new(421, "misdirected-request", RefusalText.BadRequest); // RFC 9110, 15.5.20
    public static readonly Refusal AttackCookie = new(400, "attack-cookie", RefusalText.BadRequest);
    public static readonly Refusal KnownAttack = new(400, "known-attack", RefusalText.BadRequest);
    public static readonly Refusal UpgradeRefused = new(400, "upgrade-refused", RefusalText.BadRequest);
    public static readonly Refusal NotPublished = new(404, "not-published", RefusalText.NotFound);
    public static readonly Refusal MethodNotPublished = new(405, "method-not-published", RefusalText.NotFound);
    public static readonly Refusal TooLarge = new(413, "body-too-large", RefusalText.TooLarge);
    public static readonly Refusal CrossSite = new(403, "cross-site-request", RefusalText.CrossSite);
    public static readonly Refusal TooManySignIns = new(429, "too-many-sign-ins", RefusalText.TooMany) { RetryAfter = 60 };
    public static readonly Refusal TooManyStepUps = new(429, "too-many-step-ups", RefusalText.TooMany) { RetryAfter = 60 };
    public static readonly Refusal TooManyFromAddress = new(429, "too-many-requests-of-address", RefusalText.TooBusy) { RetryAfter = 5 };
    public static readonly Refusal TooManyInSession = new(429, "too-many-requests-of-session", RefusalText.TooBusy) { RetryAfter = 5 };
    public static readonly Refusal TooManyOfUser = new(429, "too-many-requests-of-user", RefusalText.TooBusy) { RetryAfter = 5 };
    public static readonly Refusal TooManyHanging = new(429, "too-many-hanging-requests", RefusalText.TooBusy) { RetryAfter = 30 };

    public static readonly Refusal FactorMissing = new(403, "factor-not-delivered", RefusalText.FactorMissing) { Action = AuditActions.Decision };
    public static readonly Refusal SignInDenied = new(403, "sign-in-denied", RefusalText.SignInDenied) { Action = AuditActions.SignIn };
    public static readonly Refusal SignInStale = new(400, "sign-in-stale", RefusalText.SignInStale) { Action = AuditActions.SignIn, IsJunk = true };
    public static readonly Refusal SignInInvalid = new(502, "sign-in-invalid", RefusalText.SignInInvalid) { Action = AuditActions.SignIn };
    public static readonly Refusal ProviderDown = new(503, "provider-unavailable", RefusalText.ProviderDown) { Action = AuditActions.SignIn, RetryAfter = 15 };

    public static readonly Refusal StoreDown = new(503, "session-store-unavailable", RefusalText.Unavailable) { Action = AuditActions.Decision, RetryAfter = 10 };
    public static readonly Refusal RecheckDown = new(503, "recheck-unavailable", RefusalText.Unavailable) { Action = AuditActions.Decision, RetryAfter = 10 };
    public static readonly Refusal EngineDown = new(503, "policy-engine-unavailable", RefusalText.Unavailable) { Action = AuditActions.Decision, RetryAfter = 10 };
    public static readonly Refusal AuditDown = new(503, "audit-unavailable", RefusalText.Unavailable) { Action = AuditActions.Decision, RetryAfter = 10 };
    public static readonly Refusal NoServer = new(503, "no-healthy-server", RefusalText.NoServer) { Action = AuditActions.BackendSignOn, RetryAfter = 15 };
    public static readonly Refusal ServerFailed = new(502, "server-failed", RefusalText.NoServer) { Action = AuditActions.BackendSignOn, RetryAfter = 5 };
    public static readonly Refusal SignOnFailed = new(502, "sign-on-refused", RefusalText.SignOnFailed) { Action = AuditActions.BackendSignOn };
    public static readonly Refusal ForeignRedirect = new(502, "foreign-redirect", RefusalText.SignOnFailed) { Action = AuditActions.BackendSignOn };
    public static readonly Refusal Broken = new(500, "internal-error", RefusalText.Broken) { Action = AuditActions.Decision };

    public static Refusal Denied(string reason) => new(403, reason, RefusalText.Denied) { Action = AuditActions.Decision };
}

/// <summary>The texts of the pages that refuse.</summary>
internal enum RefusalText
{
    BadRequest,
    NotFound,
    TooLarge,
    CrossSite,
    TooMany,
    TooBusy,
    Denied,
    FactorMissing,
    SignInDenied,
    SignInStale,
    SignInInvalid,
    ProviderDown,
    Unavailable,
    NoServer,
    SignOnFailed,
    NoUserName,
    PrivilegedUser,
    UserUnknown,
    UserDisabled,
    UserExpired,
    PasswordExpired,
    NotDelegable,
    DelegationRefused,
    ServiceUnknown,
    GatewayAccount,
    EncryptionType,
    ClockSkew,
    KdcUnreachable,
    KdcSlow,
    WrongIdentity,
    BindingRefused,
    ServerRefused,
    MutualAuthenticationFailed,
    Broken,
}
