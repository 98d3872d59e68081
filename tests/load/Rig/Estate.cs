using System.Diagnostics;
using System.Security.Cryptography;
using MfaGateway.Lab.Certificates;
using MfaGateway.Lab.IdentityProvider;

namespace MfaGateway.Load.Rig;

/// <summary>Everything that runs while one compares: a site, a server, and all the proxies in front of it, each signed in where it asks.</summary>
internal sealed class Estate : IAsyncDisposable
{
    private const int MostContestants = 12;

    private readonly Site _site;
    private readonly List<Contestant> _contestants = [];

    private Estate(Site site) => _site = site;

    public IReadOnlyList<Contestant> Contestants => _contestants;

    /// <summary>Host and port of the public origin, which every contestant takes itself for.</summary>
    public string Authority => _site.Authority;

    /// <param name="wanted">Whether a contestant of that name shall run.</param>
    /// <param name="people">Who can sign in beside those that the contestants need; each once.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<Estate> StartAsync(Func<string, bool> wanted, int people, CancellationToken cancellationToken)
    {
        var estate = new Estate(await Site.StartAsync(MostContestants + people, cancellationToken));
        try
        {
            await estate.StartPartsAsync(wanted, cancellationToken);
            return estate;
        }
        catch
        {
            await estate.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var contestant in _contestants) await contestant.DisposeAsync();
        await _site.DisposeAsync();
    }

    /// <summary>Lets people sign in one after another, each in a browser of his own with new connections; what the contestant spends on one.</summary>
    public async Task<(double ProcessorMicroseconds, TimeSpan Each)> SignInAsync(Contestant contestant, int count, CancellationToken cancellationToken)
    {
        var (before, began) = (contestant.Processor(), Stopwatch.StartNew());
        for (var n = 0; n < count; n++) await _site.SignInAsync(contestant, _site.NextPerson(), cancellationToken);
        return ((contestant.Processor() - before) / count, began.Elapsed / count);
    }

    private async Task StartPartsAsync(Func<string, bool> wanted, CancellationToken cancellationToken)
    {
        var server = _site.StartBackend();
        Add("plain YARP", (name, port) => _site.StartPlainYarp(name, port, server, counts: true));
        foreach (var (store, rules) in (IEnumerable<(string, int)>)[("Memory", 10), ("Sqlite", 10), ("Redis", 10), ("Memory", 100)])
            Add($"gateway, {store}, {rules} rules", (name, port) => _site.StartGateway(name, port, Settings(server, store), rules, counts: true));
        var rivals = new Rivals(_site.Folder, server, _site.Leaf, _site.Root);
        Add("nginx", (_, port) => rivals.Nginx(port));
        Add("HAProxy", (_, port) => rivals.HAProxy(port));
        var (provider, secret) = await ProviderWithSecretAsync(cancellationToken);
        Add("Apache, mod_auth_openidc", (_, port) => rivals.Apache(port, _site.Ports.Gateway, provider.Issuer, secret));

        foreach (var contestant in _contestants)
        {
            var asks = contestant.IsGateway || contestant.Name.StartsWith("Apache", StringComparison.Ordinal);
            var cookie = await _site.FirstSignInAsync(contestant, cancellationToken);
            contestant.Cookie = asks ? cookie : null;
        }

        void Add(string name, Func<string, int, Contestant> start)
        {
            if (wanted(name)) _contestants.Add(start(name, _site.NextPort()));
        }
    }

    private async Task<(LabIdentityProvider Provider, string Secret)> ProviderWithSecretAsync(CancellationToken cancellationToken)
    {
        var secret = RandomNumberGenerator.GetHexString(32);
        var certificates = LabCertificates.Ensure(_site.Folder, TimeProvider.System);
        var provider = _site.With(await LabIdentityProvider.StartAsync(
            new LabIdentityProviderOptions
            {
                Address = new Uri($"https://127.0.0.1:{_site.NextPort()}"),
                Dialect = Dialect.Named("adfs"),
                Users = LabUsers.Ensure(_site.Folder),
                Client = ClientRegistration.ForGateway(_site.Ports.Gateway) with { Secret = secret },
                Listener = certificates.Leaf,
                TokenSigner = certificates.TokenSigner,
                Logging = logging => logging.ClearProviders(),
            },
            cancellationToken));
        return (provider, secret);
    }

    private Dictionary<string, string> Settings(string server, string store)
    {
        var settings = new Dictionary<string, string>
        {
            ["Exchange__Servers__0"] = $"https://{server}", ["Sessions__Store"] = store, ["Limits__UserHangingRequests"] = "20000", // one person hangs for all
        };
        if (store == "Redis") settings["Redis__Connection"] = $"127.0.0.1:{_site.StartRedis().Port}";
        return settings;
    }
}
