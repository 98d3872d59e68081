using MfaGateway.Outcome;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace MfaGateway.SignIn;

/// <summary>
/// A provider's discovery document and keys. The library's own manager refreshes in the background, so that a token signed with a new key is checked
/// against old keys once more; here a caller can wait for fresh keys, but strangers with junk tokens cannot make us ask without end.
/// </summary>
internal sealed class ProviderMetadata(Provider provider, HttpClient backChannel, TimeProvider time, ILogger<ProviderMetadata> logger)
    : IConfigurationManager<OpenIdConnectConfiguration>, IDisposable
{
    private static readonly TimeSpan _maxAge = TimeSpan.FromHours(1);
    private static readonly TimeSpan _recently = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _forcedEvery = TimeSpan.FromSeconds(5);
    private const int ForcedInARow = 6;

    private readonly SemaphoreSlim _fetching = new(1, 1);
    private readonly HttpDocumentRetriever _documents = new(backChannel) { RequireHttps = true };
    private readonly Queue<DateTimeOffset> _forced = new();
    private OpenIdConnectConfiguration? _current;
    private Exception? _lastFailure;
    private DateTimeOffset _lastForced;
    private DateTimeOffset _fetchedAt;
    private DateTimeOffset _failedAt;

    /// <exception cref="ProviderUnreachableException">Nothing is known of the provider and it does not answer, or answers nonsense.</exception>
    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) =>
        _current is { } current && time.GetUtcNow() - _fetchedAt < _maxAge ? Task.FromResult(current) : FetchAsync(forced: false, cancel);

    public void Dispose() => _fetching.Dispose();

    public void RequestRefresh() => _fetchedAt = DateTimeOffset.MinValue;

    /// <summary>Makes sure that the provider answers before a person is sent there: a page of ours that says "later" is better than a browser's that says
    /// "refused". An answer of the last ten seconds will do.</summary>
    /// <exception cref="ProviderUnreachableException">It does not answer now.</exception>
    public async Task CheckReachableAsync(CancellationToken cancel)
    {
        if (_lastFailure is null && time.GetUtcNow() - _fetchedAt < _recently) return;
        _fetchedAt = DateTimeOffset.MinValue;
        await FetchAsync(forced: false, cancel);
        if (_lastFailure is { } failure) throw new ProviderUnreachableException(provider.Name, failure);
    }

    /// <summary>Fetches anew because a token names a key that is not known: six times in a minute as asked, then once in five seconds, so that
    /// strangers cannot make us ask without end and a provider whose keys were broken is believed soon after they are whole.</summary>
    public async Task<OpenIdConnectConfiguration> RefreshAsync(CancellationToken cancel) => await FetchAsync(forced: true, cancel);

    private async Task<OpenIdConnectConfiguration> FetchAsync(bool forced, CancellationToken cancel)
    {
        var before = _current;
        await _fetching.WaitAsync(cancel);
        try
        {
            if (_current is { } current && (current != before || (forced ? !MayForce() : time.GetUtcNow() - _fetchedAt < _maxAge))) return current;
            if (_lastFailure is { } failure && time.GetUtcNow() - _failedAt < _retryAfter) return _current ?? throw new ProviderUnreachableException(provider.Name, failure);
            return await FetchNowAsync(cancel);
        }
        finally
        {
            _fetching.Release();
        }
    }

    private async Task<OpenIdConnectConfiguration> FetchNowAsync(CancellationToken cancel)
    {
        try
        {
            var found = await OpenIdConnectConfigurationRetriever.GetAsync($"{provider.Authority}/.well-known/openid-configuration", _documents, cancel);
            Check(found);
            if (_lastFailure is not null) logger.ProviderBack(provider.Name);
            (_current, _fetchedAt, _lastFailure) = (found, time.GetUtcNow(), null);
            return found;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            if (_lastFailure is null) logger.ProviderDown(provider.Name, LogText.OneLine(e.GetBaseException().Message));
            (_lastFailure, _failedAt) = (e, time.GetUtcNow());
            return _current ?? throw new ProviderUnreachableException(provider.Name, e); // old keys are better than none: signed-in users notice nothing
        }
    }

    private bool MayForce()
    {
        var now = time.GetUtcNow();
        while (_forced.TryPeek(out var oldest) && now - oldest > TimeSpan.FromMinutes(1)) _forced.Dequeue();
        if (_forced.Count >= ForcedInARow && now - _lastForced < _forcedEvery) return false;
        _forced.Enqueue(now);
        _lastForced = now;
        return true;
    }

    /// <summary>The document must speak for the issuer we asked (OpenID Connect Discovery 4.3) and name only https endpoints.</summary>
    private void Check(OpenIdConnectConfiguration found)
    {
        if (!string.Equals(found.Issuer, provider.Authority, StringComparison.Ordinal) && found.Issuer != provider.Authority + "/")
            throw new InvalidOperationException($"The discovery document of provider '{provider.Name}' names issuer '{found.Issuer}' instead of '{provider.Authority}'.");
        foreach (var (name, endpoint, required) in new[]
        {
            ("authorization_endpoint", found.AuthorizationEndpoint, true), ("token_endpoint", found.TokenEndpoint, true),
            ("jwks_uri", found.JwksUri, true), ("end_session_endpoint", found.EndSessionEndpoint, false),
        })
        {
            if (string.IsNullOrEmpty(endpoint) ? required : !Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps)
                throw new InvalidOperationException($"The discovery document of provider '{provider.Name}' has no https {name}.");
        }

        if (found.SigningKeys.Count == 0) throw new InvalidOperationException($"Provider '{provider.Name}' publishes no signing keys.");
    }
}

/// <summary>An identity provider does not answer, or not as one; the caller gets 503.</summary>
internal sealed class ProviderUnreachableException(string provider, Exception? cause)
    : Exception($"Identity provider '{provider}' cannot be reached: {cause?.Message}", cause);
