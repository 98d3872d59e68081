using MfaGateway.Configuration;
using StackExchange.Redis;

namespace MfaGateway.Nodes;

/// <summary>What must hold so that several gateways understand each other.</summary>
internal static class NodeRules
{
    public const string Folder = "Folder";
    public const string Redis = "Redis";
    private static readonly string[] _stores = [Folder, Redis];

    public static bool KeysAreInRedis(GatewayOptions options) => options.Keys.Store.Equals(Redis, StringComparison.OrdinalIgnoreCase);

    public static bool SessionsAreInRedis(GatewayOptions options) => options.Sessions.Store.Equals(Redis, StringComparison.OrdinalIgnoreCase);

    public static void Check(GatewayOptions options, Rules check)
    {
        check.OneOf("Keys.Store", options.Keys.Store, _stores);
        if (options.Keys.Certificate is { } certificate) check.Certificate("Keys.Certificate", certificate, rsa: true);
        for (var n = 0; n < options.Keys.Previous.Count; n++) check.Certificate($"Keys.Previous[{n}]", options.Keys.Previous[n], rsa: true);
        check.That(!KeysAreInRedis(options) || options.Keys.Certificate is not null, "Keys.Certificate",
            "The keys would lie in Redis in the clear, beside the sessions they protect.", "Set a certificate that every gateway has, with its private key.");
        check.That(!SessionsAreInRedis(options) || KeysAreInRedis(options) || options.Keys.Path is not null, "Keys",
            "Sessions are shared through Redis, but the keys that protect them are in this gateway's own folder: no gateway could read another's sessions or cookies.",
            "Set Keys.Store to Redis, or Keys.Path to a folder that all gateways share.");
        if (KeysAreInRedis(options) || SessionsAreInRedis(options)) CheckRedis(options.Redis, check);
    }

    private static void CheckRedis(RedisOptions redis, Rules check)
    {
        const string Example = "Write redis1.contoso.com:6380,ssl=true.";
        if (redis.TrustedCertificates is { } pem) check.PemFile("Redis.TrustedCertificates", pem);
        if (!check.That(redis.Connection is { Length: > 0 }, "Redis.Connection", "Something is kept in Redis, but where that is is not said.", Example)) return;
        try
        {
            var parsed = ConfigurationOptions.Parse(redis.Connection!);
            check.That(parsed.EndPoints.Count > 0, "Redis.Connection", "It names no address.", Example);
            check.That(parsed.Password is null, "Redis.Connection", "It holds a password.",
                "Take it out and set Gateway__Redis__Password in the environment, or a file Gateway__Redis__Password in the folder of secrets.");
            check.That(parsed.Ssl || redis.AllowPlainText || RedisConnection.IsLocal(parsed), "Redis.Connection",
                "The connection to another machine is not encrypted.", "Add ssl=true, or set Redis.AllowPlainText if the network between is yours alone.");
        }
        catch (ArgumentException e)
        {
            check.That(false, "Redis.Connection", ConfigurationShape.Sentence($"It cannot be read: {e.Message}"), Example);
        }
    }
}
