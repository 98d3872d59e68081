using System.Security.Cryptography.X509Certificates;
using MfaGateway.Configuration;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MfaGateway.Nodes;

/// <summary>Where the keys that protect sessions and sign-ins are kept, and what encrypts them.</summary>
internal static class KeyRing
{
    /// <summary>What the ring protects is read by no other application.</summary>
    internal const string ApplicationName = "MfaGateway";

    public static IServiceCollection AddKeyRing(this IServiceCollection services, GatewaySettings settings)
    {
        var ring = services.AddDataProtection().SetApplicationName(ApplicationName);
        services.AddSingleton(provider => new RereadableKeys(ActivatorUtilities.CreateInstance<XmlKeyManager>(provider)));
        services.AddSingleton<IKeyManager>(provider => provider.GetRequiredService<RereadableKeys>());
        services.AddSingleton<KeyRingKeeper>().AddHostedService(provider => provider.GetRequiredService<KeyRingKeeper>());
        var certificates = Certificates(settings);
        if (certificates.Count > 0) ring.ProtectKeysWithCertificate(certificates[0]).UnprotectKeysWithAnyCertificate([.. certificates]);
        if (!NodeRules.KeysAreInRedis(settings.Current))
        {
            var path = settings.Current.Keys.Path;
            ring.PersistKeysToFileSystem(PrivateFolder(path is not null ? settings.Resolve(path) : Path.Combine(settings.DataFolder, "keys")));
            return services;
        }

        services.AddSingleton(provider => new SharedKeyRepository(
            provider.GetRequiredService<RedisConnection>(), certificates, provider.GetRequiredService<ILogger<SharedKeyRepository>>()));
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(keys => keys.XmlRepository = provider.GetRequiredService<SharedKeyRepository>()));
        return services;
    }

    /// <summary>The one that protects new keys, then those that protected older ones.</summary>
    private static IReadOnlyList<X509Certificate2> Certificates(GatewaySettings settings)
    {
        var (files, options) = (new CertificateFiles(settings), settings.Current.Keys);
        return options.Certificate is { } certificate ? [files.Load(certificate), .. options.Previous.Select(files.Load)] : [];
    }

    /// <summary>Whoever reads the key ring can read every session, unless a certificate encrypts it.</summary>
    private static DirectoryInfo PrivateFolder(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
