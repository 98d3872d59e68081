using MfaGateway.Configuration;

namespace MfaGateway.Access;

/// <summary>The policies in force. A document that does not compile, or whose examples fail, never takes the place of one that does; nor does a database of
/// countries that is damaged.</summary>
internal sealed class PolicyProvider
{
    private readonly GatewaySettings _settings;
    private volatile PoliciesInForce _current;

    /// <exception cref="InvalidPolicyException">Something is not valid.</exception>
    public PolicyProvider(GatewaySettings settings)
    {
        _settings = settings;
        _current = Load();
    }

    public PoliciesInForce Current => _current;

    /// <summary>The files to watch.</summary>
    public IReadOnlyList<string> Files => [.. PolicyLoader.Files(_settings.Current).Select(_settings.Resolve)];

    /// <summary>Reads everything again.</summary>
    /// <exception cref="InvalidPolicyException">Something is not valid; what is in force stays.</exception>
    public void Reload() => _current = Load();

    private PoliciesInForce Load()
    {
        var problems = new List<ConfigurationProblem>();
        return PolicyLoader.Load(_settings.Current, new Rules(_settings.Folder, problems), _current)
            ?? throw new InvalidPolicyException([.. problems.Select(problem => problem.ToString())]);
    }
}

/// <summary>What is to decide is not valid.</summary>
internal sealed class InvalidPolicyException(IReadOnlyList<string> problems)
    : Exception($"The policy is not valid:{string.Concat(problems.Select(p => "\n  " + p))}")
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
