using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace MfaGateway.Nodes;

/// <summary>The framework's keys, which it keeps in memory for a day; here somebody can say that there are others now.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "a source without timer and handle holds nothing")]
internal sealed class RereadableKeys(IKeyManager keys) : IKeyManager
{
    private CancellationTokenSource _changed = new();

    public void Reread() => Interlocked.Exchange(ref _changed, new CancellationTokenSource()).Cancel();

    public CancellationToken GetCacheExpirationToken() => Volatile.Read(ref _changed).Token;

    public IReadOnlyCollection<IKey> GetAllKeys() => keys.GetAllKeys();

    public IKey CreateNewKey(DateTimeOffset activationDate, DateTimeOffset expirationDate)
    {
        var key = keys.CreateNewKey(activationDate, expirationDate);
        Reread();
        return key;
    }

    public void RevokeAllKeys(DateTimeOffset revocationDate, string? reason = null)
    {
        keys.RevokeAllKeys(revocationDate, reason);
        Reread();
    }

    public void RevokeKey(Guid keyId, string? reason = null)
    {
        keys.RevokeKey(keyId, reason);
        Reread();
    }
}
