using MfaGateway.Configuration;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.StackExchangeRedis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MfaGateway.Nodes;

/// <summary>Where the keys that protect sessions and sign-ins are kept, and what encrypts them.</summary>
internal static class KeyRing
{
    private const string RedisKey = "keys";

    public static IServiceCollection AddKeyRing(this IServiceCollection services, GatewaySettings settings)
    {
        var ring = services.AddDataProtection().SetApplicationName("MfaGateway");
        var options = settings.Current.Keys;
        if (options.Certificate is { } certificate)
        {
            var files = new CertificateFiles(settings);
            ring.ProtectKeysWithCertificate(files.Load(certificate));
            ring.UnprotectKeysWithAnyCertificate([files.Load(certificate), .. options.Previous.Select(files.Load)]);
        }

        if (!NodeRules.KeysAreInRedis(settings.Current))
        {
            ring.PersistKeysToFileSystem(PrivateFolder(options.Path is { } path ? settings.Resolve(path) : Path.Combine(settings.DataFolder, "keys")));
            return services;
        }

        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(keys =>
        {
            var redis = provider.GetRequiredService<RedisConnection>();
            keys.XmlRepository = new RedisXmlRepository(() => redis.Database, redis.Key(RedisKey));
        }));
        return services;
    }

    /// <summary>Whoever reads the key ring can read every session, unless a certificate encrypts it.</summary>
    private static DirectoryInfo PrivateFolder(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
