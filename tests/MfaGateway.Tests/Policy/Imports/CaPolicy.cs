using System.Text.Json.Nodes;

namespace MfaGateway.Tests.Policy.Imports;

/// <summary>A Conditional Access policy as the differential test draws it. Empty is unset, as in Microsoft Graph.</summary>
internal sealed record CaPolicy
{
    public string State { get; init; } = "enabled";
    public string[] IncludeApplications { get; init; } = ["All"];
    public string[] ExcludeApplications { get; init; } = [];
    public string[] Contexts { get; init; } = [];
    public string[] IncludeUsers { get; init; } = ["All"];
    public string[] ExcludeUsers { get; init; } = [];
    public string[] IncludeGroups { get; init; } = [];
    public string[] ExcludeGroups { get; init; } = [];
    public string[] IncludeRoles { get; init; } = [];
    public string[] ExcludeRoles { get; init; } = [];
    public string[] ClientAppTypes { get; init; } = ["all"];
    public string[] IncludePlatforms { get; init; } = [];
    public string[] ExcludePlatforms { get; init; } = [];
    public string[] IncludeLocations { get; init; } = [];
    public string[] ExcludeLocations { get; init; } = [];
    public string? FilterMode { get; init; }
    public string? FilterRule { get; init; }
    public string Operator { get; init; } = "AND";
    public string[] Controls { get; init; } = ["mfa"];
    public string? Strength { get; init; }
    public int? Hours { get; init; }

    public JsonObject ToJson(int number) => new()
    {
        ["id"] = $"policy-{number}",
        ["displayName"] = $"Policy {number}",
        ["state"] = State,
        ["conditions"] = new JsonObject
        {
            ["signInRiskLevels"] = new JsonArray(),
            ["clientAppTypes"] = List(ClientAppTypes),
            ["applications"] = new JsonObject
            {
                ["includeApplications"] = List(IncludeApplications),
                ["excludeApplications"] = List(ExcludeApplications),
                ["includeAuthenticationContextClassReferences"] = List(Contexts),
            },
            ["users"] = new JsonObject
            {
                ["includeUsers"] = List(IncludeUsers),
                ["excludeUsers"] = List(ExcludeUsers),
                ["includeGroups"] = List(IncludeGroups),
                ["excludeGroups"] = List(ExcludeGroups),
                ["includeRoles"] = List(IncludeRoles),
                ["excludeRoles"] = List(ExcludeRoles),
            },
            ["platforms"] = Pair("Platforms", IncludePlatforms, ExcludePlatforms),
            ["locations"] = Pair("Locations", IncludeLocations, ExcludeLocations),
            ["devices"] = FilterMode is null ? null : new JsonObject { ["deviceFilter"] = new JsonObject { ["mode"] = FilterMode, ["rule"] = FilterRule } },
        },
        ["grantControls"] = Controls.Length == 0 && Strength is null ? null : new JsonObject
        {
            ["operator"] = Operator,
            ["builtInControls"] = List(Controls),
            ["termsOfUse"] = new JsonArray(),
            ["authenticationStrength"] = Strength is null ? null : new JsonObject { ["id"] = Strength, ["displayName"] = "A strength" },
        },
        ["sessionControls"] = Hours is null ? null : new JsonObject
        {
            ["signInFrequency"] = new JsonObject { ["isEnabled"] = true, ["type"] = "hours", ["value"] = Hours, ["frequencyInterval"] = "timeBased" },
        },
    };

    public static string ToJson(IEnumerable<CaPolicy> policies) => new JsonObject
    {
        ["@odata.context"] = "https://graph.microsoft.com/v1.0/$metadata#identity/conditionalAccess/policies",
        ["value"] = new JsonArray([.. policies.Select((policy, number) => policy.ToJson(number))]),
    }.ToJsonString();

    private static JsonObject? Pair(string what, string[] include, string[] exclude) =>
        include.Length == 0 ? null : new JsonObject { [$"include{what}"] = List(include), [$"exclude{what}"] = List(exclude) };

    private static JsonArray List(string[] values) => [.. values.Select(value => JsonValue.Create(value))];
}
