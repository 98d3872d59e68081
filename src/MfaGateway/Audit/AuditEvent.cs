using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Audit;

/// <summary>One line of the audit trail, with the field names of the Elastic Common Schema. It never holds a token, cookie, ticket, query string or mail content.</summary>
public sealed record AuditEvent
{
    /// <summary>When.</summary>
    [JsonPropertyName("@timestamp")]
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>What: one of <see cref="AuditActions"/>.</summary>
    [JsonPropertyName("event.action")]
    public required string Action { get; init; }

    /// <summary><c>success</c> or <c>failure</c>.</summary>
    [JsonPropertyName("event.outcome")]
    public required string Outcome { get; init; }

    /// <summary>The reference that the user was shown.</summary>
    [JsonPropertyName("event.id")]
    public required string Id { get; init; }

    /// <summary>The user's name.</summary>
    [JsonPropertyName("user.name")]
    public string? UserName { get; init; }

    /// <summary>The provider's immutable name for the user (<c>sub</c>).</summary>
    [JsonPropertyName("user.id")]
    public string? UserId { get; init; }

    /// <summary>The client's address.</summary>
    [JsonPropertyName("source.ip")]
    public string? SourceIp { get; init; }

    /// <summary>The verb.</summary>
    [JsonPropertyName("http.request.method")]
    public string? Method { get; init; }

    /// <summary>The canonical path, cut to 256 characters; the raw one is not recorded when it has no canonical form.</summary>
    [JsonPropertyName("url.path")]
    public string? Path { get; init; }

    /// <summary>The client's software by its own word, cut to 256 characters.</summary>
    [JsonPropertyName("user_agent.original")]
    public string? UserAgent { get; init; }

    /// <summary>The published application.</summary>
    [JsonPropertyName("gateway.resource")]
    public string? Resource { get; init; }

    /// <summary><c>allow</c>, <c>step-up</c> or <c>deny</c>.</summary>
    [JsonPropertyName("gateway.decision")]
    public string? Decision { get; init; }

    /// <summary>A stable code that says why.</summary>
    [JsonPropertyName("gateway.reason")]
    public string? Reason { get; init; }

    /// <summary>The rules that decided; of a refused attack the rule of the shield.</summary>
    [JsonPropertyName("gateway.rules")]
    public IReadOnlyList<string>? Rules { get; init; }

    /// <summary>The identity provider.</summary>
    [JsonPropertyName("gateway.provider")]
    public string? Provider { get; init; }

    /// <summary>The authentication methods proven.</summary>
    [JsonPropertyName("gateway.methods")]
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>When the second factor was proven.</summary>
    [JsonPropertyName("gateway.mfa_at")]
    public DateTimeOffset? MfaAt { get; init; }

    /// <summary>First digits of the session handle's hash.</summary>
    [JsonPropertyName("gateway.session")]
    public string? Session { get; init; }

    /// <summary>The server behind: of this request once it was forwarded, else of the session's last one.</summary>
    [JsonPropertyName("gateway.destination")]
    public string? Destination { get; init; }

    /// <summary>What report-only rules would have decided, when that differs.</summary>
    [JsonPropertyName("gateway.report_only")]
    public string? ReportOnly { get; init; }

    /// <summary>What the document on trial (<c>Policy:ReportOnlyPath</c>) would have decided.</summary>
    [JsonPropertyName("gateway.trial.decision")]
    public string? TrialDecision { get; init; }

    /// <summary>Why it would.</summary>
    [JsonPropertyName("gateway.trial.reason")]
    public string? TrialReason { get; init; }

    /// <summary>Its rules that would have decided.</summary>
    [JsonPropertyName("gateway.trial.rules")]
    public IReadOnlyList<string>? TrialRules { get; init; }

    /// <summary>Names the document on trial: the first 12 digits of its SHA-256.</summary>
    [JsonPropertyName("gateway.trial.policy")]
    public string? TrialPolicy { get; init; }

    /// <summary>Names the document that decided: the first 12 digits of its SHA-256.</summary>
    [JsonPropertyName("gateway.policy")]
    public string? Policy { get; init; }

    /// <summary>Those of the user's groups that the policy names.</summary>
    [JsonPropertyName("gateway.facts.groups")]
    public IReadOnlyList<string>? FactGroups { get; init; }

    /// <summary>Those groups that the policy names and the user is not in.</summary>
    [JsonPropertyName("gateway.facts.not_groups")]
    public IReadOnlyList<string>? FactNotGroups { get; init; }

