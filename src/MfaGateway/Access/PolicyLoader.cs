using MaxMind.Db;
using MfaGateway.Configuration;
using MfaGateway.Policy;
using MfaGateway.Policy.Conditions;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Access;

/// <summary>Reads what the settings name as policy, and reports everything that is wrong with it. For the start, for a reload and for the check alike.</summary>
internal static class PolicyLoader
{
    /// <summary>Null when there is any problem.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="check">Takes the problems.</param>
    /// <param name="conditions">Conditions beside the built-in ones.</param>
    /// <param name="before">What is in force, to keep what did not change of it.</param>
    public static PoliciesInForce? Load(GatewayOptions options, Rules check, IReadOnlyList<IConditionFactory> conditions, PoliciesInForce? before = null)
    {
        var byDocument = !EngineRules.IsOpa(options.Policy);
        var enforced = byDocument && options.Policy.Path is { } path ? Compile(check, "Policy.Path", path, enforce: true, conditions) : null;
        var trial = options.Policy.ReportOnlyPath is { } trialPath ? Compile(check, "Policy.ReportOnlyPath", trialPath, enforce: false, conditions) : null;
        var countries = options.Access.CountryDatabase is { } file ? ReadCountries(check, file, before?.Countries) : null;
        if (byDocument && enforced is null) return null;

        var needs = PolicyNeeds.Union(new[] { enforced, trial }.OfType<(PolicySet Policy, string Text)>().Select(document => document.Policy.Needs));
        check.That(
            !needs.Facts.HasFlag(RequestFacts.Country) || options.Access.CountryDatabase is not null,
            "Access.CountryDatabase",
            "The policy asks for `country`, and no database of countries is configured.",
            "Name a MaxMind DB file, for example GeoLite2-Country.mmdb.");
        if (check.HasProblems) return null;
        return new PoliciesInForce(enforced?.Policy, trial?.Policy, countries, FingerprintOf(enforced)) { TrialFingerprint = FingerprintOf(trial) };
    }

    /// <summary>The files whose change makes it worth loading again.</summary>
    public static IEnumerable<string> Files(GatewayOptions options) =>
        new[] { EngineRules.IsOpa(options.Policy) ? null : options.Policy.Path, options.Policy.ReportOnlyPath, options.Access.CountryDatabase }.OfType<string>();

    private static (PolicySet Policy, string Text)? Compile(Rules check, string setting, string file, bool enforce, IReadOnlyList<IConditionFactory> conditions)
    {
        if (!check.Readable(setting, file)) return null;
        var text = ReadBounded(check.Resolve(file));
        var document = PolicyCompiler.Compile(text, conditions);
        foreach (var problem in document.Problems)
        {
            var line = problem.Line is { } at ? $", line {at}" : "";
            check.That(false, setting, ConfigurationShape.Sentence($"In '{file}' at {problem.Path}{line}: {problem.Message}"), ConfigurationShape.Sentence(problem.Remedy));
        }

        check.That(
            !enforce || !document.IsReportOnly, setting,
            $"'{file}' says \"state\": \"report-only\" of itself, so it must not be the policy in force.",
            "Name it in Policy.ReportOnlyPath beside the policy in force; or remove that line from it.");
        return document.Policy is { } policy ? (policy, text) : null;
    }

    private static string? FingerprintOf((PolicySet Policy, string Text)? document) => document is { } read ? PoliciesInForce.FingerprintOf(read.Text) : null;

    /// <summary>One character more than the compiler takes is enough for it to say that there are too many.</summary>
    private static string ReadBounded(string path)
    {
        using var reader = new StreamReader(path);
        var length = (int)Math.Min(PolicyCompiler.MaxCharacters + 1, new FileInfo(path).Length + 1);
        var buffer = new char[length];
        return new string(buffer, 0, reader.ReadBlock(buffer));
    }

    private static CountryDatabase? ReadCountries(Rules check, string file, CountryDatabase? before)
    {
        const string Setting = "Access.CountryDatabase";
        if (!check.Readable(Setting, file)) return null;
        var path = check.Resolve(file);
        if (before is not null && before.Path == path && before.Stamp == CountryDatabase.StampOf(path)) return before;
        try
        {
            return CountryDatabase.Read(path);
        }
        catch (Exception e) when (e is InvalidDatabaseException or DeserializationException or IOException or ArgumentException or OverflowException)
        {
            check.That(false, Setting, $"'{file}' is not a database of countries: {e.Message}", "Name a MaxMind DB file with countries, for example GeoLite2-Country.mmdb.");
            return null;
        }
    }
}
