using System.Text;
using Microsoft.Extensions.Logging;

namespace MfaGateway.SignOn.Kerberos.Gssapi;

/// <summary>Acts for users with the keytab of the gateway's account. Each thread has a handle of its own, because one handle does one S4U2Self at a time;
/// all share one cache in memory, and so one ticket-granting ticket.</summary>
internal sealed unsafe class GssDelegation(GssAccount account, TimeProvider time, ILogger logger) : IDelegation
{
    /// <summary>Acquiring again renews the ticket-granting ticket once half its life is over, and costs nothing before. It is also how a new keytab is noticed.</summary>
    private static readonly TimeSpan _acquireEvery = TimeSpan.FromMinutes(5);

    private GssCredential? _service;
    private string _cache = "";
    private DateTimeOffset _acquired;
    private DateTimeOffset _expires;

    public Delegated Obtain(string user, string servicePrincipalName)
    {
        for (var again = true; ; again = false)
        {
            try
            {
#pragma warning disable CA2000 // whoever gets the ticket disposes it
                return new Delegated.Granted(ObtainTicket(user, servicePrincipalName));
#pragma warning restore CA2000
            }
            catch (GssException e) when (again && GssFailures.MeansOwnTicketIsUseless(e))
            {
                Forget();
                account.Abandon(_cache);
                logger.ServiceTicketDropped(e.Message);
            }
            catch (GssException e)
            {
                return new Delegated.Refused(GssFailures.Of(e), e.Message);
            }
        }
    }

    /// <summary>The gateway's own credential; also the diagnosis begins here.</summary>
    public GssCredential Acquire()
    {
        var now = time.GetUtcNow();
        if (_service is not null && now - _acquired < _acquireEvery && now < _expires) return _service;
        try
        {
            var (credential, lifetime) = AcquireFromKeytab();
            _service?.Dispose();
            (_service, _acquired, _expires) = (credential, now, now.AddSeconds(lifetime));
            if (account.IsFirst()) logger.AccountWorks(account.Principal, _expires);
        }
        catch (GssException e) when (_service is not null && now < _expires)
        {
            _acquired = now; // what we have is good for a while yet; ask again later
            logger.ServiceTicketNotRenewed(account.Principal, _expires, e.Message);
        }

        return _service;
    }

    public void Dispose() => Forget();

    private void Forget()
    {
        _service?.Dispose();
        _service = null;
    }

    private GssUserTicket ObtainTicket(string user, string servicePrincipalName)
    {
        var service = Acquire();
        using var name = GssName.Import(user, account.UsersAreAccounts ? GssNames.Principal : GssNames.Enterprise);
        GssException.ThrowOn(
            LibGssapi.gss_acquire_cred_impersonate_name(
                out var minor, service, name, LibGssapi.Indefinite, GssNames.OnlyKerberos, LibGssapi.UsageInitiate, out var impersonated, 0, out _),
            minor, GssFailures.Impersonate);
#pragma warning disable CA2000 // the ticket takes it over
        var credential = new GssCredential(impersonated);
#pragma warning restore CA2000
        var owner = credential.Name();
        if (GssNamesOfUsers.MayStandFor(owner, user, account)) return GssUserTicket.Obtain(credential, owner, servicePrincipalName, time);
        credential.Dispose();
        throw new WrongIdentityException(user, owner);
    }

    private (GssCredential Credential, uint Lifetime) AcquireFromKeytab()
    {
        _cache = account.Cache;
        using var name = GssName.Import(account.Principal, GssNames.Principal);
        fixed (byte* keytabKey = "client_keytab\0"u8, keytab = Encoding.UTF8.GetBytes($"FILE:{account.Keytab}\0"), cacheKey = "ccache\0"u8, cache = Encoding.UTF8.GetBytes($"{_cache}\0"))
        {
            var pairs = stackalloc GssKeyValue[] { new() { Key = keytabKey, Value = keytab }, new() { Key = cacheKey, Value = cache } };
            var store = new GssKeyValueSet { Count = 2, Elements = pairs };
            GssException.ThrowOn(
                LibGssapi.gss_acquire_cred_from(
                    out var minor, name, LibGssapi.Indefinite, GssNames.OnlyKerberos, LibGssapi.UsageInitiate, &store, out var handle, 0, out var lifetime),
                minor, GssFailures.Acquire);
            var credential = new GssCredential(handle);
            if (credential.Name() is var owner && owner == account.Principal) return (credential, lifetime);
            credential.Dispose();
            throw new WrongIdentityException(account.Principal, owner);
        }
    }
}
