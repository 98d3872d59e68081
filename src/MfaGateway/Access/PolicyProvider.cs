using MfaGateway.Configuration;
using MfaGateway.PlugIns;

namespace MfaGateway.Access;

/// <summary>The policies in force. A document that does not compile, or whose examples fail, never takes the place of one that does; nor does a database of
/// countries that is damaged.</summary>
internal sealed class PolicyProvider
{
    private readonly GatewaySettings _settings;
    private readonly PlugInCatalog _plugIns;
    private volatile PoliciesInForce _current;

    /// <exception cref="InvalidPolicyException">Something is not valid.</exception>
    public PolicyProvider(GatewaySettings settings, PlugInCatalog plugIns)
    {
        (_settings, _plugIns) = (settings, plugIns);
        _current = Load(before: null);
    }

    public PoliciesInForce Current => _current;

    /// <summary>The files to watch.</summary>
    public IReadOnlyList<string> Files => [.. PolicyLoader.Files(_settings.Current).Select(_settings.Resolve)];

    /// <summary>Reads everything again.</summary>
    /// <exception cref="InvalidPolicyException">Something is not valid; what is in force stays.</exception>
    public void Reload() => _current = Load(_current);

    private PoliciesInForce Load(PoliciesInForce? before)
    {
        var problems = new List<ConfigurationProblem>();
        return PolicyLoader.Load(_settings.Current, new Rules(_settings.Folder, problems), _plugIns.Conditions, before)
            ?? throw new InvalidPolicyException([.. problems.Select(problem => problem.ToString())]);
    }
}

/// <summary>What is to decide is not valid.</summary>
internal sealed class InvalidPolicyException(IReadOnlyList<string> problems)
    : Exception($"The policy is not valid:{string.Concat(problems.Select(p => "\n  " + p))}")
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
