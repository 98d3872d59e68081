namespace MfaGateway.Policy;

/// <summary>What a condition says about a request.</summary>
public enum Match
{
    /// <summary>The condition does not hold.</summary>
    No,

    /// <summary>The condition holds.</summary>
    Yes,

    /// <summary>The condition cannot tell, for example because the client address is unknown. Never permits; counts as matching in
    /// <c>forbid</c> and <c>require</c>.</summary>
    Error,
}
