using MfaGateway.Configuration;

namespace MfaGateway.Shield.KnownAttacks;

/// <summary>The rules in force. Bad ones never take the place of good ones.</summary>
internal sealed class ShieldRuleProvider
{
    private readonly GatewaySettings _settings;
    private volatile ShieldRuleSet _current;

    /// <exception cref="InvalidOperationException">A file is not valid.</exception>
    public ShieldRuleProvider(GatewaySettings settings)
    {
        _settings = settings;
        var problems = new List<ConfigurationProblem>();
        _current = Load(problems) ?? throw new InvalidOperationException($"The shield's rules are not valid: {string.Join('\n', problems)}");
    }

    public ShieldRuleSet Current => _current;

    /// <summary>The files to watch.</summary>
    public IReadOnlyList<string> Files => [.. _settings.Current.Shield.Rules.Files.Select(_settings.Resolve)];

    /// <summary>Reads everything again. What is wrong leaves what is in force.</summary>
    /// <returns>What is wrong.</returns>
    public IReadOnlyList<string> Reload()
    {
        var problems = new List<ConfigurationProblem>();
        if (Load(problems) is { } rules) _current = rules;
        return [.. problems.Select(problem => problem.ToString())];
    }

    private ShieldRuleSet? Load(List<ConfigurationProblem> problems) => ShieldRuleLoader.Load(_settings.Current, new Rules(_settings.Folder, problems));
}
