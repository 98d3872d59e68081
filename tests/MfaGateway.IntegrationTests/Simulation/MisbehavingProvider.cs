using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>A person at a provider.</summary>
internal sealed record Person(string Upn, string[] Groups)
{
    public static readonly Person Alice = new("alice@contoso.com", ["Staff"]);
    public static readonly Person Admin = new("admin@contoso.com", ["Staff", "Exchange Admins"]);

    /// <summary>Never delivers a second factor, whatever is asked.</summary>
    public bool OneFactorOnly { get; init; }

    public string Sub => $"sub-of-{Upn}";
}

/// <summary>
/// An OpenID provider in memory. By itself it behaves; each test spoils just what it is about. It keeps every authorization request and every code, and a
/// code works once.
/// </summary>
internal sealed class MisbehavingProvider(Dialect dialect, string issuer, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> _codes = new();
    private readonly ConcurrentDictionary<string, (IReadOnlyDictionary<string, string> Request, long AuthTime)> _refreshTokens = new();

    public Dialect Dialect { get; } = dialect;
    public string Issuer { get; } = issuer;
    public Person Person { get; set; } = Person.Alice;

    /// <summary>When the person last proved something at this provider; null for "just now", which is what a fresh sign-in says.</summary>
    public DateTimeOffset? AuthenticatedAt { get; set; }

    public SigningKey Key { get; set; } = SigningKey.First;

    /// <summary>The key set; by default just <see cref="Key"/>.</summary>
    public IReadOnlyList<SigningKey>? Published { get; set; }

    public bool Down { get; set; }

    /// <summary>The person's account was disabled: no token any more, whatever is shown for it.</summary>
    public bool Disabled { get; set; }

    /// <summary>Spoils only the ID tokens of refreshes.</summary>
    public Action<TokenDraft>? RefreshedIdToken { get; set; }

    public Action<TokenDraft>? IdToken { get; set; }
    public Action<JsonObject>? Discovery { get; set; }
    public Action<JsonObject>? TokenAnswer { get; set; }
    public Action<Dictionary<string, string>>? AuthorizationAnswer { get; set; }

    /// <summary>What a person changes in the address bar before the provider sees the authorization request.</summary>
    public Action<Dictionary<string, string>>? EditedByUser { get; set; }

    /// <summary>Answers the token request instead; null lets the provider answer.</summary>
    public Func<IReadOnlyDictionary<string, string>, CancellationToken, Task<HttpResponseMessage?>>? TokenEndpoint { get; set; }

    /// <summary>Answers any request instead, by its path; null lets the provider answer.</summary>
    public Func<string, HttpResponseMessage?>? Endpoint { get; set; }

    /// <summary>Every authorization request that a browser brought.</summary>
    public ConcurrentQueue<IReadOnlyDictionary<string, string>> AuthorizationRequests { get; } = new();

    /// <summary>Every token request that the gateway made.</summary>
    public ConcurrentQueue<IReadOnlyDictionary<string, string>> TokenRequests { get; } = new();

    /// <summary>How often the gateway asked for new tokens.</summary>
    public int Refreshes => TokenRequests.Count(request => request["grant_type"] == "refresh_token");

    public IReadOnlyDictionary<string, string> LastRequest => AuthorizationRequests.Last();

    public async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Down) throw new HttpRequestException(HttpRequestError.ConnectionError, "The simulated provider is down.");
        var path = request.RequestUri!.AbsolutePath;
        if (Endpoint?.Invoke(path) is { } spoiled) return spoiled;
        if (path.EndsWith("/.well-known/openid-configuration", StringComparison.Ordinal)) return Json(Metadata());
        return path[(path.LastIndexOf('/') + 1)..] switch
        {
            "keys" => Json(new JsonObject { ["keys"] = new JsonArray([.. (Published ?? [Key]).Select(k => k.ToJwk())]) }),
            "authorize" => Authorize(Fields(request.RequestUri.Query)),
            "token" => await RedeemAsync(Fields(await request.Content!.ReadAsStringAsync(cancellationToken)), cancellationToken),
            "logout" => Html("<h1>Signed out at the provider</h1>"),
            _ => new HttpResponseMessage(HttpStatusCode.NotFound),
        };
    }

    /// <summary>A code as if a browser had brought this authorization request.</summary>
    public string IssueCode(IReadOnlyDictionary<string, string> request)
    {
        var code = $"code-{Guid.NewGuid():N}";
        _codes[code] = request;
        return code;
    }

    /// <summary>A good ID token for an authorization request.</summary>
    public TokenDraft Draft(IReadOnlyDictionary<string, string> request)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var token = new TokenDraft(Key)
            .Claim("iss", Issuer).Claim("aud", NetworkSetup.ClientId).Claim("sub", Person.Sub).Claim("sid", $"sid-{Person.Upn}")
            .Claim("iat", now).Claim("nbf", now).Claim("exp", now + 3600)
            .Claim("auth_time", AuthenticatedAt?.ToUnixTimeSeconds() ?? now);
        if (request.TryGetValue("nonce", out var nonce)) token.Claim("nonce", nonce);
        Dialects.AddClaims(Dialect, token, Person, request);
        return token;
    }

    public static HttpResponseMessage Json(JsonNode body, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Html(string body) => new() { Content = new StringContent(body, Encoding.UTF8, "text/html") };

    public static Dictionary<string, string> Fields(string text) =>
        QueryHelpers.ParseQuery(text).ToDictionary(field => field.Key, field => field.Value.ToString());

    private JsonObject Metadata()
    {
        var document = new JsonObject
        {
            ["issuer"] = Issuer,
            ["authorization_endpoint"] = $"{Issuer}/authorize",
            ["token_endpoint"] = $"{Issuer}/token",
            ["userinfo_endpoint"] = $"{Issuer}/userinfo",
            ["end_session_endpoint"] = $"{Issuer}/logout",
            ["jwks_uri"] = $"{Issuer}/keys",
            ["response_types_supported"] = new JsonArray("code"),
            ["subject_types_supported"] = new JsonArray("public"),
            ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        };
        Discovery?.Invoke(document);
        return document;
    }

    /// <summary>Signs the person in without asking and sends the answer by form post.</summary>
    private HttpResponseMessage Authorize(Dictionary<string, string> request)
    {
        EditedByUser?.Invoke(request);
        AuthorizationRequests.Enqueue(request);
        var answer = new Dictionary<string, string> { ["code"] = IssueCode(request) };
        if (request.TryGetValue("state", out var state)) answer["state"] = state;
        AuthorizationAnswer?.Invoke(answer);
        var inputs = string.Concat(answer.Select(f => $"""<input type="hidden" name="{f.Key}" value="{WebUtility.HtmlEncode(f.Value)}">"""));
        return Html($"""<form method="post" action="{WebUtility.HtmlEncode(request["redirect_uri"])}">{inputs}</form><script>document.forms[0].submit()</script>""");
    }

    private async Task<HttpResponseMessage> RedeemAsync(Dictionary<string, string> fields, CancellationToken cancellationToken)
    {
        TokenRequests.Enqueue(fields);
        if (TokenEndpoint is not null && await TokenEndpoint(fields, cancellationToken) is { } spoiled) return spoiled;
        return fields["grant_type"] == "refresh_token" ? Refresh(fields) : Redeem(fields);
    }

    private HttpResponseMessage Redeem(Dictionary<string, string> fields)
    {
        if (!_codes.TryRemove(fields.GetValueOrDefault("code", ""), out var request)) return InvalidGrant();
        var token = Draft(request);
        IdToken?.Invoke(token);
        return Answer(token, request, (AuthenticatedAt ?? time.GetUtcNow()).ToUnixTimeSeconds());
    }

    /// <summary>A refresh token works once. The new ID token repeats neither the nonce nor how the person proved who he is, except for when (OpenID Connect Core 12.2).</summary>
    public HttpResponseMessage Refresh(IReadOnlyDictionary<string, string> fields)
    {
        if (!_refreshTokens.TryRemove(fields["refresh_token"], out var given) || Disabled) return InvalidGrant();
        var token = Draft(given.Request).Without("nonce").Claim("auth_time", given.AuthTime);
        RefreshedIdToken?.Invoke(token);
        return Answer(token, given.Request, given.AuthTime);
    }

    private HttpResponseMessage Answer(TokenDraft token, IReadOnlyDictionary<string, string> request, long authTime)
    {
        var answer = new JsonObject { ["access_token"] = "opaque", ["token_type"] = "Bearer", ["expires_in"] = 3600, ["id_token"] = token.ToString() };
        if (Dialect is Dialect.Adfs || request.GetValueOrDefault("scope", "").Split(' ').Contains("offline_access"))
        {
            var next = $"refresh-{Guid.NewGuid():N}";
            _refreshTokens[next] = (request, authTime);
            answer["refresh_token"] = next;
        }

        TokenAnswer?.Invoke(answer);
        return Json(answer);
    }

    private static HttpResponseMessage InvalidGrant() =>
        Json(new JsonObject { ["error"] = "invalid_grant", ["error_description"] = "unknown, used or withdrawn" }, HttpStatusCode.BadRequest);
}
