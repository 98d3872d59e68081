using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace MfaGateway.Tests.Recheck;

/// <summary>A provider whose refresh tokens work once. Who shows one a second time has stolen it, or was robbed: then no token works any more (RFC 9700, 4.14.2).</summary>
internal sealed class OneUseProvider : HttpMessageHandler
{
    public const string Authority = "https://login.example.org";

    private static readonly string _key = Key();

    private readonly Lock _lock = new();
    private readonly HashSet<string> _used = [];
    private readonly Dictionary<string, int> _signInOf = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> _running = [];
    private int _signIns;
    private int _given;
    private bool _withdrawn;

    /// <summary>How often it was asked for new tokens.</summary>
    public int Calls { get; private set; }

    /// <summary>How many such questions of one sign-in were under way at the same time. A question of the sign-in before may still be on its way beside the next one's.</summary>
    public int MostAtOnce { get; private set; }

    public bool Disabled { get; set; }

    /// <summary>A token shown twice works twice, as with providers that allow for lost answers.</summary>
    public bool Lenient { get; init; }

    /// <summary>What happens after a token was taken and before its answer leaves.</summary>
    public Func<Task> BeforeAnswer { get; set; } = () => Task.CompletedTask;

    /// <summary>A new sign-in; its refresh token.</summary>
    public string SignIn()
    {
        lock (_lock)
        {
            _withdrawn = false;
            return Next(++_signIns);
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (path.EndsWith("openid-configuration", StringComparison.Ordinal))
            return Json($$"""{"issuer":"{{Authority}}","authorization_endpoint":"{{Authority}}/a","token_endpoint":"{{Authority}}/t","jwks_uri":"{{Authority}}/k"}""");
        if (path == "/k") return Json(_key);

        var form = WebUtility.UrlDecode(await request.Content!.ReadAsStringAsync(cancellationToken));
        var token = form.Split('&').Single(field => field.StartsWith("refresh_token=", StringComparison.Ordinal))["refresh_token=".Length..];
        var next = Begin(token);
        try
        {
            await BeforeAnswer();
        }
        finally
        {
            lock (_lock) _running[_signInOf[token]]--;
        }

        return next is null
            ? Json("""{"error":"invalid_grant"}""", HttpStatusCode.BadRequest)
            : Json($$"""{"access_token":"opaque","token_type":"Bearer","refresh_token":"{{next}}"}""");
    }

    private string? Begin(string token)
    {
        lock (_lock)
        {
            Calls++;
            var signIn = _signInOf[token];
            _running[signIn] = _running.GetValueOrDefault(signIn) + 1;
            MostAtOnce = Math.Max(MostAtOnce, _running[signIn]);
            _withdrawn |= !_used.Add(token) && !Lenient;
            return Disabled || _withdrawn ? null : Next(signIn);
        }
    }

    private string Next(int signIn)
    {
        var token = $"token-{++_given}";
        _signInOf[token] = signIn;
        return token;
    }

    private static HttpResponseMessage Json(string body, HttpStatusCode status = HttpStatusCode.OK) => new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private static string Key()
    {
        using var rsa = RSA.Create(2048);
        var key = rsa.ExportParameters(includePrivateParameters: false);
        return $$"""{"keys":[{"kty":"RSA","use":"sig","kid":"1","n":"{{Base64UrlEncoder.Encode(key.Modulus)}}","e":"{{Base64UrlEncoder.Encode(key.Exponent)}}"}]}""";
    }
}
