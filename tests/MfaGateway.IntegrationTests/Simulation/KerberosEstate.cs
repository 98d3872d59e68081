using System.Text.Json.Nodes;
using MfaGateway.Exchange;
using MfaGateway.SignOn.Kerberos;
using MfaGateway.SignOn.Kerberos.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>The gateway before servers with Windows authentication, and the realm that they all believe.</summary>
internal sealed class KerberosEstate : IAsyncDisposable
{
    private KerberosEstate(TestRealm realm, IReadOnlyList<Acceptor> servers, SimulatedNetwork network) => (Realm, Servers, Network) = (realm, servers, network);

    public TestRealm Realm { get; }

    public IReadOnlyList<Acceptor> Servers { get; }

    public Acceptor Server => Servers[0];

    public SimulatedNetwork Network { get; }

    /// <summary>How many connections the gateway has open for sessions.</summary>
    public int Connections => Network.Services.GetRequiredService<ConnectionPools>().Count;

    /// <param name="authentication">When a request carries a token.</param>
    /// <param name="servers">How many servers there are.</param>
    /// <param name="options">What else is different.</param>
    /// <param name="services">Further services.</param>
    /// <param name="policy">Another policy than the ordinary one.</param>
    public static async Task<KerberosEstate> StartAsync(
        string authentication = "Auto", int servers = 1, Action<ExchangeOptions>? options = null, Action<IServiceCollection>? services = null,
        string policy = NetworkSetup.Policy)
    {
        var realm = new TestRealm();
        var acceptors = new List<Acceptor>();
        for (var n = 0; n < servers; n++) acceptors.Add(await Acceptor.StartAsync(realm));
        var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            RealExchange = acceptors[0].Origin,
            PolicyText = policy,
            Configuration = gateway =>
            {
                gateway["Exchange"]!["Servers"] = new JsonArray([.. acceptors.Select(acceptor => (JsonNode)acceptor.Origin)]);
                gateway["Exchange"]!["TrustedCertificates"] = "trusted.pem";
            },
            Options = gateway =>
            {
                // past the validation: it would ask for the keytab, which only the real thing needs
                gateway.Exchange.SignOn.Method = "Kerberos";
                gateway.Exchange.SignOn.ServicePrincipalName = Acceptor.Service;
                gateway.Exchange.SignOn.Kerberos.Authentication = authentication;
                options?.Invoke(gateway.Exchange);
            },
            Services = container =>
            {
                container.AddSingleton<IDelegatedTickets>(realm);
                services?.Invoke(container);
            },
            Files = { ["trusted.pem"] = TestCertificate.Pem + TestCertificate.Another.ExportCertificatePem() },
        });
        return new KerberosEstate(realm, acceptors, network);
    }

    /// <summary>A browser in which somebody is signed in and reads mail.</summary>
    public Task<Browser> SignedInAsync(string upn)
    {
        Network.Provider.Person = new Person(upn, ["Staff"]);
        return Network.SignedInBrowserAsync();
    }

    /// <summary>Asks again and again: what happens at the other end of a socket tells nobody here.</summary>
    public static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!holds() && !patience.IsCancellationRequested) await Task.Yield();
        Assert.True(holds());
    }

    public async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync();
        foreach (var server in Servers) await server.DisposeAsync();
    }
}
