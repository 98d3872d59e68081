using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers;
using static OpenIddict.Server.OpenIddictServerHandlers.Protection;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>Makes OpenIddict speak a dialect.</summary>
internal static class OpenIddictSetup
{
    public static void AddProvider(this IServiceCollection services, LabIdentityProviderOptions options)
    {
        var tokenEndpoint = new Uri(options.Address, options.Dialect.Paths.Token).AbsoluteUri;
        var database = Guid.NewGuid().ToString();
        services.AddDbContext<DbContext>(context => context.UseInMemoryDatabase(database).UseOpenIddict());
        services.AddOpenIddict() // a database in memory has no bulk operations
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<DbContext>().DisableBulkOperations())
            .AddServer(server =>
            {
                AddEndpoints(server, options.Dialect.Paths, options.Address);
                AddTokens(server, options);
                server.UseAspNetCore().EnableAuthorizationEndpointPassthrough().EnableEndSessionEndpointPassthrough();
                server.AddEventHandler<HandleConfigurationRequestContext>(handler => handler.UseInlineHandler(context => Describe(context, options.Dialect)).SetOrder(int.MaxValue));
                server.AddEventHandler<HandleTokenRequestContext>(handler =>
                    handler.UseInlineHandler(context => Renew(context, options)).SetOrder(OpenIddictServerHandlers.Exchange.AttachPrincipal.Descriptor.Order + 1));
                server.AddEventHandler<ProcessSignInContext>(handler =>
                    handler.UseInlineHandler(context => KeepArrays(context, options.Dialect)).SetOrder(PrepareIdentityTokenPrincipal.Descriptor.Order + 1));
                server.AddEventHandler<ValidateTokenContext>(handler =>
                    handler.UseInlineHandler(context => AcceptAssertions(context, tokenEndpoint)).SetOrder(ResolveTokenValidationParameters.Descriptor.Order + 1));
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
        server.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow();
    }

    private static void AddTokens(OpenIddictServerBuilder server, LabIdentityProviderOptions options)
    {
        server.AddSigningCertificate(options.TokenSigner).AddEphemeralEncryptionKey().DisableAccessTokenEncryption();
        // AD FS: -TokenLifetime is 60 minutes by default for both.
        server.SetIdentityTokenLifetime(TimeSpan.FromHours(1)).SetAccessTokenLifetime(TimeSpan.FromHours(1));
        server.SetRefreshTokenLifetime(TimeSpan.FromHours(8)); // without a registered device
        server.RegisterScopes([.. options.Dialect.Scopes]).RegisterClaims([.. options.Dialect.Claims]).IgnoreScopePermissions();
        // `resource` is the vendor's own parameter, older than RFC 8707 and with its own errors: the dialect judges it.
        server.DisableResourceValidation().IgnoreResourcePermissions();
    }

    /// <summary>The account behind a refresh token is looked at again, as every server does that can disable accounts.</summary>
    private static ValueTask Renew(HandleTokenRequestContext context, LabIdentityProviderOptions options)
    {
        if (!context.Request.IsRefreshTokenGrantType() || context.Principal is not { } given) return ValueTask.CompletedTask;
        if (options.Users.Find(given.GetClaim("upn")) is { } user) context.Principal = new ClaimsWriter(options.Dialect).Renew(given, user);
        else context.Reject(Errors.InvalidGrant, "The account is disabled.");
        return ValueTask.CompletedTask;
    }

    private static ValueTask Describe(HandleConfigurationRequestContext context, Dialect dialect)
    {
        if (dialect.GivesRefreshTokens) context.Scopes.Remove(Scopes.OfflineAccess); // it does not know it
        context.SubjectTypes.Clear();
        context.SubjectTypes.Add(SubjectTypes.Pairwise);
        context.Metadata["frontchannel_logout_supported"] = new OpenIddictParameter((JsonNode)true);
        context.Metadata["frontchannel_logout_session_supported"] = new OpenIddictParameter((JsonNode)true);
        return ValueTask.CompletedTask;
    }

    /// <summary>On its way through the authorization code an array of one becomes a single value; here it becomes an array again.</summary>
    private static ValueTask KeepArrays(ProcessSignInContext context, Dialect dialect)
    {
        foreach (var type in dialect.ArrayClaims)
        {
            if (context.IdentityTokenPrincipal?.Identity is not ClaimsIdentity identity || identity.FindAll(type).ToArray() is not { Length: > 0 } claims) continue;
            foreach (var claim in claims) identity.RemoveClaim(claim);
            identity.AddClaim(new Claim(type, JsonSerializer.Serialize(claims.Select(claim => claim.Value)), JsonClaimValueTypes.JsonArray));
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Client assertions of AD FS and Entra clients say <c>typ: JWT</c> and name the token endpoint as audience (learn.microsoft.com, "Microsoft identity
    /// platform application authentication certificate credentials"); OpenIddict takes only the explicit type and the issuer that came after RFC 7523.
    /// </summary>
    private static ValueTask AcceptAssertions(ValidateTokenContext context, string tokenEndpoint)
    {
        if (context.TokenValidationParameters is { } parameters && parameters.ValidTypes?.Contains(JsonWebTokenTypes.ClientAuthentication) == true)
        {
            context.ValidAudiences.Add(tokenEndpoint);
            parameters.TypeValidator = static (type, _, _) => type is null or "JWT" or JsonWebTokenTypes.ClientAuthentication
                ? JsonWebTokenTypes.ClientAuthentication
                : throw new SecurityTokenInvalidTypeException($"The type `{type}` is not the one of a client assertion.");
        }

        return ValueTask.CompletedTask;
    }
}
