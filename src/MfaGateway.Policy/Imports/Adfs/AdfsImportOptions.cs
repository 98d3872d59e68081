namespace MfaGateway.Policy.Imports.Adfs;

/// <summary>What an access control policy of AD FS does not say itself.</summary>
internal sealed record AdfsImportOptions
{
    /// <summary>The published applications the policy is to guard. Default <c>owa</c>, <c>ecp</c>, <c>ecp-options</c>.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [ResourceNames.Owa, ResourceNames.Ecp, ResourceNames.EcpOptions];

    /// <summary>The networks that count as <c>intranet</c>, in CIDR notation. AD FS calls intranet what does not come through its proxy,
    /// which the gateway cannot see. Default none: a policy that speaks of intranet or extranet is then refused.</summary>
    public IReadOnlyList<string> Intranet { get; init; } = [];

    /// <summary>Parameters of the policy by name, as given at its assignment. Default none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Parameters { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>How the token names what the policy names: a claim type by its name in the token, a group by its name there. What is not
    /// listed keeps its name. Default none.</summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>();

    /// <summary>What further <c>i:type</c> names of conditions mean: <c>group</c>, <c>location</c> or <c>device</c>. Microsoft publishes
    /// no list of them. Default none.</summary>
    public IReadOnlyDictionary<string, string> ConditionTypes { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether <c>RequireFreshAuthentication</c> stays with AD FS, where the trust goes on enforcing it at every sign-in. Default
    /// <see langword="false"/>: a policy that requires it is refused, because a decision here cannot.</summary>
    public bool FreshAuthenticationStaysAtAdfs { get; init; }
}
