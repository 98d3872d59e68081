using System.Security.Cryptography;
using System.Text.Json;
using MfaGateway.Nodes;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Sessions;

/// <summary>Sessions as stores see them: encrypted and authenticated with the key ring.</summary>
internal sealed class SessionSeal(IDataProtectionProvider protection, ILogger logger)
{
    private readonly IDataProtector _protector = protection.CreateProtector("MfaGateway.Session.v1");

    public byte[] Protect(GatewaySession facts) => _protector.Protect(facts.ToJson());

    /// <summary>The facts of a stored session; null when these keys do not read it.</summary>
    /// <exception cref="SessionStoreException">The keys cannot be had, so nobody knows.</exception>
    public GatewaySession? Unprotect(StoredSession stored)
    {
        try
        {
            return GatewaySession.FromJson(_protector.Unprotect(stored.Payload.ToArray()));
        }
        catch (CryptographicException e) when (RedisConnection.IsAway(e))
        {
            throw new SessionStoreException(e);
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            logger.SessionUnreadable(stored.Key, e); // its key ring is gone: the person signs in again
            return null;
        }
    }
}
