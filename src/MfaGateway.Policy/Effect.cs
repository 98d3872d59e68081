namespace MfaGateway.Policy;

/// <summary>What a matching rule does.</summary>
public enum Effect
{
    /// <summary>Refuses, whatever other rules say.</summary>
    Forbid,

    /// <summary>Adds its demands to those of every other matching <c>require</c>. Grants nothing by itself.</summary>
    Require,

    /// <summary>Grants, once its own demands are met.</summary>
    Permit,
}
