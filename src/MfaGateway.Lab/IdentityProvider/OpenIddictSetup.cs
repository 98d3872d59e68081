using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>Makes OpenIddict speak a dialect.</summary>
internal static class OpenIddictSetup
{
    public static void AddProvider(this IServiceCollection services, LabIdentityProviderOptions options)
    {
        var database = Guid.NewGuid().ToString();
        services.AddDbContext<DbContext>(context => context.UseInMemoryDatabase(database).UseOpenIddict());
        services.AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<DbContext>())
            .AddServer(server =>
            {
                AddEndpoints(server, options.Dialect.Paths, options.Address);
                AddTokens(server, options);
                server.UseAspNetCore().EnableAuthorizationEndpointPassthrough().EnableEndSessionEndpointPassthrough();
                server.AddEventHandler<HandleConfigurationRequestContext>(handler => handler.UseInlineHandler(Describe).SetOrder(int.MaxValue));
            });
    }

    private static void AddEndpoints(OpenIddictServerBuilder server, DialectPaths paths, Uri address)
    {
        server.SetIssuer(new Uri(address, paths.Issuer))
            .SetConfigurationEndpointUris(paths.Configuration)
            .SetJsonWebKeySetEndpointUris(paths.Keys)
            .SetAuthorizationEndpointUris(paths.Authorization)
            .SetTokenEndpointUris(paths.Token)
            .SetEndSessionEndpointUris(paths.EndSession);
        if (paths.UserInfo is { } userInfo) server.SetUserInfoEndpointUris(userInfo);
        server.AllowAuthorizationCodeFlow();
    }

    private static void AddTokens(OpenIddictServerBuilder server, LabIdentityProviderOptions options)
    {
        server.AddSigningCertificate(options.TokenSigner).AddEphemeralEncryptionKey().DisableAccessTokenEncryption();
        // AD FS: -TokenLifetime is 60 minutes by default for both.
        server.SetIdentityTokenLifetime(TimeSpan.FromHours(1)).SetAccessTokenLifetime(TimeSpan.FromHours(1));
        server.RegisterScopes([.. options.Dialect.Scopes]).RegisterClaims([.. options.Dialect.Claims]).IgnoreScopePermissions();
        // `resource` is the vendor's own parameter, older than RFC 8707 and with its own errors: the dialect judges it.
        server.DisableResourceValidation().IgnoreResourcePermissions();
    }

    private static ValueTask Describe(HandleConfigurationRequestContext context)
    {
        context.SubjectTypes.Clear();
        context.SubjectTypes.Add(OpenIddictConstants.SubjectTypes.Pairwise);
        context.Metadata["frontchannel_logout_supported"] = new OpenIddictParameter((JsonNode)true);
        context.Metadata["frontchannel_logout_session_supported"] = new OpenIddictParameter((JsonNode)true);
        return ValueTask.CompletedTask;
    }
}