    /// <summary>How many groups the user has in all.</summary>
    [JsonPropertyName("gateway.facts.group_count")]
    public int? FactGroupCount { get; init; }

    /// <summary>The authentication contexts proven.</summary>
    [JsonPropertyName("gateway.facts.contexts")]
    public IReadOnlyList<string>? FactContexts { get; init; }

    /// <summary>Whether multi-factor authentication was proven.</summary>
    [JsonPropertyName("gateway.facts.mfa")]
    public bool? FactMfa { get; init; }

    /// <summary>The claims whose types the policy names; without values when the user has none.</summary>
    [JsonPropertyName("gateway.facts.claims")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? FactClaims { get; init; }

    /// <summary>The country of the client's address.</summary>
    [JsonPropertyName("gateway.facts.country")]
    public string? FactCountry { get; init; }

    /// <summary>The kind of client software.</summary>
    [JsonPropertyName("gateway.facts.client")]
    public string? FactClient { get; init; }

    /// <summary>The device platform.</summary>
    [JsonPropertyName("gateway.facts.platform")]
    public string? FactPlatform { get; init; }

    /// <summary>Whether the device is managed.</summary>
    [JsonPropertyName("gateway.facts.device.managed")]
    public bool? FactDeviceManaged { get; init; }

    /// <summary>Whether the device is compliant.</summary>
    [JsonPropertyName("gateway.facts.device.compliant")]
    public bool? FactDeviceCompliant { get; init; }

    /// <summary>The facts that did not fit on the line whole (<c>path</c>, <c>groups</c>, <c>contexts</c>, <c>claims</c>): the decision cannot be made again from it.</summary>
    [JsonPropertyName("gateway.facts.incomplete")]
    public IReadOnlyList<string>? FactsIncomplete { get; init; }

    /// <summary>How many refusals of one kind from one address, or of one person, this line stands for; they have no lines of their own. Absent on a line about one request.</summary>
    [JsonPropertyName("gateway.count")]
    public long? Count { get; init; }

    /// <summary>When the first of them came.</summary>
    [JsonPropertyName("event.start")]
    public DateTimeOffset? Since { get; init; }

    /// <summary>The machine that wrote the line.</summary>
    [JsonPropertyName("gateway.node")]
    public string Node { get; init; } = Environment.MachineName;

    /// <summary>The distributed trace.</summary>
    [JsonPropertyName("trace.id")]
    public string? Trace { get; init; }

    internal static AuditEvent Of(HttpContext context, string action, bool success, string? reason, DateTimeOffset now)
    {
        var gateway = GatewayFeature.Of(context);
        var facts = gateway.Session?.Facts;
        return new AuditEvent
        {
            Timestamp = now,
            Action = action,
            Outcome = success ? "success" : "failure",
            Id = gateway.Reference,
            UserName = facts?.User,
            UserId = facts?.Subject,
            SourceIp = gateway.Source?.ToString(),
            Method = Cut(context.Request.Method),
            Path = Cut(gateway.Target?.Path),
            UserAgent = Cut(context.Request.Headers.UserAgent.ToString()),
            Resource = gateway.Publication?.Resource,
            Reason = reason,
            Provider = facts?.Provider,
            Methods = facts?.Methods,
            MfaAt = facts?.MfaAt,
            Session = gateway.Session?.Key.Digits,
            Destination = gateway.Destination ?? gateway.Session?.Destination,
            Trace = gateway.Trace,
        };
    }

    private static string? Cut(string? text) => text is { Length: > 256 } ? text[..256] : string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>The values of <c>event.action</c>.</summary>
public static class AuditActions
{
    /// <summary>Somebody signed in, or failed to.</summary>
    public const string SignIn = "sign-in";

    /// <summary>The policy's answer changed, or refused.</summary>
    public const string Decision = "decision";

    /// <summary>Somebody signed out.</summary>
    public const string SignOut = "sign-out";

    /// <summary>A session was ended by the identity provider or an operator.</summary>
    public const string SessionRevoked = "session-revoked";

    /// <summary>Configuration or policy was read again.</summary>
    public const string ConfigReload = "config-reload";

    /// <summary>A request was refused before anybody looked who sent it.</summary>
    public const string AttackRefused = "attack-refused";

    /// <summary>Exchange refused the sign-on, or was not to be had.</summary>
    public const string BackendSignOn = "backend-sign-on";
}

[JsonSerializable(typeof(AuditEvent))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, AllowDuplicateProperties = false)]
internal sealed partial class AuditJson : JsonSerializerContext;
