using System.Net;
using MfaGateway.Audit;
using MfaGateway.Policy;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Access;

/// <summary>A decision read back from its audit line.</summary>
public sealed class RecordedDecision
{
    private static readonly IReadOnlySet<string> _none = new HashSet<string>();

    private readonly AuditEvent _line;

    private RecordedDecision(AuditEvent line, AccessRequest request, DecisionKind kind) => (_line, Request, Kind) = (line, request, kind);

    /// <summary>What was asked, as far as it was recorded.</summary>
    public AccessRequest Request { get; }

    /// <summary>What was answered.</summary>
    public DecisionKind Kind { get; }

    /// <summary>The decision of a line that has one.</summary>
    /// <param name="line">The line.</param>
    /// <param name="why">Why there is none, as the end of a sentence.</param>
    /// <returns>The decision, or <see langword="null"/>.</returns>
    public static RecordedDecision? Of(AuditEvent line, out string why)
    {
        ArgumentNullException.ThrowIfNull(line);
        why = "";
        if (line.Decision is null || !Words.Decisions.TryGetValue(line.Decision, out var kind)) why = "`gateway.decision` is not allow, step-up or deny";
        else if (Absent(line) is { } field) why = $"`{field}` is missing";
        else if (line.FactsIncomplete?.FirstOrDefault(fact => fact is "path" or "contexts") is { } cut) why = $"the {cut} did not fit on the line whole";
        else if (HoldsNull(line)) why = "a list of facts holds `null`";
        else if (Source(line, out var source)) return new RecordedDecision(line, Question(line, source), kind);
        else why = "`source.ip` is not an address";
        return null;
    }

    /// <summary>The question as far as a policy looks at it, with what its record does not tell.</summary>
    /// <param name="needs">What the policy looks at.</param>
    /// <param name="fingerprint">Names its document.</param>
    internal AccessRequest RequestFor(PolicyNeeds needs, string fingerprint) => Unrecorded(needs, fingerprint) is { } unrecorded ? Request with { Unrecorded = unrecorded } : Request;

    private PolicyNeeds? Unrecorded(PolicyNeeds needs, string fingerprint)
    {
        // what the very document looked at stands on the line; what does not, was not there
        var own = _line.Policy == fingerprint || _line.TrialPolicy == fingerprint;
        var groups = own && !IsIncomplete("groups") ? _none : GroupsNotTold(needs.Groups);
        var claims = IsIncomplete("claims") ? needs.ClaimTypes : own ? _none : ClaimsNotTold(needs.ClaimTypes);
        var country = !own && needs.Facts.HasFlag(RequestFacts.Country) && Request is { Country: null, Source: not null };
        if (groups.Count == 0 && claims.Count == 0 && !country) return null;
        return new PolicyNeeds { Groups = groups, ClaimTypes = claims, Facts = country ? RequestFacts.Country : RequestFacts.None };
    }

    private IReadOnlySet<string> GroupsNotTold(IReadOnlySet<string> named)
    {
        if (Request.Subject.Groups.Count == _line.FactGroupCount) return _none; // all of the user's groups are on the line
        HashSet<string>? notTold = null;
        foreach (var group in named)
        {
            if (Request.Subject.Groups.Contains(group) || _line.FactNotGroups?.Contains(group, StringComparer.OrdinalIgnoreCase) is true) continue;
            (notTold ??= new HashSet<string>(StringComparer.OrdinalIgnoreCase)).Add(group);
        }

        return notTold ?? _none;
    }

    private IReadOnlySet<string> ClaimsNotTold(IReadOnlySet<string> named)
    {
        HashSet<string>? notTold = null;
        foreach (var type in named)
        {
            if (_line.FactClaims?.ContainsKey(type) is not true) (notTold ??= new HashSet<string>(StringComparer.Ordinal)).Add(type);
        }

        return notTold ?? _none;
    }

    private bool IsIncomplete(string fact) => _line.FactsIncomplete?.Contains(fact) is true;

    private static string? Absent(AuditEvent line) => line switch
    {
        { Resource: null } => "gateway.resource",
        { Path: null } => "url.path",
        { Method: null } => "http.request.method",
        { FactMfa: null } => "gateway.facts.mfa",
        { FactGroupCount: null } => "gateway.facts.group_count",
        _ => null,
    };

    private static bool HoldsNull(AuditEvent line) =>
        new[] { line.FactGroups, line.FactNotGroups, line.Methods, line.FactContexts }.Any(HoldsNull) || line.FactClaims?.Values.Any(values => values is null || HoldsNull(values)) is true;

    private static bool HoldsNull(IReadOnlyList<string>? values) => values?.Contains(null) is true;

    private static bool Source(AuditEvent line, out IPAddress? source)
    {
        source = null;
        return line.SourceIp is null || IPAddress.TryParse(line.SourceIp, out source);
    }

    private static AccessRequest Question(AuditEvent line, IPAddress? source) => new()
    {
        Subject = new AccessSubject
        {
            User = line.UserName ?? "",
            Provider = line.Provider ?? "",
            Groups = Set(line.FactGroups),
            Methods = Set(line.Methods),
            Contexts = Set(line.FactContexts),
            Mfa = line.FactMfa is true,
            MfaAt = line.MfaAt,
            DeviceManaged = line.FactDeviceManaged,
            DeviceCompliant = line.FactDeviceCompliant,
            Claims = Claims(line),
        },
        Resource = line.Resource!,
        Path = line.Path!,
        HttpMethod = line.Method!,
        Source = source,
        Country = line.FactCountry,
        Client = line.FactClient,
        Platform = line.FactPlatform,
        Now = line.Timestamp,
    };

    private static IReadOnlySet<string> Set(IReadOnlyList<string>? values) => values is { Count: > 0 } ? new HashSet<string>(values) : _none;

    // a type without values was looked for and not there
    private static Dictionary<string, IReadOnlyList<string>> Claims(AuditEvent line) =>
        line.FactClaims?.Where(claim => claim.Value.Count > 0).ToDictionary(claim => claim.Key, claim => claim.Value) ?? [];
}
