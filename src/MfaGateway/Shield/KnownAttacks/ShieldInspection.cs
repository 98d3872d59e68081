using System.Globalization;
using MfaGateway.Configuration;
using MfaGateway.Exchange;
using Microsoft.Extensions.Configuration;

namespace MfaGateway.Shield.KnownAttacks;

/// <summary>Rules against known attacks, to be looked at and tried out without a gateway.</summary>
public sealed class ShieldInspection
{
    private readonly GatewayOptions _gateway;
    private readonly ShieldRuleSet _rules;

    private ShieldInspection(GatewayOptions gateway, ShieldRuleSet rules) => (_gateway, _rules) = (gateway, rules);

    /// <summary>The version of the rules that come with the gateway: the day they were last changed.</summary>
    public static string ShippedVersion => ShieldRuleReader.Shipped.Version ?? "";

    /// <summary>Every rule with the mode that holds, those that are off too.</summary>
    public IReadOnlyList<ShieldRuleDescription> Rules => [.. _rules.All.Select(Describe)];

    /// <summary>Reads rules. Of a configuration only what counts here: its secrets and certificates may be out of reach of who asks.</summary>
    /// <param name="configurationFile">The gateway's configuration, for its modes and files; null for the rules that come with the gateway.</param>
    /// <param name="ruleFiles">Further files of rules, relative to the working directory.</param>
    /// <param name="problems">Everything that is wrong; empty when the result is not null.</param>
    public static ShieldInspection? Load(string? configurationFile, IEnumerable<string> ruleFiles, out IReadOnlyList<ConfigurationProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(ruleFiles);
        var found = new List<ConfigurationProblem>();
        problems = found;
        var gateway = configurationFile is null ? new GatewayOptions() : Read(configurationFile, found);
        if (found.Count > 0) return null;
        foreach (var file in ruleFiles) gateway.Shield.Rules.Files.Add(Path.GetFullPath(file));
        var folder = configurationFile is null ? Environment.CurrentDirectory : Path.GetDirectoryName(Path.GetFullPath(configurationFile))!;
        return ShieldRuleLoader.Load(gateway, new Rules(folder, found)) is { } rules ? new ShieldInspection(gateway, rules) : null;
    }

    /// <summary>Runs the examples of all rules, each against its rule alone.</summary>
    public IReadOnlyList<ShieldExampleResult> RunExamples() => [.. _rules.All.SelectMany(rule =>
    {
        var alone = new ShieldRuleSet([rule with { Mode = ShieldRuleMode.Block }]);
        return rule.Hits.Select(example => (Text: example, Hit: true)).Concat(rule.Passes.Select(example => (Text: example, Hit: false)))
            .Select(example => new ShieldExampleResult(rule.Id, example.Text, example.Hit, ShieldRuleCompiler.Meets(alone, example.Text) == example.Hit));
    })];

    /// <summary>What the shield does with a request, in the order in which it looks at one.</summary>
    /// <param name="request"><c>GET /owa/path?query</c> on the first line, headers as <c>Name: value</c> on lines below.</param>
    /// <returns>Null when that is no request.</returns>
    public ShieldVerdict? Judge(string request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!RequestText.TryParse(request, out var text)) return null;
        var http = text.ToRequest();
        if (PublishedPaths.VerbOf(text.Method) is Verbs.None) return new ShieldVerdict("method-not-published", null);
        if (!CanonicalTarget.TryParse(text.Target, out var target)) return new ShieldVerdict("malformed-request", null);
        if (AttackCookies.AreIn(http.Headers.Cookie)) return new ShieldVerdict("attack-cookie", null);
        var rule = _rules.Find(http, target);
        var match = new PublishedPaths(_gateway).Find(target, text.Method);
        var reason = match.Publication is null ? match.PathKnown ? "method-not-published" : "not-published" : rule is { Mode: ShieldRuleMode.Block } ? "known-attack" : null;
        return new ShieldVerdict(reason, rule is null ? null : Describe(rule));
    }

    private static GatewayOptions Read(string file, List<ConfigurationProblem> problems)
    {
        try
        {
            var section = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false).AddEnvironmentVariables().Build().GetSection("Gateway");
            ConfigurationShape.Check(section.GetSection("Shield"), typeof(ShieldOptions), "$.Gateway.Shield", problems);
            ConfigurationShape.Check(section.GetSection("Exchange"), typeof(ExchangeOptions), "$.Gateway.Exchange", problems);
            if (problems.Count == 0)
                return new GatewayOptions { Shield = section.GetSection("Shield").Get<ShieldOptions>() ?? new(), Exchange = section.GetSection("Exchange").Get<ExchangeOptions>() ?? new() };
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            problems.Add(new ConfigurationProblem("$", $"The file '{file}' cannot be read: {(e.InnerException ?? e).Message}", "Name a readable JSON file with --config."));
        }

        return new GatewayOptions();
    }

    private static ShieldRuleDescription Describe(ShieldRule rule) => new()
    {
        Id = rule.Id,
        Mode = rule.Mode switch { ShieldRuleMode.Block => "block", ShieldRuleMode.Log => "log", _ => "off" },
        Cves = rule.Cves,
        What = rule.What,
        Source = rule.Source,
        Since = rule.Since?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        File = rule.File,
    };
}

/// <summary>A rule against known attacks.</summary>
public sealed record ShieldRuleDescription
{
    /// <summary>Its name.</summary>
    public required string Id { get; init; }

    /// <summary><c>block</c>, <c>log</c> or <c>off</c>: what holds, after the configuration.</summary>
    public required string Mode { get; init; }

    /// <summary>The advisories.</summary>
    public required IReadOnlyList<string> Cves { get; init; }

    /// <summary>What it is against, in a sentence.</summary>
    public required string What { get; init; }

    /// <summary>Where the shape was published.</summary>
    public string? Source { get; init; }

    /// <summary>Since when there is this rule, as yyyy-MM-dd.</summary>
    public string? Since { get; init; }

    /// <summary>The file it stands in; null for a rule that came with the gateway.</summary>
    public string? File { get; init; }
}

/// <summary>How an example of a rule came out.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Request">The example.</param>
/// <param name="Hit">Whether the rule should match it.</param>
/// <param name="Passed">Whether it came out so.</param>
public sealed record ShieldExampleResult(string Rule, string Request, bool Hit, bool Passed);

/// <summary>What the shield does with a request.</summary>
/// <param name="Reason">Why it is refused, as the audit trail says it; null when it goes on to session and policy.</param>
/// <param name="Rule">The rule it meets; null for none. A request can meet a rule and be refused for another reason.</param>
public sealed record ShieldVerdict(string? Reason, ShieldRuleDescription? Rule);
