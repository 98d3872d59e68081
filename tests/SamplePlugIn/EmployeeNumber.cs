using System.Globalization;
using MfaGateway.Policy;
using MfaGateway.Policy.Conditions;

namespace SamplePlugIn;

/// <summary>Cannot tell (<see cref="Match.Error"/>) without a number: a <c>forbid</c> then applies and a <c>permit</c> does not.</summary>
internal sealed class EmployeeNumber(string claim, long from, long to) : ICondition
{
    public Match Evaluate(AccessRequest request)
    {
        if (!request.Subject.Claims.TryGetValue(claim, out var values)) return Match.Error;
        for (var n = 0; n < values.Count; n++) // foreach over the interface would allocate
        {
            if (!long.TryParse(values[n], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return Match.Error;
            if (number >= from && number <= to) return Match.Yes;
        }

        return Match.No;
    }

    public string Describe(AccessRequest request) => request.Subject.Claims.TryGetValue(claim, out var values) ? string.Join(", ", values) : "no number";
}
