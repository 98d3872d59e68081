using System.Security.Cryptography.X509Certificates;
using MfaGateway.Lab.Estate;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>What the lab's identity provider needs to know.</summary>
internal sealed record LabIdentityProviderOptions
{
    /// <summary>Origin, for example <c>https://127.0.0.1:8444</c>.</summary>
    public required Uri Address { get; init; }

    public required Dialect Dialect { get; init; }

    public required LabUsers Users { get; init; }

    public required ClientRegistration Client { get; init; }

    /// <summary>Certificate of the listener.</summary>
    public required X509Certificate2 Listener { get; init; }

    /// <summary>Certificate that signs the tokens, RSA.</summary>
    public required X509Certificate2 TokenSigner { get; init; }

    /// <summary>Folder of the keys that protect the cookies; null: sessions end with the process.</summary>
    public string? KeyFolder { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public Action<ILoggingBuilder>? Logging { get; init; }
}

/// <summary>An OpenID provider with passwords and one-time codes. Can be started on its own.</summary>
internal sealed class LabIdentityProvider : IAsyncDisposable
{
    /// <summary>As long as a single sign-on cookie of AD FS lives (SsoLifetime, 480 minutes).</summary>
    private static readonly TimeSpan SessionLife = TimeSpan.FromHours(8);

    private readonly WebApplication _app;

    private LabIdentityProvider(WebApplication app, Uri issuer) => (_app, Issuer) = (app, issuer);

    /// <summary>The issuer, which is the authority that clients configure.</summary>
    public Uri Issuer { get; }

    /// <summary>How it misbehaves; may be changed while it runs.</summary>
    public ProviderBehaviour Behaviour { get; set; } = new();

    /// <summary>Signs tokens from now on with another key, which it keeps, and publishes only that.</summary>
    public void ReplaceSigningKey(X509Certificate2 signer)
    {
        var credentials = _app.Services.GetRequiredService<IOptionsMonitor<OpenIddictServerOptions>>().CurrentValue.SigningCredentials;
        credentials.Insert(0, new SigningCredentials(new X509SecurityKey(signer), SecurityAlgorithms.RsaSha256));
        credentials.RemoveRange(1, credentials.Count - 1);
    }

    /// <summary>The token endpoint's counter and manners.</summary>
    public TokenControl Tokens => _app.Services.GetRequiredService<TokenControl>();

    public static async Task<LabIdentityProvider> StartAsync(LabIdentityProviderOptions options, CancellationToken cancellationToken)
    {
        var app = Build(options);
        var provider = new LabIdentityProvider(app, new Uri(options.Address, options.Dialect.Paths.Issuer));
        app.Use(async (context, next) =>
        {
            if (!await provider.Behaviour.MisbehavedAsync(context, options.Dialect.Paths)) await next(context);
        });
        Map(app, options);
        try
        {
            await using (var scope = app.Services.CreateAsyncScope())
            {
                var clients = scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>();
                await clients.CreateAsync(options.Client.ToDescriptor(), cancellationToken);
            }

            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static WebApplication Build(LabIdentityProviderOptions options)
    {
        var builder = LoopbackServer.CreateBuilder(options.Address, options.Listener, options.Logging);
        builder.Services.AddSingleton(options.Time).AddSingleton(options).AddSingleton(options.Dialect).AddSingleton(options.Users);
        builder.Services.AddSingleton<TotpVerifier>().AddSingleton<Interactions>().AddSingleton<ClaimsWriter>().AddSingleton<SignInDesk>();
        builder.Services.AddSingleton<TokenControl>();
        // The keys lie beside the users' passwords in the lab's own folder; there is nothing to warn about.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        var protection = builder.Services.AddDataProtection().SetApplicationName("MfaGateway.Lab");
        if (options.KeyFolder is { } folder) protection.PersistKeysToFileSystem(new DirectoryInfo(folder));
        builder.Services.AddAuthentication(SignOnSession.Scheme).AddCookie(SignOnSession.Scheme, cookie =>
        {
            cookie.Cookie.Name = "__Host-LabSignOn";
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.Always;
            cookie.Cookie.SameSite = SameSiteMode.None; // an application on another site may send the user here with a form
            cookie.ExpireTimeSpan = SessionLife;
            cookie.SlidingExpiration = false;
        });
        builder.Services.AddProvider(options);

        return builder.Build();
    }

    private static void Map(WebApplication app, LabIdentityProviderOptions options)
    {
        var tokens = app.Services.GetRequiredService<TokenControl>();
        tokens.Current = new TokenBehaviour();
        app.Use(tokens.InvokeAsync);
        app.UseAuthentication();
        app.MapDoor();
        app.MapAuthorization(options.Dialect.Paths);
        app.MapSignIn(options.Dialect.Paths);
        app.MapEndSession(options.Dialect.Paths);
    }
}
