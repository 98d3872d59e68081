using System.Collections.Frozen;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Conditions;

/// <summary><c>country</c>: the client's address belongs to one of these countries (ISO 3166-1 alpha-2), or to none that is known.</summary>
internal sealed class CountryFactory : IConditionFactory
{
    public string Name => "country";

    public ICondition Create(ConditionArguments arguments)
    {
        arguments.Needs(RequestFacts.Country);
        var countries = arguments.Node.Strings();
        foreach (var country in countries.Where(country => !CountryNames.All.Contains(country.Text)))
            Report(country);
        return new CountryCondition(countries.Select(country => country.Text).ToFrozenSet(StringComparer.OrdinalIgnoreCase));
    }

    public static void Report(DocumentNode country) => country.Report(
        $"unknown country {DocumentNode.Quote(country.Text)}",
        country.Text.ToUpperInvariant() switch
        {
            "UK" => "Write `GB`",
            "EL" => "Write `GR`",
            _ => $"Write the two letters of ISO 3166-1, for example `DE`, or `{CountryNames.Unknown}` for addresses of no known country",
        });

    private sealed class CountryCondition(FrozenSet<string> countries) : ICondition
    {
        public Match Evaluate(AccessRequest request)
        {
            if (request.Country is not { } country)
                return Match.Error;
            return countries.Contains(country) ? Match.Yes : Match.No;
        }

        public string Describe(AccessRequest request) => request.Country ?? "not known";
    }
}
