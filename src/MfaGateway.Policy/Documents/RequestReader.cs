using System.Text.Json;
using MfaGateway.Policy.Conditions;

namespace MfaGateway.Policy.Documents;

/// <summary>Reads an access request written as JSON, in an example or for an explanation.</summary>
internal static class RequestReader
{
    /// <param name="node">The object.</param>
    /// <param name="now">The time of a request that does not say.</param>
    /// <param name="nowIsReal">Whether that is the time of day, so that a point in time can be compared with it.</param>
    public static AccessRequest Read(DocumentNode node, DateTimeOffset now, bool nowIsReal)
    {
        var fields = node.Fields(Words.RequestKeys);
        if (fields.TryGetValue("mfaAt", out var mfaAt) && !fields.ContainsKey("now") && !nowIsReal)
            mfaAt.Report("`mfaAt` without `now` means another age every time", "Write `now` as well, or `mfaAge`");
        var at = fields.TryGetValue("now", out var nowNode) ? Time(nowNode) ?? now : now;
        return new AccessRequest
        {
            Subject = Subject(fields, at),
            Resource = Resource(node, fields),
            Path = Text(fields, "path") ?? "/",
            HttpMethod = Text(fields, "method") ?? "GET",
            Source = fields.TryGetValue("source", out var source) ? Cidr.ReadAddress(source) : null,
            Country = Country(fields),
            Client = Word(fields, "client", ClientNames.All),
            Platform = Word(fields, "platform", PlatformNames.All),
            Now = at,
        };
    }

    private static string? Country(Dictionary<string, DocumentNode> fields)
    {
        if (!fields.TryGetValue("country", out var country) || !country.IsText())
            return null;
        if (!CountryNames.All.Contains(country.Text))
            CountryFactory.Report(country);
        return country.Text;
    }

    private static string? Word(Dictionary<string, DocumentNode> fields, string key, IReadOnlyList<string> known)
    {
        if (!fields.TryGetValue(key, out var word) || !word.IsText())
            return null;
        if (!known.Contains(word.Text, StringComparer.OrdinalIgnoreCase))
            word.Report($"unknown {key} {DocumentNode.Quote(word.Text)}", () => DidYouMean.Among(known, word.Text));
        return word.Text;
    }

    private static string Resource(DocumentNode node, Dictionary<string, DocumentNode> fields)
    {
        if (!fields.TryGetValue("resource", out var field))
        {
            node.Report("`resource` is missing", "Write what is asked for, for example `\"resource\": \"owa\"`");
            return "";
        }

        if (field.IsText() && !ResourceFactory.IsKnown(field.Text))
            field.Report($"unknown resource {DocumentNode.Quote(field.Text)}", () => DidYouMean.Among(ResourceNames.All, field.Text));
        return field.Text;
    }

    private static AccessSubject Subject(Dictionary<string, DocumentNode> fields, DateTimeOffset now)
    {
        var methods = Set(fields, "methods");
        var mfa = fields.TryGetValue("mfa", out var mfaNode) ? mfaNode.Boolean() ?? false : methods.Contains("mfa");
        var device = fields.TryGetValue("device", out var deviceNode) ? deviceNode.Fields(Words.DeviceKeys) : [];
        return new AccessSubject
        {
            User = Text(fields, "user") ?? "",
            Provider = Text(fields, "provider") ?? "",
            Groups = Set(fields, "groups"),
            Methods = methods,
            Contexts = Set(fields, "contexts"),
            Mfa = mfa,
            MfaAt = MfaAt(fields, mfa, now),
            DeviceManaged = device.TryGetValue("managed", out var managed) ? managed.Boolean() : null,
            DeviceCompliant = device.TryGetValue("compliant", out var compliant) ? compliant.Boolean() : null,
            Claims = fields.TryGetValue("claims", out var claims) ? Claims(claims) : new Dictionary<string, IReadOnlyList<string>>(),
        };
    }

    private static DateTimeOffset? MfaAt(Dictionary<string, DocumentNode> fields, bool mfa, DateTimeOffset now)
    {
        var hasAge = fields.TryGetValue("mfaAge", out var age);
        var hasTime = fields.TryGetValue("mfaAt", out var time);
        if (hasAge && hasTime)
            age.Report("`mfaAge` and `mfaAt` say the same thing twice", "Keep one of them");
        if ((hasAge || hasTime) && !mfa)
            (hasAge ? age : time).Report("there is an MFA time, but no MFA", "Write `\"mfa\": true` as well, or add `mfa` to `methods`");
        if (hasTime)
            return Time(time);
        if (hasAge)
            return Before(now, age);
        return mfa ? now : null;
    }

    private static DateTimeOffset? Before(DateTimeOffset now, DocumentNode age)
    {
        if (Durations.Read(age) is not { } duration)
            return null;
        if (duration.Ticks <= now.UtcTicks)
            return now.ToUniversalTime() - duration;
        age.Report($"{DocumentNode.Quote(age.Text)} ago there was no calendar", "Write how long ago the user proved it, for example `00:15:00`");
        return null;
    }

    private static Dictionary<string, IReadOnlyList<string>> Claims(DocumentNode node) =>
        node.Entries().ToDictionary(claim => claim.Key, IReadOnlyList<string> (claim) => claim.Value.Json.ValueKind is JsonValueKind.Array
            ? [.. claim.Value.Strings().Select(value => value.Text)]
            : claim.Value.IsText() ? [claim.Value.Text] : []);

    private static HashSet<string> Set(Dictionary<string, DocumentNode> fields, string key) =>
        fields.TryGetValue(key, out var node) && node.Is(JsonValueKind.Array, "a list") && node.Json.GetArrayLength() > 0
            ? [.. node.Strings().Select(value => value.Text)]
            : [];

    private static string? Text(Dictionary<string, DocumentNode> fields, string key) =>
        fields.TryGetValue(key, out var node) && node.IsText() ? node.Text : null;

    private static DateTimeOffset? Time(DocumentNode node)
    {
        if (!node.IsText())
            return null;
        if (node.Json.TryGetDateTimeOffset(out var time))
            return time;
        node.Report($"{DocumentNode.Quote(node.Text)} is not a time", "Write ISO 8601 with an offset, for example `2025-01-01T12:00:00Z`");
        return null;
    }
}
