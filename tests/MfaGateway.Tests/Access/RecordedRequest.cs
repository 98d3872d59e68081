using System.Net;
using System.Text.Json;
using MfaGateway.Policy;

namespace MfaGateway.Tests.Access;

/// <summary>Reads the question of a decision back from its audit line, by the names of the fields alone.</summary>
internal static class RecordedRequest
{
    public static AccessRequest Of(JsonElement line) => new()
    {
        Subject = new AccessSubject
        {
            User = Text(line, "user.name") ?? "",
            Provider = Text(line, "gateway.provider") ?? "",
            Groups = Texts(line, "gateway.facts.groups"),
            Methods = Texts(line, "gateway.methods"),
            Contexts = Texts(line, "gateway.facts.contexts"),
            Mfa = Flag(line, "gateway.facts.mfa") ?? false,
            MfaAt = line.TryGetProperty("gateway.mfa_at", out var at) ? at.GetDateTimeOffset() : null,
            DeviceManaged = Flag(line, "gateway.facts.device.managed"),
            DeviceCompliant = Flag(line, "gateway.facts.device.compliant"),
            Claims = line.TryGetProperty("gateway.facts.claims", out var claims)
                ? claims.EnumerateObject().ToDictionary(claim => claim.Name, IReadOnlyList<string> (claim) => [.. claim.Value.EnumerateArray().Select(value => value.GetString()!)])
                : new Dictionary<string, IReadOnlyList<string>>(),
        },
        Resource = Text(line, "gateway.resource")!,
        Path = Text(line, "url.path")!,
        HttpMethod = Text(line, "http.request.method")!,
        Source = Text(line, "source.ip") is { } address ? IPAddress.Parse(address) : null,
        Country = Text(line, "gateway.facts.country"),
        Client = Text(line, "gateway.facts.client"),
        Platform = Text(line, "gateway.facts.platform"),
        Now = line.GetProperty("@timestamp").GetDateTimeOffset(),
    };

    private static string? Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static bool? Flag(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? value.GetBoolean() : null;

    private static HashSet<string> Texts(JsonElement line, string name) =>
        line.TryGetProperty(name, out var values) ? [.. values.EnumerateArray().Select(value => value.GetString()!)] : [];
}
