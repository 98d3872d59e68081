using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MfaGateway.Audit;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.IdentityModel.Tokens;

namespace MfaGateway.SignIn;

/// <summary>Ends sessions at the identity provider's word: by the browser (Front-Channel Logout 1.0) or directly (Back-Channel Logout 1.0).</summary>
internal sealed class ProviderLogout(SessionRegistry sessions, ProviderCatalog providers, BackChannel backChannel, AuditTrail audit, TimeProvider time)
{
    private const string LogoutEvent = "http://schemas.openid.net/event/backchannel-logout";
    private static readonly TimeSpan _tokenLife = TimeSpan.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/.gateway/frontchannel-logout", (HttpContext context, ProviderLogout logout) => logout.FrontChannelAsync(context));
        endpoints.MapPost("/.gateway/backchannel-logout", (HttpContext context, ProviderLogout logout) => logout.BackChannelAsync(context));
    }

    /// <summary>Works without our cookie: the call comes in a frame of another site, which may not send it. Entra sends no <c>iss</c>, so a session id that
    /// fits any provider counts; it is as hard to guess as the session.</summary>
    private async Task FrontChannelAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        var (issuer, sid) = (context.Request.Query["iss"].ToString(), context.Request.Query["sid"].ToString());
        if (sid.Length is 0 or > 1_024) return;
        foreach (var provider in issuer.Length == 0 ? providers.All : [.. providers.All.Where(p => p.Authority == issuer.TrimEnd('/'))])
        {
            await EndAsync(context, provider, sid, null);
        }
    }

    private async Task BackChannelAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (await ReadAsync(await TokenAsync(context), context.RequestAborted) is not var (provider, sid, subject, id))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        // any gateway may be sent it again: longer than twice the life of a token and the skew on both sides
        if (!await sessions.ClaimAsync($"logout:{id}", TimeSpan.FromMinutes(20), context.RequestAborted))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        try
        {
            await EndAsync(context, provider, sid, subject);
        }
        catch
        {
            await sessions.ReleaseAsync($"logout:{id}", CancellationToken.None); // the provider may try again
            throw;
        }
    }

    private static async Task<string> TokenAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType) return "";
        try
        {
            return (await context.Request.ReadFormAsync(context.RequestAborted))["logout_token"].ToString();
        }
        catch (InvalidDataException)
        {
            return ""; // more or longer fields than a form has
        }
    }

    private async Task EndAsync(HttpContext context, Provider provider, string? sid, string? subject)
    {
        if (await sessions.EndByProviderAsync(provider.Name, sid, subject, CancellationToken.None) == 0) return; // also when the browser leaves the page
        await audit.RecordAsync(context, AuditActions.SessionRevoked, success: true, "ended-by-provider", CancellationToken.None);
    }

    /// <summary>Back-Channel Logout 1.0, section 2.6: signed by the provider for us, an event of the right kind, no nonce, never seen before.</summary>
    private async Task<(Provider Provider, string? Sid, string? Subject, string Id)?> ReadAsync(string raw, CancellationToken cancellationToken)
    {
        if (TokenChecks.Payload(raw) is not { } token || Text(token, "iss") is not { } issuer || providers.FindByIssuer(issuer) is not { } provider) return null;
        var handler = new StrictTokenHandler(provider, backChannel.MetadataOf(provider), time);
        if (!(await handler.ValidateTokenAsync(raw, new TokenValidationParameters())).IsValid) return null;

        var now = time.GetUtcNow();
        if (TokenChecks.FindInTimes(token, provider, now) is not null) return null;
        var (sid, subject) = (Text(token, "sid"), Text(token, "sub"));
        var fresh = AuthenticationEvidence.Time(token, "iat", now, provider.Options.ClockSkew) is { } issued && now - issued < _tokenLife + provider.Options.ClockSkew;
        var isLogout = token.TryGetProperty("events", out var events) && events.ValueKind is JsonValueKind.Object && events.TryGetProperty(LogoutEvent, out _);
        if (!fresh || !isLogout || token.TryGetProperty("nonce", out _) || (sid is null && subject is null)) return null;
        return Text(token, "jti") is { } id ? (provider, sid, subject, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer} {id}")))) : null;
    }

    private static string? Text(JsonElement token, string claim) =>
        token.ValueKind is JsonValueKind.Object && token.TryGetProperty(claim, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
