using System.Globalization;

namespace MfaGateway.Fuzz;

/// <summary>Writes policy documents that are mostly right: every key, every condition, now and then a value that is wrong.</summary>
internal sealed class DocumentWriter(Random random)
{
    private static readonly string[][] Conditions =
    [
        ["resource", "\"owa\"", "\"ecp\"", "\"OWA\"", "\"ecp-options\"", "\"calendar\""], ["user", "\"alice@contoso.test\"", "\"*@contoso.test\"", "\"BOB@contoso.test\"", "\"*\""],
        ["group", "\"Staff\"", "\"staff\"", "\"Exchange Admins\"", "\"S-1-5-21-1\""], ["network", "\"intranet\"", "\"INTRANET\"", "\"v6\"", "\"nowhere\""],
        ["source", "\"10.0.0.0/8\"", "\"2001:db8::/32\"", "\"::ffff:10.0.0.0/104\"", "\"0.0.0.0/0\"", "\"10.1.2.3/8\""], ["provider", "\"adfs\"", "\"entra\""],
        ["device", "\"managed\"", "\"compliant\""], ["client", "\"browser\"", "\"other\"", "\"mobile-app\""], ["platform", "\"windows\"", "\"ios\"", "\"linux\""],
        ["country", "\"DE\"", "\"at\"", "\"unknown\"", "\"UK\""], ["path", "\"/owa/**\"", "\"/ecp/*\"", "\"/*a*b/**\"", "\"/owa/service.svc\""],
        ["method", "\"POST\"", "\"pwd\"", "\"fido\"", "\"Get\""],
        ["claim", """{ "type": "department", "operator": "equals", "value": "Sales" }""", """{ "type": "department", "operator": "in", "value": ["Legal", "Sales"] }""",
            """{ "type": "department", "operator": "matches", "value": "^S(al|ib)+es$" }""", """{ "type": "role", "operator": "exists" }""", """{ "type": "x", "operator": "matches", "value": "(a" }"""],
        ["time", """{ "weekdays": ["monday", "sunday"], "from": "22:00", "to": "06:00", "timeZone": "Europe/Berlin" }""", """{ "from": "08:30", "timeZone": "UTC" }""",
            """{ "to": "24:00", "timeZone": "Pacific Standard Time" }"""],
    ];

    private static readonly string[] DemandParts =
    [
        "\"mfa\": true", "\"maxAge\": \"00:15:00\"", "\"maxAge\": \"1.00:00:00\"", "\"method\": [\"fido\", \"hwk\"]", "\"context\": [\"c1\"]", "\"device\": { \"managed\": true }",
        "\"device\": { \"compliant\": true, \"managed\": true }",
    ];

    private static readonly string[] Facts =
    [
        "\"user\": \"alice@contoso.test\"", "\"groups\": [\"Staff\"]", "\"methods\": [\"pwd\", \"mfa\"]", "\"contexts\": [\"c1\"]", "\"mfa\": true", "\"mfaAge\": \"00:10:00\"",
        "\"mfaAt\": \"2025-01-01T12:00:00Z\"", "\"now\": \"2025-06-02T09:30:00+02:00\"", "\"source\": \"10.1.2.3\"", "\"source\": \"::ffff:10.1.2.3\"", "\"provider\": \"adfs\"",
        "\"claims\": { \"department\": [\"Sales\"], \"role\": \"x\" }", "\"path\": \"/owa/\"", "\"method\": \"POST\"", "\"device\": { \"managed\": false }", "\"country\": \"DE\"",
        "\"client\": \"browser\"", "\"platform\": \"ios\"",
    ];

    private static readonly string[] Keys =
    [
        "$schema", "version", "state", "networks", "rules", "examples", "id", "effect", "when", "demand", "since", "not", "any", "all", "mfa", "maxAge", "context", "managed", "compliant",
        "type", "operator", "value", "weekdays", "from", "to", "timeZone", "name", "request", "expect", "rule", "groups", "methods", "mfaAt", "mfaAge", "now", "claims",
    ];

