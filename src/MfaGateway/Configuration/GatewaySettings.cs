using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Primitives;

namespace MfaGateway.Configuration;

/// <summary>The settings in force: an immutable set that is swapped as a whole when a changed file proves valid. A request keeps the set it began with.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "a source without timer and handle holds nothing")]
internal sealed class GatewaySettings
{
    private readonly string _folder;
    private volatile InForce _inForce;
    private CancellationTokenSource _changed = new();

    /// <param name="options">Validated.</param>
    /// <param name="folder">Folder of the configuration file; relative paths in it begin there.</param>
    public GatewaySettings(GatewayOptions options, string folder) => (_inForce, _folder) = (InForce.Of(options), Path.GetFullPath(folder));

    public GatewayOptions Current => _inForce.Options;

    /// <summary>Scheme and authority of the public origin, without a slash. In ASCII, as are the next two: so browsers, DNS and certificates say it.</summary>
    public string Origin => _inForce.Origin;

    /// <summary>Host of the public origin, with its port where that is not the usual one.</summary>
    public string Authority => _inForce.Authority;

    /// <summary>Host of the public origin.</summary>
    public string Host => _inForce.Host;

    public string DataFolder => Resolve(Current.DataDirectory);

    public string SessionFile => Current.Sessions.Path is { } path ? Resolve(path) : Path.Combine(DataFolder, "sessions.db");

    /// <summary>Where relative paths begin.</summary>
    public string Folder => _folder;

    public string Resolve(string path) => Path.GetFullPath(path, _folder);

    /// <summary>Signals the next swap.</summary>
    public IChangeToken Changed => new CancellationChangeToken(_changed.Token);

    /// <summary>Takes a new set. Addresses, stores and sinks are built once: those keep their first values until the next start.</summary>
    public void Replace(GatewayOptions options)
    {
        _inForce = InForce.Of(options);
        var before = Interlocked.Exchange(ref _changed, new CancellationTokenSource());
        before.Cancel();
        before.Dispose();
    }

    /// <summary>With what every request needs of the origin, which an address makes anew each time it is asked.</summary>
    private sealed record InForce(GatewayOptions Options, string Origin, string Authority, string Host)
    {
        public static InForce Of(GatewayOptions options)
        {
            if (options.PublicOrigin is not { } origin) return new(options, "", "", "");
            var authority = origin.HostNameType is not UriHostNameType.Dns ? origin.Authority : origin.IsDefaultPort ? origin.IdnHost : $"{origin.IdnHost}:{origin.Port}";
            return new(options, $"{origin.Scheme}://{authority}", authority, origin.IdnHost);
        }
    }
}
