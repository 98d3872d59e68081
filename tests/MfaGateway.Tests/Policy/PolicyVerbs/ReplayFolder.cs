using System.CommandLine;
using System.Text.Json;
using MfaGateway.Audit;
using MfaGateway.Host.PolicyVerbs;
using MfaGateway.Policy;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.Tests.Policy.PolicyVerbs;

/// <summary>A folder of audit files and policies, and the verb <c>policy replay</c> over it.</summary>
internal sealed class ReplayFolder : IDisposable
{
    public const string InForce = """{ "version": 1, "rules": [ { "id": "staff", "effect": "permit", "when": { "group": ["Staff"] }, "demand": { "mfa": true } } ] }""";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("replay-");

    public void Dispose() => _directory.Delete(recursive: true);

    public string PathOf(string name) => Path.Combine(_directory.FullName, name);

    public string Write(string name, string text)
    {
        var path = PathOf(name);
        File.WriteAllText(path, text);
        return path;
    }

    public string Policy(params string[] rules) =>
        Write($"policy-{_directory.GetFiles().Length}.json", $$"""{ "version": 1, "rules": [ {{string.Join(',', rules)}} ] }""");

    public static AuditEvent Decision(string user, DecisionKind decision, string reference, bool mfa = true, string[]? groups = null) => new()
    {
        Timestamp = Policies.Now,
        Action = AuditActions.Decision,
        Outcome = "success",
        Id = reference,
        UserName = user,
        Resource = "owa",
        Path = "/owa/",
        Method = "GET",
        SourceIp = "10.1.2.3",
        Decision = decision.ToCode(),
        Policy = "0123456789ab",
        FactGroups = groups ?? ["Staff"],
        FactGroupCount = (groups ?? ["Staff"]).Length,
        FactMfa = mfa,
    };

    public static string Text(AuditEvent line) => JsonSerializer.Serialize(line, AuditJson.Default.AuditEvent);

    public static string Lines(params AuditEvent[] lines) => string.Concat(lines.Select(line => Text(line) + "\n"));

    public static async Task<(int Exit, string Output, string Error)> RunAsync(string[] arguments, byte[]? input = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var root = new RootCommand { PolicyCommands.Create(TextReader.Null, new FakeTimeProvider(Policies.Now), () => new MemoryStream(input ?? [])) };
        var exit = await root.Parse(["policy", "replay", .. arguments]).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken);
        return (exit, output.ToString(), error.ToString());
    }

    public static async Task<(int Exit, JsonElement Json)> RunJsonAsync(params string[] arguments)
    {
        var (exit, output, error) = await RunAsync([.. arguments, "--json"]);
        Assert.Equal("", error);
        return (exit, JsonElement.Parse(output));
    }
}
