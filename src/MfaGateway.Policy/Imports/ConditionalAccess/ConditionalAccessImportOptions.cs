namespace MfaGateway.Policy.Imports.ConditionalAccess;

/// <summary>What Conditional Access policies do not say themselves.</summary>
internal sealed record ConditionalAccessImportOptions
{
    /// <summary>The mapping of every application that is not listed.</summary>
    public const string AnyOther = "*";

    /// <summary>The published applications the policies are to guard. Default <c>owa</c>, <c>ecp</c>, <c>ecp-options</c>.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [ResourceNames.Owa, ResourceNames.Ecp, ResourceNames.EcpOptions];

    /// <summary>Who may come at all: these groups, or everybody who can sign in when the list is empty. Conditional Access only restricts,
    /// so without such a permit a document would refuse everybody.</summary>
    public IReadOnlyList<string> BasePermitGroups { get; init; } = [];

    /// <summary>Which resources an application id, an app group such as <c>Office365</c>, or an authentication context stands for; no
    /// resource says that it is not the gateway. What is not listed refuses the import. Default none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Targets { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Sign-in names by the object id of a user, group names by the object id of a group or role, where the provider's token does
    /// not name them by id. Default none: users by the claim <c>oid</c>, groups and roles by their id.</summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>();

    /// <summary>What proves an authentication strength, by its id: <c>context:c1</c> or <c>method:fido,hwk</c>. Default none: only the
    /// built-in multifactor strength is understood.</summary>
    public IReadOnlyDictionary<string, string> Strengths { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether a device the gateway knows as managed is one that is hybrid joined. Default <see langword="false"/>.</summary>
    public bool ManagedMeansHybridJoined { get; init; }

    /// <summary>Whether client app types are judged by the user agent. Default <see langword="false"/>: by how one signs in at the gateway,
    /// as Entra ID judges them, which is always in a browser.</summary>
    public bool ClientAppsByUserAgent { get; init; }
}
