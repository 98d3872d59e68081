using System.Diagnostics.CodeAnalysis;
using MfaGateway.Configuration;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace MfaGateway.Exchange;

/// <summary>
/// The servers as YARP clusters: one per protocol, because Managed Availability takes a protocol of a server out, not the server. Changes with the settings
/// without touching running requests.
/// </summary>
internal sealed class ExchangePool : IProxyConfigProvider
{
    public const string HealthPolicy = "healthcheck.htm";
    public const string ConnectPolicy = "connection";
    public static readonly IReadOnlyList<string> Protocols = ["owa", "ecp"];

    private readonly GatewaySettings _settings;
    private volatile Snapshot _current;

    public ExchangePool(GatewaySettings settings)
    {
        _settings = settings;
        _current = new Snapshot(settings.Current);
        ChangeToken.OnChange(() => settings.Changed, Replace);
    }

    public IProxyConfig GetConfig() => _current;

    private void Replace()
    {
        var before = _current;
        _current = new Snapshot(_settings.Current);
        before.SignalChange();
    }

    [SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "a source without timer and handle holds nothing")]
    private sealed class Snapshot(GatewayOptions options) : IProxyConfig
    {
        private readonly CancellationTokenSource _changed = new();

        /// <summary>None: only <see cref="ForwardMiddleware"/> sends a request to a server, and only one that the policy has allowed.</summary>
        public IReadOnlyList<RouteConfig> Routes => [];

        public IReadOnlyList<ClusterConfig> Clusters { get; } = [.. Protocols.Select(protocol => Cluster(protocol, options))];

        public IChangeToken ChangeToken => new CancellationChangeToken(_changed.Token);

        public void SignalChange() => _changed.Cancel();

        private static ClusterConfig Cluster(string protocol, GatewayOptions options) => new()
        {
            ClusterId = protocol,
            Destinations = options.Exchange.Servers.ToDictionary(
                server => new Uri(server).Authority,
                server => new DestinationConfig { Address = server, Host = options.PublicOrigin!.Authority },
                StringComparer.OrdinalIgnoreCase),
            HealthCheck = new HealthCheckConfig
            {
                AvailableDestinationsPolicy = "HealthyAndUnknown",
                Active = new ActiveHealthCheckConfig
                {
                    Enabled = true,
                    Interval = options.Exchange.HealthCheck.Interval,
                    Timeout = options.Exchange.HealthCheck.Timeout,
                    Policy = HealthPolicy,
                    Path = $"/{protocol}/healthcheck.htm",
                },
                Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = ConnectPolicy, ReactivationPeriod = options.Exchange.HealthCheck.RetryAfter },
            },
            HttpClient = new HttpClientConfig { RequestHeaderEncoding = "utf-8" }, // as the listener reads them; the default refuses letters beyond ASCII
            HttpRequest = new ForwarderRequestConfig
            {
                ActivityTimeout = options.Exchange.ActivityTimeout,
                Version = System.Net.HttpVersion.Version11, // Windows authentication does not work over HTTP/2
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                AllowResponseBuffering = false,
            },
        };
    }
}
