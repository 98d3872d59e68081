using System.Collections.Frozen;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using MfaGateway.Configuration;
using MfaGateway.Outcome;
using MfaGateway.Sessions;
using MfaGateway.Shield;
using MfaGateway.SignIn;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace MfaGateway.Recheck;

/// <summary>Asks a provider about a user: a refresh request at its token endpoint (RFC 6749 section 6, OpenID Connect Core 12).</summary>
internal sealed class ProviderQuestion(BackChannel backChannel, ClientAssertion assertion, GatewaySettings settings, TimeProvider time)
{
    /// <summary>How a server says that this user, or this sign-in of his, is no longer good (RFC 6749 5.2, OpenID Connect Core 3.1.2.6). Every other error is
    /// about the gateway or the server itself.</summary>
    private static readonly FrozenSet<string> _refusals = FrozenSet.Create(
        StringComparer.Ordinal, "invalid_grant", "access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required");

    public async Task<ProviderWord> AskAsync(Provider provider, GatewaySession known)
    {
        var sent = false;
        using var limit = new CancellationTokenSource(settings.Current.Limits.ProviderTimeout, time);
        try
        {
            var metadata = backChannel.MetadataOf(provider);
            var endpoint = (await metadata.GetConfigurationAsync(limit.Token)).TokenEndpoint;
            var request = new OpenIdConnectMessage { ClientId = provider.Options.ClientId, GrantType = "refresh_token" };
            request.SetParameter("refresh_token", known.Recheck!.RefreshToken);
            assertion.Apply(request, provider, endpoint);
            using var form = new FormUrlEncodedContent(request.Parameters);
            sent = true;
            using var answer = await backChannel.ClientOf(provider).PostAsync(new Uri(endpoint), form, limit.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(limit.Token);
            return answer.StatusCode is HttpStatusCode.OK ? await ReadAsync(provider, known, body).WaitAsync(limit.Token) : Refusal(answer.StatusCode, body);
        }
        catch (OperationCanceledException)
        {
            return new ProviderWord.Silent("It does not answer in time.", MayBeUsedUp: sent);
        }
        catch (Exception e) when (e is HttpRequestException or ProviderUnreachableException or CryptographicException or IOException)
        {
            return new ProviderWord.Silent(LogText.OneLine(e.Message), MayBeUsedUp: sent && !WasNotReached(e));
        }
    }

    private static bool WasNotReached(Exception failure) => failure is HttpRequestException
    {
        HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
    };

    /// <summary>An error answer: the provider has looked at the request and given no token for it.</summary>
    private static ProviderWord Refusal(HttpStatusCode status, byte[] body)
    {
        if (Parse(body) is { } json && Text(json, "error") is { } error)
        {
            var code = LogText.OneLine(error);
            return _refusals.Contains(code)
                ? new ProviderWord.Refuses(code, OrUsedUp: code == "invalid_grant")
                : new ProviderWord.Silent($"It answers with the error {code}.", MayBeUsedUp: false);
        }

        return new ProviderWord.Silent($"It answers {(int)status}.", MayBeUsedUp: false);
    }

    private async Task<ProviderWord> ReadAsync(Provider provider, GatewaySession known, byte[] body)
    {
        if (Parse(body) is not { } json || Text(json, "access_token") is not { } accessToken)
            return new ProviderWord.Silent("Its answer is not one of a token endpoint.", MayBeUsedUp: true);

        var next = Text(json, "refresh_token");
        if (Text(json, "id_token") is not { } raw) return new ProviderWord.Vouches(null, next); // allowed by OpenID Connect Core 12.2
        var (now, problem) = await RefreshedToken.ReadAsync(raw, accessToken, provider, known, backChannel.MetadataOf(provider), time);
        if (now is null) return new ProviderWord.Silent(LogText.OneLine(problem!), MayBeUsedUp: next is null, next);
        return RefreshedToken.Contradiction(known, now) is { } why ? new ProviderWord.Contradicts(why) : new ProviderWord.Vouches(now, next);
    }

    private static JsonElement? Parse(byte[] body) => StrictJson.Parse(body) is { ValueKind: JsonValueKind.Object } json ? json : null;

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
