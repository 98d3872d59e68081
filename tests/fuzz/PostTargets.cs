using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace MfaGateway.Fuzz;

/// <summary>What anybody can post to the gateway without a session: a sign-in's answer, and a logout token.</summary>
internal static class PostTargets
{
    private static readonly Lazy<Task<WholeGateway>> Gateway = new(WholeGateway.StartAsync);

    private static readonly string[] FormWords =
    [
        "state", "code", "iss", "error", "error_description", "error_uri", "id_token", "session_state", "access_token", "scope", "client_info", "{state}", "good-code", "=", "&", "&&", "%",
        "%00", "%0d%0a", "+", "%2B", "%u0041", ";", "https%3A%2F%2Flogin.example.org", "https%3A%2F%2Fevil.test", "access_denied", "server_error", "login_required", "invalid_grant", "State",
        "CODE", "ISS", "[]", "\"", "<script>", "é", "%ff%fe", "%ED%A0%80", "state={state}", "code=good-code", "&iss=", "&error=", "response", "resource", "username",
    ];

    private static long _tokens;

    public static FuzzTarget Callback() => new("callback-form", FormWords, Generate: null, TryCallbackAsync) { Share = 0.25, Prepare = () => Gateway.Value };

    public static FuzzTarget LogoutToken() => new("logout-token", SignedText.Words, Generate: null, TryLogoutTokenAsync) { Share = 0.25, Prepare = () => Gateway.Value };

    private static async ValueTask<FuzzFindings> TryCallbackAsync(string input)
    {
        var gateway = await Gateway.Value;
        var form = input.Replace("{state}", gateway.State, StringComparison.Ordinal);
        var (status, signedIn) = await gateway.PostAsync("/.gateway/signin-oidc/other", Encoding.UTF8.GetBytes(form));

        FuzzFailure.Unless(status is 302 or 400 or 403 or 502 or 503, $"an answer is taken or refused as defined, not with {status}");
        FuzzFailure.Unless(signedIn == (status == 302), "a sign-in, and nothing else, leads on");
        if (signedIn)
        {
            var fields = form.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
                .Select(pair => (Name: WebUtility.UrlDecode(pair[0]), Value: pair.Length > 1 ? WebUtility.UrlDecode(pair[1]) : "")).ToList();
            FuzzFailure.Unless(Only("state")?.Trim() == gateway.State, "the state is the one we gave");
            FuzzFailure.Unless(Only("code") == "good-code", "the code is the provider's");
            FuzzFailure.Unless(fields.All(field => field.Name != "iss" || field.Value is "" or ProviderStandIn.Issuer), "nobody else speaks for the provider");
            FuzzFailure.Unless(fields.All(field => field.Name != "error" || field.Value.Length == 0), "an error is no sign-in");

            string? Only(string name) => fields.Where(field => Is(field.Name, name)).ToList() is [var field] ? field.Value : null;
        }

        var known = form.Split('&').Select(pair => pair.Split('=')[0]).Where(FormWords.Contains);
        return new FuzzFindings(signedIn, [$"{status} {signedIn}", .. known.Select(name => $"{status} {name}")]);
    }

    private static bool Is(string name, string expected) => name.Equals(expected, StringComparison.OrdinalIgnoreCase);

    private static async ValueTask<FuzzFindings> TryLogoutTokenAsync(string input)
    {
        var gateway = await Gateway.Value;
        var described = input.Replace("{jti}", Interlocked.Increment(ref _tokens).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var raw = SignedText.Token(described, out var isSigned);
        var (status, signedIn) = await gateway.PostAsync("/.gateway/backchannel-logout", Encoding.UTF8.GetBytes($"logout_token={WebUtility.UrlEncode(raw)}"));

        FuzzFailure.Unless(!signedIn && status is 200 or 400 or 503, $"a logout token is taken or refused, not answered {status}");
        if (status != 200)
            return new FuzzFindings(false, [status.ToString(CultureInfo.InvariantCulture)]);
        // Back-Channel Logout 1.0, 2.4 and 2.6
        var token = JsonElement.Parse(Encoding.UTF8.GetBytes(described.Split('\n', 3)[2]));
        FuzzFailure.Unless(isSigned, "a logout token was signed by the provider");
        FuzzFailure.Unless(token.GetProperty("iss").GetString() is ProviderStandIn.Issuer, "iss is the provider");
        FuzzFailure.Unless(token.GetProperty("events").TryGetProperty("http://schemas.openid.net/event/backchannel-logout", out _), "it is a logout");
        FuzzFailure.Unless(!token.TryGetProperty("nonce", out _), "it is no ID token");
        FuzzFailure.Unless(token.GetProperty("jti").ValueKind is JsonValueKind.String, "it has a name");
        FuzzFailure.Unless(token.TryGetProperty("sid", out _) || token.TryGetProperty("sub", out _), "it says whose");
        return new FuzzFindings(true, token.EnumerateObject().Select(claim => claim.Name));
    }
}
