namespace MfaGateway.Policy;

/// <summary>Why the policy answered as it did. Stable codes: responses, audit lines and translations are keyed by them.</summary>
public static class Reasons
{
    /// <summary>Nobody asked the policy. Only <c>default(PolicyDecision)</c> bears it, and it denies.</summary>
    public const string NotDecided = "not-decided";

    /// <summary>A rule permits and every demand is met.</summary>
    public const string Permitted = "permitted";

    /// <summary>A <c>forbid</c> rule matches, or could not tell.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>No <c>permit</c> rule matches.</summary>
    public const string NoRulePermits = "no-rule-permits";

    /// <summary>The device is not managed or not compliant as demanded; signing in again does not help.</summary>
    public const string DeviceRequired = "device-required";

    /// <summary>No proof of multi-factor authentication.</summary>
    public const string MfaRequired = "mfa-required";

    /// <summary>None of the demanded authentication methods (RFC 8176) was proven.</summary>
    public const string MethodRequired = "method-required";

    /// <summary>None of the demanded authentication contexts was proven.</summary>
    public const string ContextRequired = "context-required";

    /// <summary>The proof of multi-factor authentication is older than demanded, or its time is unknown.</summary>
    public const string MfaTooOld = "mfa-too-old";
}
