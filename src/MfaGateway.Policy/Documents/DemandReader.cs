using System.Collections.Immutable;
using MfaGateway.Policy.Conditions;

namespace MfaGateway.Policy.Documents;

/// <summary>Reads the <c>demand</c> of a rule.</summary>
internal static class DemandReader
{
    public static Demands Read(DocumentNode node)
    {
        var fields = node.Fields(Words.DemandKeys);
        if (fields.Count == 0)
            node.Report("the demand is empty", "Write what is demanded, for example `\"mfa\": true`, or leave `demand` out");
        var device = fields.TryGetValue("device", out var deviceNode) ? deviceNode.Fields(Words.DeviceKeys) : [];
        if (device.Count == 0 && deviceNode.Path is not null)
            deviceNode.Report("the device demand is empty", "Write `\"managed\": true`, `\"compliant\": true` or both");
        return new Demands
        {
            Mfa = IsDemanded(fields, "mfa"),
            MaxAge = fields.TryGetValue("maxAge", out var maxAge) ? ReadMaxAge(maxAge) : null,
            Methods = fields.TryGetValue("method", out var methods) ? ReadMethods(methods) : [],
            Contexts = fields.TryGetValue("context", out var contexts) ? [.. contexts.Strings().Select(context => context.Text)] : [],
            DeviceManaged = IsDemanded(device, "managed"),
            DeviceCompliant = IsDemanded(device, "compliant"),
        };
    }

    private static bool IsDemanded(Dictionary<string, DocumentNode> fields, string key)
    {
        if (!fields.TryGetValue(key, out var node))
            return false;
        var value = node.Boolean();
        if (value is false)
            node.Report($"`{key}` cannot be demanded to be false", "Leave it out when it is not demanded");
        return value is true;
    }

    private static TimeSpan? ReadMaxAge(DocumentNode node)
    {
        var maxAge = Durations.Read(node);
        if (maxAge == TimeSpan.Zero)
            node.Report("no proof is ever this fresh", "Write at least `00:00:01`");
        return maxAge;
    }

    private static ImmutableArray<string> ReadMethods(DocumentNode node)
    {
        var methods = node.Strings();
        foreach (var method in methods.Where(method => AuthenticationMethod.LooksLikeVerb(method.Text)))
        {
            method.Report(
                $"{DocumentNode.Quote(method.Text)} is not an authentication method",
                "Write RFC 8176 values in lower case, for example `otp`, `hwk`, `fido`");
        }

        return [.. methods.Select(method => method.Text)];
    }
}
