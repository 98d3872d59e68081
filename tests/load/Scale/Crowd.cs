using MfaGateway.Nodes;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;

namespace MfaGateway.Load.Scale;

/// <summary>People who are signed in without ever having been at the provider: a real session sealed again for each of them, with his own name and handle. They come in
/// the order of their keys, in which a database is filled best.</summary>
internal sealed class Crowd(string keys, string cookie)
{
    private const string CookieName = $"{SessionCookie.Name}=";

    private readonly SessionSeal _seal = new(DataProtectionProvider.Create(new DirectoryInfo(keys), ring => ring.SetApplicationName(KeyRing.ApplicationName)), NullLogger.Instance);

    /// <summary>Adds people to a store that has the real session.</summary>
    /// <param name="store">The store.</param>
    /// <param name="count">How many.</param>
    /// <param name="most">How many cookies at most to give back.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The cookies of some, from all over the store.</returns>
    public async Task<IReadOnlyList<string>> JoinAsync(IFilledStore store, int count, int most, CancellationToken cancellationToken)
    {
        var cookies = new List<string>();
        var first = await store.FindAsync(HandleIn(cookie).Key(), cancellationToken);
        await store.AddAsync(Others(first, count, every: Math.Max(1, (count + most - 1) / most), cookies), cancellationToken);
        return cookies;
    }

    private IEnumerable<StoredSession> Others(StoredSession first, int count, int every, List<string> cookies)
    {
        var facts = _seal.Unprotect(first) ?? throw new InvalidOperationException("The key ring does not read the session.");
        var handles = Enumerable.Range(0, count).Select(_ => SessionHandle.Create()).Select(handle => (Handle: handle, Key: handle.Key())).OrderBy(one => one.Key.Value, StringComparer.Ordinal);
        var number = 0;
        foreach (var (handle, key) in handles)
        {
            if (number++ % every == 0) cookies.Add(CookieName + handle.Reveal());
            var own = facts with { User = $"person{number}@contoso.test", Subject = $"{facts.Subject}-{number}", ProviderSession = $"{number}-{key.Digits}" };
            yield return first with { Key = key, Payload = _seal.Protect(own), ProviderSession = SessionRegistry.Hash(own.ProviderSession), Subject = SessionRegistry.Hash(own.Subject) };
        }
    }

    private static SessionHandle HandleIn(string cookie)
    {
        var own = cookie.Split("; ").Single(pair => pair.StartsWith(CookieName, StringComparison.Ordinal));
        return SessionHandle.From(own.AsSpan(CookieName.Length)) ?? throw new InvalidOperationException("This cookie is no session.");
    }
}
