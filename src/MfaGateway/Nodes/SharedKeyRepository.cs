using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace MfaGateway.Nodes;

/// <summary>
/// The key ring in Redis. Each gateway remembers every key it has seen and puts back what is missing: a Redis that was emptied would otherwise leave the
/// running gateways with keys in memory that no other could ever read. Entries are signed with the certificate that encrypts them: encryption alone would let
/// whoever writes into Redis add a key of his own, and make sessions with it.
/// </summary>
internal sealed class SharedKeyRepository(RedisConnection redis, IReadOnlyList<X509Certificate2> certificates, ILogger<SharedKeyRepository> logger) : IXmlRepository
{
    private const string RedisKey = "keys";

    // In one step, so that two gateways do not put the same key back: the framework takes a key that is there twice for a broken ring.
    private const string RestoreScript =
        """
        local have, missing = {}, 0
        for _, entry in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do have[entry] = true end
        for _, entry in ipairs(ARGV) do
          if not have[entry] then
            redis.call('RPUSH', KEYS[1], entry)
            missing = missing + 1
          end
        end
        return { missing, redis.call('LRANGE', KEYS[1], 0, -1) }
        """;

    private readonly ConcurrentDictionary<string, XElement> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _foreign = new(StringComparer.Ordinal);

    private RedisKey List => redis.Key(RedisKey);

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        Take(redis.Database.ScriptEvaluate(RestoreScript, [List], Known(), CommandFlags.DemandMaster));
        return [.. _known.Values.Select(element => new XElement(element))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        var entry = Sign(element);
        redis.Database.ListRightPush(List, entry, flags: CommandFlags.DemandMaster);
        _known[entry] = new XElement(element);
    }

    /// <summary>Puts back what is missing in Redis; true when there is something that this gateway did not know.</summary>
    public async Task<bool> SynchronizeAsync(CancellationToken cancellationToken) =>
        Take(await redis.Database.ScriptEvaluateAsync(RestoreScript, [List], Known(), CommandFlags.DemandMaster).WaitAsync(cancellationToken));

    private RedisValue[] Known() => [.. _known.Keys.Select(entry => (RedisValue)entry)];

    private bool Take(RedisResult told)
    {
        if ((int)told[0] is > 0 and var restored) logger.KeysRestored(restored);
        var news = false;
        foreach (var entry in (string[])told[1]!)
        {
            if (_known.ContainsKey(entry)) continue;
            if (Read(entry) is { } element) news |= _known.TryAdd(entry, element);
            else if (_foreign.TryAdd(entry, true)) logger.ForeignKey();
        }

        return news;
    }

    /// <summary>Signature, a point, the element. RSASSA-PSS (RFC 8017, 8.1).</summary>
    private string Sign(XElement element)
    {
        var text = element.ToString(SaveOptions.DisableFormatting);
        using var key = certificates[0].GetRSAPrivateKey()!;
        return $"{Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pss))}.{text}";
    }

    private XElement? Read(string entry)
    {
        if (entry.Split('.', 2) is not [var signature, var text]) return null;
        var (signed, bytes) = (new byte[signature.Length], Encoding.UTF8.GetBytes(text));
        if (!Convert.TryFromBase64String(signature, signed, out var length)) return null;
        foreach (var certificate in certificates)
        {
            using var key = certificate.GetRSAPublicKey()!;
            if (key.VerifyData(bytes, signed.AsSpan(0, length), HashAlgorithmName.SHA256, RSASignaturePadding.Pss)) return XElement.Parse(text);
        }

        return null;
    }
}
