using MfaGateway.Lab.Certificates;
using MfaGateway.Lab.Estate;

namespace MfaGateway.BrowserTests.Fixtures;

/// <summary>The two estates that all tests share which break nothing, one per dialect, each started when first asked for.</summary>
public sealed class Estates : IAsyncLifetime
{
    private readonly string _certificates = Directory.CreateTempSubdirectory("mfagw-browser-").FullName;
    private readonly Lazy<Task<Estate>> _adfs;
    private readonly Lazy<Task<Estate>> _entra;

    public Estates()
    {
        _adfs = new Lazy<Task<Estate>>(() => StartAsync("adfs"));
        _entra = new Lazy<Task<Estate>>(() => StartAsync("entra"));
    }

    public ValueTask InitializeAsync()
    {
        using var made = LabCertificates.Ensure(_certificates, TimeProvider.System);
        return ValueTask.CompletedTask;
    }

    /// <summary>The shared estate whose identity provider speaks that dialect.</summary>
    public Task<Estate> GetAsync(string dialect) => dialect == "adfs" ? _adfs.Value : _entra.Value;

    /// <summary>An estate of one's own, to break or to configure differently.</summary>
    /// <param name="dialect"><c>adfs</c> or <c>entra</c>.</param>
    /// <param name="overlay">Writes a configuration to lay over the lab's own; knows the state folder and the ports.</param>
    /// <param name="signOn">How Exchange signs people on.</param>
    internal Task<Estate> StartAsync(string dialect, Overlay? overlay = null, string signOn = LabOptions.PassThrough) =>
        Estate.StartAsync(dialect, _certificates, overlay, signOn);

    public async ValueTask DisposeAsync()
    {
        foreach (var estate in (Lazy<Task<Estate>>[])[_adfs, _entra])
        {
            if (estate.IsValueCreated) await (await estate.Value).DisposeAsync();
        }

        Directory.Delete(_certificates, recursive: true);
    }
}
