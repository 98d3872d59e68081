using System.Text.Json.Nodes;
using MfaGateway.InteropTests.Setup;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>Processor time of the gateway for one request, signed on with real tickets, against a gateway that signs nobody on. For docs/performance.md with
/// <c>MFAGW_FIGURES=1</c>; without it a small part of the same work shows that it can be measured.</summary>
[Collection(DomainTests.Name)]
public sealed class CostFigureTests(Domain domain, ITestOutputHelper output) : IDisposable
{
    private static readonly (int Rounds, int Requests) Work = Environment.GetEnvironmentVariable("MFAGW_FIGURES") == "1" ? (6, 10_000) : (1, 200);

    private readonly string _folder = Directory.CreateTempSubdirectory("mfagw-cost-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task a_request_with_pass_through_and_with_tickets()
    {
        using var listener = TestCertificate.Make(_folder, "listener", Gateway.Origin.Host);
        using var client = TestCertificate.Make(_folder, "client");
        await using var provider = await NodeProvider.StartAsync(listener, ClientOf(client), 0);
        await using var open = await ExchangeDouble.StartAsync(listener.Certificate);
        await using var acceptor = await ExchangeAcceptor.StartAsync(listener.Certificate, domain.Keytab("mail"), Path.Combine(_folder, "replays"));
        await using var passThrough = await MeasuredGateway.StartAsync(
            "PassThrough", _folder, (provider, open), new JsonObject { ["Method"] = "PassThrough" }, listener, client, _ => "Exchange shows /owa/default.aspx");
        await using var auto = await MeasuredGateway.StartAsync("Auto", _folder, (provider, acceptor), SignOn("Auto"), listener, client, Mail);
        await using var perRequest = await MeasuredGateway.StartAsync("PerRequest", _folder, (provider, acceptor), SignOn("PerRequest"), listener, client, Mail);
        MeasuredGateway[] gateways = [passThrough, auto, perRequest];
        foreach (var gateway in gateways) await gateway.SpendAsync(Work.Requests); // compiled, and every connection open

        var tokens = new Dictionary<string, int> { ["PassThrough"] = 0, ["Auto"] = 0, ["PerRequest"] = 0 };
        for (var round = 0; round < Work.Rounds; round++)
        {
            for (var n = 0; n < gateways.Length; n++)
            {
                var gateway = gateways[(round + n) % gateways.Length];
                var before = acceptor.Tokens;
                gateway.Costs.Add(await gateway.SpendAsync(Work.Requests));
                tokens[gateway.Name] += acceptor.Tokens - before;
            }
        }

        foreach (var gateway in gateways)
        {
            output.WriteLine(
                $"{gateway.Name,-12} {Median(gateway.Costs):f1} us of processor time a request (lowest {gateway.Costs.Min():f1}), "
                + $"{Median(gateway.Costs.Zip(passThrough.Costs, (cost, other) => cost / other)):f3} of PassThrough in the same round, {tokens[gateway.Name]} tokens for {Work.Rounds * Work.Requests} requests");
        }

        Assert.Equal(0, tokens["PassThrough"]);
        Assert.InRange(tokens["Auto"], 0, Work.Rounds * Work.Requests / 5); // a token for a connection, which the server keeps signed on
        Assert.Equal(Work.Rounds * Work.Requests, tokens["PerRequest"]);
    }

    private static string Mail(Account account) => $"Exchange shows /owa/default.aspx to {account.Name.Replace("@", @"\@", StringComparison.Ordinal)}@{Domain.Realm}";

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static Dictionary<string, object> ClientOf(TestCertificate certificate)
    {
        var client = NodeProvider.ClientOf(Gateway.Origin);
        client["token_endpoint_auth_method"] = "private_key_jwt";
        client["jwks"] = NodeProvider.KeysOf(certificate.Certificate);
        return client;
    }

    private JsonObject SignOn(string authentication) => new()
    {
        ["Method"] = "Kerberos",
        ["ServicePrincipalName"] = Domain.MailService,
        ["Kerberos"] = new JsonObject
        {
            ["Realm"] = Domain.Realm, ["Kdcs"] = new JsonArray(domain.Address), ["Account"] = "svc-gateway", ["Keytab"] = domain.Keytab("gateway"),
            ["Authentication"] = authentication,
        },
    };
}
