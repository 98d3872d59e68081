using System.Net.Security;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Wire;

/// <summary>The gateway, ending TLS itself, before a server that keeps the bytes it gets, and somebody signed in.</summary>
public class WireEstate : IAsyncLifetime
{
    internal RecordingServer Exchange { get; } = new();

    internal SimulatedNetwork Network { get; private set; } = null!; // set by InitializeAsync

    /// <summary>The cookie of the person's session, as <c>name=value</c>.</summary>
    internal string Session { get; private set; } = "";

    private protected virtual string PolicyText => NetworkSetup.Policy;

    /// <summary>Whether each decision is recorded, not only changed ones.</summary>
    private protected virtual bool EveryRequest => false;

    /// <summary>What else is configured.</summary>
    private protected virtual void Configure(JsonObject gateway)
    {
    }

    public async ValueTask InitializeAsync()
    {
        Network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            RealExchange = Exchange.Origin, Tls = true, PolicyText = PolicyText,
            Configuration = gateway =>
            {
                gateway["Shield"] = new JsonObject { ["Rules"] = new JsonObject { ["Mode"] = "Off" } }; // what is not let through shall not even need a rule
                gateway["Audit"]!["EveryRequest"] = EveryRequest;
                Configure(gateway);
            },
        });
        var alice = await Network.SignedInBrowserAsync();
        Session = $"__Host-mfagw={alice.Cookies.Find("__Host-mfagw")!.Value}";
    }

    public async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync();
        await Exchange.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A connection of HTTP/1.1 on which nothing was said yet.</summary>
    /// <param name="name">What the client says in its hello (RFC 6066, 3); nothing when it is an address or empty.</param>
    internal Task<SslStream> ConnectAsync(string name = "mail.contoso.com") => ConnectAsync(Network, SslApplicationProtocol.Http11, name);

    internal async Task<Http2Wire> ConnectHttp2Async(string name = "mail.contoso.com") => await Http2Wire.OpenAsync(await ConnectAsync(Network, SslApplicationProtocol.Http2, name));

    internal static async Task<SslStream> ConnectAsync(SimulatedNetwork network, SslApplicationProtocol protocol, string name)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var tls = new SslStream(await network.ConnectAsync(cancellation));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = name,
                ApplicationProtocols = [protocol],
                RemoteCertificateValidationCallback = (_, certificate, _, _) => TestCertificate.Certificate.Equals(certificate),
            },
            cancellation);
        return tls;
    }
}
