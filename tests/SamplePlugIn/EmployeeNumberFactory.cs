using System.Text.Json;
using MfaGateway.Policy.Conditions;

namespace SamplePlugIn;

/// <summary><c>"employee-number": { "claim": "employeeid", "from": 1000, "to": 1999 }</c>: the number in the claim lies between the two, both included.</summary>
public sealed class EmployeeNumberFactory : IConditionFactory
{
    private static readonly string[] Keys = ["claim", "from", "to"];

    public string Name => "employee-number";

    public ICondition Create(ConditionArguments arguments)
    {
        var json = arguments.Json;
        if (json.ValueKind is not JsonValueKind.Object || json.EnumerateObject().Any(property => !Keys.Contains(property.Name)))
        {
            arguments.Report("this is not an object with `claim`, `from` and `to`", "Write `{ \"claim\": \"employeeid\", \"from\": 1000, \"to\": 1999 }`");
            return new EmployeeNumber("", 0, 0);
        }

        var claim = json.TryGetProperty("claim", out var name) && name.ValueKind is JsonValueKind.String ? name.GetString()! : "";
        if (claim.Length == 0) arguments.Report("`claim` is missing", "Name the claim with the number");
        arguments.NeedsClaim(claim); // so that audit lines of decisions hold it
        var (from, to) = (Number(json, "from"), Number(json, "to"));
        if (from is null || to is null || from > to) arguments.Report("`from` and `to` are not a range of whole numbers", "Write the smaller number in `from`");
        return new EmployeeNumber(claim, from ?? 0, to ?? 0);
    }

    private static long? Number(JsonElement json, string key) =>
        json.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}
