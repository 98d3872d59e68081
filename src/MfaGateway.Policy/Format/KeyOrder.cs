using System.Collections.Frozen;
using MfaGateway.Policy.Conditions;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Format;

/// <summary>In which order the keys of each part of a document are written: the order in which the documentation explains them.</summary>
internal static class KeyOrder
{
    // Parts by their names, with their keys; each key says which part its value is, or whose items are it.
    private static readonly FrozenDictionary<string, (string[] Keys, FrozenDictionary<string, string> Parts)> Parts =
        new Dictionary<string, (string[], FrozenDictionary<string, string>)>
        {
            ["document"] = ([.. Words.DocumentKeys], Inside(("rules", "rule"), ("examples", "example"))),
            ["rule"] = ([.. Words.RuleKeys], Inside(("when", "conditions"), ("demand", "demand"))),
            ["conditions"] = ([.. new ConditionCatalog([]).Keys], Inside(("not", "conditions"), ("any", "conditions"), ("all", "conditions"), ("claim", "claim"), ("time", "time"))),
            ["claim"] = ([.. Words.ClaimKeys], Inside()),
            ["time"] = ([.. Words.TimeKeys], Inside()),
            ["demand"] = ([.. Words.DemandKeys], Inside(("device", "device"))),
            ["device"] = ([.. Words.DeviceKeys], Inside()),
            ["example"] = ([.. Words.ExampleKeys], Inside(("request", "request"))),
            ["request"] = ([.. Words.RequestKeys], Inside(("device", "device"))),
        }.ToFrozenDictionary();

    public static void Sort(TextNode document)
    {
        foreach (var root in document.Children)
            Sort(root, "document");
    }

    private static void Sort(TextNode node, string part)
    {
        var (keys, inside) = Parts[part];
        if (node is { Scalar: null, IsList: false })
            node.Sort(child => Array.IndexOf(keys, child.Name) is var rank and >= 0 ? rank : int.MaxValue);
        foreach (var child in node.Children)
        {
            if (node.IsList)
                Sort(child, part);
            else if (inside.TryGetValue(child.Name, out var next))
                Sort(child, next);
        }
    }

    private static FrozenDictionary<string, string> Inside(params ReadOnlySpan<(string Key, string Part)> parts) =>
        parts.ToArray().ToFrozenDictionary(part => part.Key, part => part.Part);
}
