using System.Globalization;

namespace MfaGateway.Policy;

/// <summary>One demand of a rule and whether the subject meets it.</summary>
public sealed record DemandExplanation
{
    /// <summary>The rule that demands.</summary>
    public required string RuleId { get; init; }

    /// <summary>The demand's name in the document.</summary>
    public required string Name { get; init; }

    /// <summary>What is demanded.</summary>
    public required string Wanted { get; init; }

    /// <summary>What the subject shows.</summary>
    public required string Found { get; init; }

    /// <summary>Whether it is met.</summary>
    public required bool Met { get; init; }

    /// <summary>Whether signing in again could meet it.</summary>
    public required bool BySigningIn { get; init; }

    internal static IReadOnlyList<DemandExplanation> Of(Rule rule, AccessRequest request)
    {
        var (demands, subject, unmet) = (rule.Demands, request.Subject, rule.Demands.Unmet(request));
        var list = new List<DemandExplanation>();
        if (demands.Mfa)
            Add("mfa", Unmet.Mfa, "true", subject.Mfa ? "true" : "false");
        if (demands.MaxAge is { } maxAge)
            Add("maxAge", Unmet.MaxAge, Text(maxAge), Age(request));
        if (!demands.Methods.IsEmpty)
            Add("method", Unmet.Method, string.Join(" or ", demands.Methods), Names(subject.Methods));
        if (!demands.Contexts.IsEmpty)
            Add("context", Unmet.Context, string.Join(" or ", demands.Contexts), Names(subject.Contexts));
        if (demands.DeviceManaged || demands.DeviceCompliant)
            Add("device", Unmet.Device, Device(demands.DeviceManaged, demands.DeviceCompliant), Device(subject.DeviceManaged, subject.DeviceCompliant));
        return list;

        void Add(string name, Unmet kind, string wanted, string found) => list.Add(new DemandExplanation
        {
            RuleId = rule.Id,
            Name = name,
            Wanted = wanted,
            Found = found,
            Met = !unmet.Includes(kind),
            BySigningIn = kind.IsReachable(),
        });
    }

    private static string Age(AccessRequest request) => request.Subject switch
    {
        { Mfa: false } => "no proof of MFA",
        { MfaAt: null } => "time unknown",
        { MfaAt: { } at } when at > request.Now => "time in the future",
        { MfaAt: { } at } => Text(request.Now - at),
    };

    private static string Text(TimeSpan time) => time.ToString(time < TimeSpan.FromDays(1) ? @"hh\:mm\:ss" : @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);

    private static string Names(IReadOnlySet<string> names) => names.Count == 0 ? "none" : string.Join(", ", names.Order(StringComparer.Ordinal));

    private static string Device(bool? managed, bool? compliant) => (managed, compliant) switch
    {
        (true, true) => "managed and compliant",
        (true, _) => "managed",
        (_, true) => "compliant",
        (null, null) => "unknown",
        _ => "neither managed nor compliant",
    };
}
