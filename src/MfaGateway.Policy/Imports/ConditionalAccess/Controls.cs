using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Imports.ConditionalAccess;

/// <summary>The grant and session controls of a policy.</summary>
/// <remarks>learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-grant and -session.</remarks>
internal sealed class Controls(ConditionalAccessImportOptions options)
{
    /// <summary>The built-in strength that accepts what the control <c>mfa</c> accepts.</summary>
    private const string MultifactorStrength = "00000000-0000-0000-0000-000000000002";

    private static readonly string[] KnownControls = ["block", "mfa", "compliantDevice", "domainJoinedDevice"];

    private static readonly string[] OtherSessionControls =
    [
        "applicationEnforcedRestrictions", "cloudAppSecurity", "continuousAccessEvaluation", "secureSignInSession", "globalSecureAccessFilteringProfile",
    ];

    public void TranslateGrant(DocumentNode node, PolicyDraft draft)
    {
        var grant = new GraphObject(node, ["operator", "builtInControls", "authenticationStrength"], "customAuthenticationFactors", "termsOfUse");
        var names = grant.Strings("builtInControls");
        var signIn = new List<JsonObject>();
        var devices = new List<string>();
        foreach (var name in names)
            ReadControl(name, signIn, devices, draft);
        if (grant["authenticationStrength"] is { } strength && ReadStrength(strength) is { } proof)
            signIn.Add(proof);
        if (draft.Blocks && signIn.Count + devices.Count > 0)
            node.Report("`block` stands beside other controls", "Export the policies again");
        if (IsOr(grant, signIn.Count + devices.Count > 1))
            TranslateOr(node, signIn, devices, draft);
        else
            TranslateAnd(signIn, devices, draft);
    }

    private void ReadControl(DocumentNode name, List<JsonObject> signIn, List<string> devices, PolicyDraft draft)
    {
        switch (name.Text)
        {
            case "block":
                draft.Blocks = true;
                break;
            case "mfa":
                signIn.Add(new JsonObject { ["mfa"] = true });
                break;
            case "compliantDevice":
                devices.Add("compliant");
                break;
            case "domainJoinedDevice" when options.ManagedMeansHybridJoined:
                devices.Add("managed");
                break;
            case "domainJoinedDevice":
                name.Report(
                    "the gateway does not know which devices are hybrid joined", "If they are those it knows as managed, say --hybrid-joined-is-managed");
                break;
            default:
                name.Report($"the control {DocumentNode.Quote(name.Text)} cannot be judged at the gateway", () => DidYouMean.Among(KnownControls, name.Text));
                break;
        }
    }

    private static bool IsOr(GraphObject grant, bool several)
    {
        if (grant.Text("operator") is { Text: "AND" or "OR" } joint)
            return several && joint.Text == "OR";
        if (several || grant["operator"] is not null)
            (grant["operator"] ?? grant.Node).Report("the operator is neither `AND` nor `OR`", "Export the policies again");
        return false;
    }

    private static void TranslateAnd(List<JsonObject> signIn, List<string> devices, PolicyDraft draft)
    {
        foreach (var (name, value) in signIn.SelectMany(demand => demand))
            draft.Demand[name] = value?.DeepClone();
        if (devices.Count > 0)
            draft.Demand["device"] = new JsonObject(devices.Select(device => KeyValuePair.Create(device, (JsonNode?)true)));
        draft.AlwaysMfa = signIn.Count > 0;
    }

    /// <summary>"Either a device like this or that proof" is "whoever lacks the device brings the proof": a device is there or it is not, and
    /// no sign-in changes it. A device the token says nothing about is lacking.</summary>
    private static void TranslateOr(DocumentNode node, List<JsonObject> signIn, List<string> devices, PolicyDraft draft)
    {
        if (signIn.Count > 1)
        {
            node.Report("one proof of several cannot be demanded", "Leave one of them: an authentication strength includes multifactor authentication");
            return;
        }

        List<string> alternatives = signIn.Count == 1 ? devices : [.. devices.Skip(1)];
        TranslateAnd(signIn, signIn.Count == 1 ? [] : [devices[0]], draft);
        draft.When.Exclude(Blocks.Of("device", alternatives), ("device", new JsonObject { [alternatives[0]] = true }));
        draft.AlwaysMfa = false;
    }

