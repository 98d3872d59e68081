using System.Text;
using MfaGateway.Access;
using MfaGateway.Configuration;

namespace MfaGateway.Fuzz;

/// <summary>A configuration is accepted or refused in words; a line of the audit file is an event or said to be none.</summary>
internal static class FileTargets
{
    private static readonly string[] ConfigurationWords =
    [
        "\"Gateway\"", "\"PublicOrigin\"", "\"Listen\"", "\"Url\"", "\"Certificate\"", "\"Path\"", "\"Management\"", "\"ForwardedHeaders\"", "\"KnownProxies\"", "\"KnownNetworks\"",
        "\"0.0.0.0/0\"", "\"::/0\"", "\"10.0.0.0/8\"", "\"192.0.2.1\"", "\"Providers\"", "\"adfs\"", "\"Kind\"", "\"Adfs\"", "\"Entra\"", "\"Oidc\"", "\"Authority\"", "\"ClientId\"",
        "\"Resource\"", "\"TenantId\"", "\"AuthenticationContext\"", "\"c1\"", "\"Domains\"", "\"Evidence\"", "\"Mfa\"", "\"Claim\"", "\"AnyOf\"", "\"StepUp\"", "\"DefaultProvider\"",
        "\"Exchange\"", "\"Servers\"", "\"HealthCheck\"", "\"Interval\"", "\"SignOn\"", "\"Method\"", "\"Kerberos\"", "\"PassThrough\"", "\"ServicePrincipalName\"", "\"Sessions\"",
        "\"Store\"", "\"Memory\"", "\"Sqlite\"", "\"Redis\"", "\"IdleTimeout\"", "\"AbsoluteTimeout\"", "\"00:30:00\"", "\"Policy\"", "\"Engine\"", "\"opa\"", "\"Audit\"", "\"Sinks\"",
        "\"File\"", "\"Required\"", "\"ClientSecret\"", "\"Limits\"", "\"Shutdown\"", "\"Publish\"", "\"Extra\"", "\"Methods\"", "\"AllowedRequestHeaders\"", "\"Recheck\"", "\"Every\"",
        "\"https://mail.contoso.com\"", "\"http://x\"", "\"https://*:443\"", "\"127.0.0.1:8445\"", "\"/owa/x\"", "{", "}", "[", "]", ":", ",", "5", "true",
    ];

    private static readonly string[] AuditWords =
    [
        "\"@timestamp\"", "\"event.action\"", "\"event.outcome\"", "\"event.id\"", "\"decision\"", "\"sign-in\"", "\"success\"", "\"failure\"", "\"2026-03-02T08:00:00Z\"", "\"user.name\"",
        "\"source.ip\"", "\"10.1.2.3\"", "\"fe80::1%eth0\"", "\"http.request.method\"", "\"url.path\"", "\"gateway.resource\"", "\"owa\"", "\"gateway.decision\"", "\"allow\"", "\"deny\"",
        "\"step-up\"", "\"gateway.reason\"", "\"gateway.rules\"", "\"gateway.methods\"", "\"gateway.mfa_at\"", "\"gateway.facts.mfa\"", "\"gateway.facts.groups\"", "\"gateway.policy\"",
        "\"gateway.facts.group_count\"", "\"gateway.facts.claims\"", "\"gateway.facts.incomplete\"", "\"groups\"", "\"path\"", "{\"department\":[\"x\"]}", "[\"a\",null]", "{", "}", "[",
        "]", ":", ",", "5", "true", "null",
    ];

    // as from the environment: none may stand in the file
    private static readonly Dictionary<string, string?> Secrets =
        new[] { "other", "adfs", "entra" }.ToDictionary(provider => $"Gateway:Providers:{provider}:ClientSecret", string? (_) => "secret");

    private static readonly Lazy<string> Folder = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("mfagw-fuzz-").FullName;
        File.WriteAllText(Path.Combine(folder, "policy.json"), """{ "version": 1, "rules": [ { "id": "staff", "effect": "permit", "demand": { "mfa": true } } ] }""");
        return folder;
    });

    public static FuzzTarget Configuration() => new("configuration", ConfigurationWords, generate: null, TryConfiguration) { Share = 0.05 };

    public static FuzzTarget AuditLine() => new("audit-line", AuditWords, generate: null, TryAuditLine) { Share = 2 };

    private static FuzzFindings TryConfiguration(string json)
    {
        var file = Path.Combine(Folder.Value, $"{Environment.CurrentManagedThreadId}.json");
        File.WriteAllBytes(file, Encoding.UTF8.GetBytes(json));
        var loaded = ConfigurationLoader.Load(new ConfigurationSources { Files = [file], Overrides = Secrets });

        FuzzFailure.Unless(loaded.Options is null == loaded.Problems.Count > 0, "a text is either a configuration or has problems");
        foreach (var problem in loaded.Problems)
            FuzzFailure.Unless(problem is { Message.Length: > 0, Remedy.Length: > 0 } && problem.Path.StartsWith('$'), "a problem says where, what is wrong, and what to do");
        if (loaded.Options is { } options)
        {
            FuzzFailure.Unless(options.PublicOrigin!.Scheme == "https", "the origin is https");
            FuzzFailure.Unless(options.Providers.Count > 0 && options.Exchange.Servers.Count > 0 && options.Audit.Sinks.Count > 0, "nothing that is needed is missing");
        }

        return new FuzzFindings(loaded.Options is not null, loaded.Problems.Select(problem => problem.Path));
    }

    private static FuzzFindings TryAuditLine(string line)
    {
        var read = Audit.AuditLine.Read(Encoding.UTF8.GetBytes(line), out var problem);

        FuzzFailure.Unless(read is null == problem.Length > 0, "a line is an event or has a problem");
        if (read is null)
            return new FuzzFindings(false, [problem[..Math.Min(problem.Length, 20)]]);
        var decision = RecordedDecision.Of(read, out var why);
        FuzzFailure.Unless(decision is null == why.Length > 0, "an event is a decision, or it is said why not");
        FuzzFailure.Unless(decision is null || decision.Request is { Resource: not null, Path: not null, HttpMethod: not null }, "a recorded request is whole");
        return new FuzzFindings(true, [why, decision?.Kind.ToString() ?? ""]);
    }
}
