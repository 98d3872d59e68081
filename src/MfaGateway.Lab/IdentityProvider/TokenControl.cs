using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>How the identity provider's token endpoint behaves. The default is the vendors' own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record TokenBehaviour
{
    /// <summary>A refresh token works once, and who shows it again loses them all. Default false: those of AD FS and Entra ID work until they expire.</summary>
    public bool OneUseRefreshTokens { get; init; }

    /// <summary>Wait between doing what a token request asks for and answering it, in milliseconds. Default 0.</summary>
    public int HoldMs { get; init; }

    /// <summary>What is wrong with it, or null.</summary>
    public string? Problem() => HoldMs is < 0 or > 3_600_000 ? "`holdMs` is from 0 to 3600000" : null;
}

/// <summary>What the token endpoint was asked for.</summary>
/// <param name="Codes">Codes redeemed, or tried.</param>
/// <param name="Refreshes">Refresh tokens used, or tried.</param>
internal sealed record TokenCounts(int Codes, int Refreshes);

/// <summary>Stands in front of the token endpoint: counts, and holds answers back.</summary>
internal sealed class TokenControl(IOptionsMonitor<OpenIddictServerOptions> server, LabIdentityProviderOptions options)
{
    private volatile TokenBehaviour _current = new();
    private int _codes;
    private int _refreshes;

    public TokenBehaviour Current
    {
        get => _current;
        set
        {
            _current = value;
            server.CurrentValue.DisableRollingRefreshTokens = !value.OneUseRefreshTokens;
            server.CurrentValue.RefreshTokenReuseLeeway = null; // by itself OpenIddict takes a used token for half a minute more
        }
    }

    public TokenCounts Counts => new(Volatile.Read(ref _codes), Volatile.Read(ref _refreshes));

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsTokenRequest(context.Request))
        {
            await next(context);
            return;
        }

        var grant = (await context.Request.ReadFormAsync(context.RequestAborted))["grant_type"].ToString();
        Interlocked.Increment(ref grant == GrantTypes.RefreshToken ? ref _refreshes : ref _codes);
        var hold = _current.HoldMs;
        if (hold == 0) await next(context);
        else await HoldAsync(context, next, hold);
    }

    private static async Task HoldAsync(HttpContext context, RequestDelegate next, int milliseconds)
    {
        var (body, answer) = (context.Response.Body, new MemoryStream());
        context.Response.Body = answer;
        await next(context);
        context.Response.Body = body;
        await Task.Delay(milliseconds, context.RequestAborted);
        await body.WriteAsync(answer.ToArray(), context.RequestAborted);
    }

    private bool IsTokenRequest(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.HasFormContentType && request.Path.Value?.Trim('/') == options.Dialect.Paths.Token.Trim('/');
}