    private JsonObject? ReadStrength(DocumentNode node)
    {
        if (!node.Is(JsonValueKind.Object, "an object") || !node.Entries().TryGetValue("id", out var id) || !id.IsText())
        {
            node.Report("the authentication strength has no id", "Export the policies again");
            return null;
        }

        if (options.Strengths.TryGetValue(id.Text, out var proof))
            return ReadProof(proof, node);
        if (id.Text == MultifactorStrength)
            return new JsonObject { ["mfa"] = true };
        id.Report(
            "the gateway cannot tell whether a sign-in had this strength",
            $"Say what proves it: --strength {id.Text}=context:c1 for an authentication context bound to it, or --strength {id.Text}=method:fido,hwk");
        return null;
    }

    private static JsonObject? ReadProof(string proof, DocumentNode node)
    {
        var parts = proof.Split(':', 2);
        var values = parts[^1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts is ["context" or "method", _] && values.Length > 0)
            return Blocks.Of(parts[0], values);
        node.Report($"{DocumentNode.Quote(proof)} is no proof of a strength", "Write `context:c1` or `method:fido,hwk`");
        return null;
    }

    public static void TranslateSession(DocumentNode node, PolicyDraft draft)
    {
        var session = new GraphObject(node, ["signInFrequency", "persistentBrowser", "disableResilienceDefaults", .. OtherSessionControls]);
        foreach (var key in OtherSessionControls)
        {
            if (session[key] is { } control && IsEnabled(control))
                control.Report($"`{key}` cannot be judged at the gateway", "Import the policies without it, and leave it to Entra ID");
        }

        if (session["disableResilienceDefaults"] is { } resilience && resilience.Boolean() is true)
            resilience.Report("the gateway has no part in outages of Entra ID", "Import the policies without it, and leave it to Entra ID");
        if (session["persistentBrowser"] is { } browser && IsEnabled(browser))
            CheckPersistence(browser);
        if (session["signInFrequency"] is { } frequency && IsEnabled(frequency) && !draft.Blocks)
            TranslateFrequency(frequency, draft);
    }

    // A control that does not say counts as enabled, so that it is refused rather than dropped.
    private static bool IsEnabled(DocumentNode control) =>
        !(control.Json.ValueKind is JsonValueKind.Object
            && control.Json.TryGetProperty("isEnabled", out var enabled)
            && enabled.ValueKind is JsonValueKind.False);

    // "never" is how the gateway's session cookie behaves anyway: it ends with the browser.
    private static void CheckPersistence(DocumentNode node)
    {
        if (new GraphObject(node, ["isEnabled", "mode"]).Text("mode") is not { Text: "never" })
            node.Report("sessions of the gateway end with the browser", "Import the policies without it");
    }

    private static void TranslateFrequency(DocumentNode node, PolicyDraft draft)
    {
        var frequency = new GraphObject(node, ["isEnabled", "type", "value", "authenticationType", "frequencyInterval"]);
        if (frequency.Text("frequencyInterval") is { } interval && interval.Text != "timeBased")
        {
            interval.Report(
                "every request passes the gateway, so that \"every time\" would have no end of sign-ins", "Choose hours in the policy before importing it");
            return;
        }

        if (frequency.Text("authenticationType") is { } kind && kind.Text is not ("primaryAndSecondaryAuthentication" or "secondaryAuthentication"))
            kind.Report($"unknown value {DocumentNode.Quote(kind.Text)}", "Known: `primaryAndSecondaryAuthentication`, `secondaryAuthentication`");
        if (Duration(frequency) is not { } duration)
            node.Report("the frequency needs a `type` of `hours` or `days` and a `value` from 1 to 1000", "Export the policies again");
        else if (!draft.AlwaysMfa)
            node.Report(
                "the gateway knows the age of multifactor authentication only, and this policy does not require that of everybody",
                "Add the control `mfa` to the policy before importing it, or use the session lifetimes of the gateway");
        else
            draft.Demand["maxAge"] = duration.ToString(duration < TimeSpan.FromDays(1) ? @"hh\:mm\:ss" : @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);
    }

    private static TimeSpan? Duration(GraphObject frequency)
    {
        if (frequency["value"] is not { Json.ValueKind: JsonValueKind.Number } value || !value.Json.TryGetInt32(out var number) || number is < 1 or > 1000)
            return null;
        return frequency.Text("type")?.Text switch
        {
            "hours" => TimeSpan.FromHours(number),
            "days" => TimeSpan.FromDays(number),
            _ => null,
        };
    }
}
