namespace MfaGateway.Policy;

/// <summary>Whether a rule counts.</summary>
public enum RuleState
{
    /// <summary>Not evaluated.</summary>
    Off,

    /// <summary>Evaluated and reported as what it would have done, without effect.</summary>
    ReportOnly,

    /// <summary>In force.</summary>
    On,
}
