namespace MfaGateway.IntegrationTests.Lab;

/// <summary>A provider for all tests of a class: starting one takes longer than most tests. Sessions do not meet, since every test has its own browser.</summary>
public abstract class ProviderFixture(string dialect, SharedCertificates certificates) : IAsyncLifetime
{
    private ProviderLab? _lab;

    /// <summary>The provider, at a time when every one-time code is fresh again.</summary>
    internal ProviderLab LabAtANewTime()
    {
        var lab = _lab ?? throw new InvalidOperationException("The fixture was not started.");
        lab.Time.Advance(TimeSpan.FromMinutes(5));
        return lab;
    }

    public async ValueTask InitializeAsync() => _lab = await ProviderLab.StartAsync(dialect, certificates);

    public async ValueTask DisposeAsync()
    {
        if (_lab is not null) await _lab.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class AdfsFixture(SharedCertificates certificates) : ProviderFixture("adfs", certificates);

public sealed class EntraFixture(SharedCertificates certificates) : ProviderFixture("entra", certificates);
