using System.Text.Json;
using System.Text.Json.Nodes;
using MfaGateway.Host.Commands;
using MfaGateway.InteropTests.Setup;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>What the domain controller's one error hides, the diagnosis tells.</summary>
[Collection(DomainTests.Name)]
public sealed class DoctorTests(Domain domain) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mfagw-doctor-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task all_is_well_where_it_is()
    {
        var (code, findings) = await ExamineAsync("alice@contoso.test");

        Assert.True(code == 0, findings.ToString());
        Assert.Equal(
            ["keytab", "domain-controller", "clock", "account", "user", "directory", "directory", "directory", "directory"], Subjects(findings));
    }

    [Theory]
    [InlineData("sensitive@contoso.test", "svc-gateway", "gateway", "HTTP/mail.contoso.test", "not-delegable")]
    [InlineData("protected@contoso.test", "svc-gateway", "gateway", "HTTP/mail.contoso.test", "not-delegable")]
    [InlineData("alice@contoso.test", "svc-noproto", "noproto", "HTTP/mail.contoso.test", "protocol-transition-missing")]
    [InlineData("alice@contoso.test", "svc-gateway", "gateway", "HTTP/autodiscover.contoso.test", "delegation-not-allowed")]
    [InlineData("alice@contoso.test", "svc-gateway", "gateway", "HTTP/nowhere.contoso.test", "service-unknown")]
    [InlineData("nobody@contoso.test", "svc-gateway", "gateway", "HTTP/mail.contoso.test", "user-unknown")]
    [InlineData("Administrator@contoso.test", "svc-gateway", "gateway", "HTTP/mail.contoso.test", "privileged-user")]
    public async Task the_causes_of_a_refused_delegation_are_told_apart(string user, string account, string keytab, string service, string cause)
    {
        var (code, findings) = await ExamineAsync(user, account, keytab, service);

        Assert.True(code == 1, findings.ToString());
        Assert.Contains(cause, Codes(findings));
        string[] beside = cause is "service-unknown" ? ["delegation-not-allowed"] : ["delegation-refused"]; // the second: the domain controller's own word
        Assert.All(Codes(findings), found => Assert.Contains(found, beside.Append(cause)));
    }

    [Fact]
    public async Task a_stale_keytab_is_told()
    {
        var (code, findings) = await ExamineAsync(null, keytab: "stale");

        Assert.Equal(1, code);
        Assert.Equal(["keytab-stale"], Codes(findings));
    }

    [Fact]
    public async Task nobody_who_answers_is_another_exit_code()
    {
        var (code, findings) = await ExamineAsync(null, kdc: domain.NobodysAddress);

        Assert.True(code == 3, findings.ToString());
    }

    [Fact]
    public async Task a_clock_that_is_wrong_is_told()
    {
        await domain.StopAsync();
        await domain.StartAsync(clock: "+20m");
        try
        {
            var (code, findings) = await ExamineAsync(null);

            Assert.Equal(1, code);
            Assert.Contains("clock-skew", Codes(findings));
        }
        finally
        {
            await domain.StopAsync();
            await domain.StartAsync();
        }
    }

    private static IEnumerable<string> Subjects(JsonElement findings) => findings.EnumerateArray().Select(f => f.GetProperty("subject").GetString()!);

    private static IEnumerable<string> Codes(JsonElement findings) =>
        findings.EnumerateArray().Select(f => f.TryGetProperty("code", out var code) ? code.GetString() : null).OfType<string>();

    private async Task<(int Code, JsonElement Findings)> ExamineAsync(
        string? user, string account = "svc-gateway", string keytab = "gateway", string service = "HTTP/mail.contoso.test", string? kdc = null)
    {
        var file = Path.Combine(_folder, "gateway.json");
        var settings = Settings();
        settings["Exchange"]!["SignOn"] = new JsonObject
        {
            ["Method"] = "Kerberos", ["ServicePrincipalName"] = service,
            ["Kerberos"] = new JsonObject
            {
                ["Realm"] = Domain.Realm, ["Account"] = account, ["Keytab"] = domain.Keytab(keytab), ["Kdcs"] = new JsonArray(kdc ?? domain.Address),
            },
        };
        await File.WriteAllTextAsync(file, new JsonObject { ["Gateway"] = settings }.ToJsonString(), TestContext.Current.CancellationToken);
        using var output = new StringWriter();
        string[] arguments = ["--config", file, "--json", .. user is null ? [] : (string[])["--user", user]];
        var code = await DoctorCommand.Create(output).Parse(arguments).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
        var answer = JsonElement.Parse(output.ToString());
        Assert.True(answer.TryGetProperty("findings", out var findings), output.ToString());
        return (code, findings);
    }

    private JsonObject Settings()
    {
        using var certificate = TestCertificate.Make(_folder, "listener", "mail.contoso.test");
        File.WriteAllText(
            Path.Combine(_folder, "policy.json"),
            """
            { "version": 1, "rules": [ { "id": "mail", "effect": "permit", "when": { "resource": ["owa"] } } ],
              "examples": [ { "name": "mail", "request": { "resource": "owa", "methods": ["pwd"] }, "expect": "allow", "rule": "mail" } ] }
            """);
        return JsonNode.Parse(
            """
            { "PublicOrigin": "https://mail.contoso.test",
              "Listen": { "Url": "https://127.0.0.1:0", "Certificate": { "Path": "listener.pem", "KeyPath": "listener.key" } },
              "Providers": { "adfs": { "Kind": "Adfs", "Authority": "https://sts.contoso.test/adfs", "ClientId": "gateway", "Resource": "https://mail.contoso.test/gateway",
                                       "ClientCertificate": { "Path": "listener.pem", "KeyPath": "listener.key" } } },
              "Exchange": { "Servers": ["https://ex1.contoso.test"] },
              "Policy": { "Path": "policy.json" },
              "Audit": { "Sinks": [ { "Kind": "File", "Path": "audit.jsonl" } ] } }
            """)!.AsObject();
    }
}