    /// <summary>The pieces of the language.</summary>
    public static IReadOnlyList<string> Words { get; } =
    [
        .. Conditions.SelectMany(condition => condition[1..]), .. Conditions.Select(condition => $"\"{condition[0]}\""), .. Keys.Select(key => $"\"{key}\""), .. DemandParts, .. Facts,
        "\"permit\"", "\"require\"", "\"forbid\"", "\"on\"", "\"off\"", "\"report-only\"", "\"allow\"", "\"step-up\"", "\"deny\"", "{", "}", "[", "]", ",", ":", "{\"not\":", "{\"any\":[",
        "\"(a{100}){100}\"", "\"(?=a)\"", "\"\\\\1\"", "\"[\"", "\"2025-02-30\"", "\"99:99:99\"", "\"10675199.02:48:05\"", "\"::/0\"", "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59Z\"",
    ];

    public string Write()
    {
        var rules = string.Join(",\n    ", Enumerable.Range(0, random.Next(1, 6)).Select(Rule));
        var examples = random.Next(3) == 0 ? $",\n  \"examples\": [ {string.Join(", ", Enumerable.Range(0, random.Next(1, 3)).Select(_ => WriteExample()))} ]" : "";
        var state = random.Next(10) == 0 ? "\"state\": \"report-only\", " : "";
        return $$"""
            { "version": 1, {{state}}"networks": { "intranet": ["10.0.0.0/8", "fd00::/8"], "v6": ["2001:db8::/32"] },
              "rules": [
                {{rules}} ]{{examples}} }
            """;
    }

    public string WriteExample() =>
        $$"""{ "name": "{{random.Next(100)}}", "request": {{WriteRequest()}}, "expect": "{{Pick("allow", "deny", "deny", "step-up")}}"{{(random.Next(4) == 0 ? ", \"rule\": \"r0\"" : "")}} }""";

    public string WriteRequest() => $$"""{ "resource": "{{Pick("owa", "ecp", "calendar")}}"{{string.Concat(Some(Facts, 4).Select(fact => $", {fact}"))}} }""";

    private string Rule(int number)
    {
        var effect = Pick("permit", "permit", "permit", "require", "forbid");
        var demand = effect == "require" || (effect == "permit" && random.Next(2) == 0) ? $", \"demand\": {{ {string.Join(", ", Some(DemandParts, 2).Prepend(DemandParts[0]).Distinct())} }}" : "";
        var state = Pick("", "", "", ", \"state\": \"report-only\"", ", \"state\": \"off\"", ", \"since\": \"2025-01-31\"");
        return string.Create(CultureInfo.InvariantCulture, $$"""{ "id": "r{{number}}", "effect": "{{effect}}", "when": {{Block(2)}}{{demand}}{{state}} }""");
    }

    private string Block(int depth)
    {
        var conditions = Some(Conditions, 3).Select(condition => $"\"{condition[0]}\": [{string.Join(", ", Some(condition[1..], 2).Prepend(condition[1]).Distinct())}]").ToList();
        if (depth > 0 && random.Next(3) == 0)
            conditions.Add($"\"not\": {Block(depth - 1)}");
        if (depth > 0 && random.Next(4) == 0)
            conditions.Add($"\"{Pick("any", "all")}\": [ {Block(depth - 1)}, {Block(depth - 1)} ]");
        if (conditions.Count == 0)
            conditions.Add("\"resource\": [\"owa\"]");
        return $"{{ {string.Join(", ", conditions)} }}";
    }

    // Up to so many, each once; mostly the first kinds of a value are right and the last wrong, so the first come more often.
    private IEnumerable<T> Some<T>(T[] values, int most) =>
        Enumerable.Range(0, random.Next(most + 1)).Select(_ => values[Math.Min(random.Next(values.Length), random.Next(values.Length + 2))]).Distinct();

    private string Pick(params string[] words) => words[random.Next(words.Length)];
}
