namespace MfaGateway.Policy;

/// <summary>Facts of a request that cost something to find out, so that they are only looked up for a policy that asks.</summary>
[Flags]
public enum RequestFacts
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary><see cref="AccessRequest.Country"/>.</summary>
    Country = 1,

    /// <summary><see cref="AccessRequest.Client"/>.</summary>
    Client = 2,

    /// <summary><see cref="AccessRequest.Platform"/>.</summary>
    Platform = 4,
}
