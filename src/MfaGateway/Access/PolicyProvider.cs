using MfaGateway.Access.Opa;
using MfaGateway.Configuration;
using MfaGateway.PlugIns;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Access;

/// <summary>The policies in force. A document that does not compile, or whose examples fail, never takes the place of one that does; nor does a database of
/// countries that is damaged.</summary>
internal sealed class PolicyProvider : IDisposable
{
    private readonly GatewaySettings _settings;
    private readonly PlugInCatalog _plugIns;
    private readonly TimeProvider _time;
    private readonly ILogger<OpaEngine> _logger;
    private volatile PoliciesInForce _current;

    /// <exception cref="InvalidPolicyException">Something is not valid.</exception>
    public PolicyProvider(GatewaySettings settings, PlugInCatalog plugIns, TimeProvider time, ILogger<OpaEngine> logger)
    {
        (_settings, _plugIns, _time, _logger) = (settings, plugIns, time, logger);
        _current = Load(before: null);
    }

    public PoliciesInForce Current => _current;

    /// <summary>The files to watch.</summary>
    public IReadOnlyList<string> Files => [.. PolicyLoader.Files(_settings.Current).Select(_settings.Resolve)];

    /// <summary>Reads everything again.</summary>
    /// <exception cref="InvalidPolicyException">Something is not valid; what is in force stays.</exception>
    public void Reload() => _current = Load(_current);

    public void Dispose() => (_current.Engine as IDisposable)?.Dispose();

    private PoliciesInForce Load(PoliciesInForce? before)
    {
        var problems = new List<ConfigurationProblem>();
        var loaded = PolicyLoader.Load(_settings.Current, new Rules(_settings.Folder, problems), _plugIns.Conditions, before)
            ?? throw new InvalidPolicyException([.. problems.Select(problem => problem.ToString())]);
        return EngineRules.IsOpa(_settings.Current.Policy) ? loaded with { Engine = Opa(before) } : loaded;
    }

    /// <summary>Keeps connections and breaker as long as their settings are the same. An agent that is replaced is not disposed of: requests may still wait
    /// for its answer, and its idle connections close by themselves.</summary>
    private OpaEngine Opa(PoliciesInForce? before)
    {
        var options = _settings.Current.Policy.Opa;
        return before?.Engine is OpaEngine opa && opa.IsOf(options) ? opa : new OpaEngine(options, _settings, _time, _logger);
    }
}

/// <summary>What is to decide is not valid.</summary>
internal sealed class InvalidPolicyException(IReadOnlyList<string> problems)
    : Exception($"The policy is not valid:{string.Concat(problems.Select(p => "\n  " + p))}")
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
