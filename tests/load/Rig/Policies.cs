using System.Text.Json.Nodes;

namespace MfaGateway.Load.Rig;

/// <summary>Policies of any length: one rule permits; the others are looked at for every request and do not match.</summary>
internal static class Policies
{
    public static string Of(int rules)
    {
        var all = new JsonArray(new JsonObject
        {
            ["id"] = "staff", ["effect"] = "permit", ["when"] = new JsonObject { ["resource"] = new JsonArray("owa"), ["group"] = new JsonArray("Staff") },
            ["demand"] = new JsonObject { ["mfa"] = true, ["maxAge"] = "12:00:00" },
        });
        for (var n = 1; n < rules; n++)
        {
            all.Add(new JsonObject
            {
                ["id"] = $"rule-{n}",
                ["effect"] = (n % 3) switch { 0 => "forbid", 1 => "require", _ => "permit" },
                ["when"] = new JsonObject { ["resource"] = new JsonArray("owa"), ["group"] = new JsonArray($"Group {n}"), ["network"] = new JsonArray("elsewhere") },
                ["demand"] = n % 3 == 0 ? null : new JsonObject { ["mfa"] = true },
            });
            if (n % 3 == 0) all[n]!.AsObject().Remove("demand");
        }

        return new JsonObject { ["version"] = 1, ["networks"] = new JsonObject { ["elsewhere"] = new JsonArray("192.0.2.0/24", "2001:db8::/32") }, ["rules"] = all }.ToJsonString();
    }
}
