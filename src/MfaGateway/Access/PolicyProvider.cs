using MfaGateway.Configuration;
using MfaGateway.Policy;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Access;

/// <summary>The policy in force. A document that does not compile, or whose examples fail, never takes the place of one that does.</summary>
internal sealed class PolicyProvider
{
    private readonly GatewaySettings _settings;
    private volatile PolicySet _current;

    /// <exception cref="InvalidPolicyException">The document is not valid.</exception>
    public PolicyProvider(GatewaySettings settings)
    {
        _settings = settings;
        _current = Load();
    }

    public PolicySet Current => _current;

    public string Path => _settings.Resolve(_settings.Current.Policy.Path!);

    /// <summary>Reads the document again.</summary>
    /// <exception cref="InvalidPolicyException">It is not valid; the policy in force stays.</exception>
    public void Reload() => _current = Load();

    private PolicySet Load()
    {
        var compiled = PolicyCompiler.Compile(File.ReadAllText(Path));
        return compiled.Policy ?? throw new InvalidPolicyException(Path, [.. compiled.Problems.Select(p => p.ToString())]);
    }
}

/// <summary>A policy document is not valid.</summary>
internal sealed class InvalidPolicyException(string path, IReadOnlyList<string> problems)
    : Exception($"Policy document '{path}' is not valid:{string.Concat(problems.Select(p => "\n  " + p))}")
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
