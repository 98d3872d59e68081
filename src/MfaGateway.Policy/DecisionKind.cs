namespace MfaGateway.Policy;

/// <summary>The three answers. Zero is the safe one, so that a forgotten value denies.</summary>
public enum DecisionKind
{
    /// <summary>The request is refused.</summary>
    Deny = 0,

    /// <summary>The request is refused for now; signing in again with what <see cref="PolicySet.DemandsOf"/> lists can change that.</summary>
    StepUp = 1,

    /// <summary>The request may be forwarded.</summary>
    Allow = 2,
}

/// <summary>How answers are written in policy documents, audit lines and on the command line.</summary>
public static class DecisionKindExtensions
{
    /// <summary>The code: <c>allow</c>, <c>step-up</c> or <c>deny</c>.</summary>
    /// <param name="kind">The answer.</param>
    public static string ToCode(this DecisionKind kind) => kind switch
    {
        DecisionKind.Allow => "allow",
        DecisionKind.StepUp => "step-up",
        _ => "deny",
    };
}
