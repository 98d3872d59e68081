using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn.Mutations;

/// <summary>Everything that a person, a stranger or a bad provider may do differently in a sign-in. They are combined at random.</summary>
internal static class SignInMutations
{
    private static readonly string[] _kids =
        ["", "second", "../../../../dev/null", "/proc/self/environ", "x' UNION SELECT 'secret", "https://evil.test/keys", "first\n", "FIRST", new('k', 100_000), "first\u0000", "0", "\u202efirst"];

    private static readonly string[] _algorithms = ["none", "None", "nOnE", "HS256", "HS384", "HS512", "RS384", "PS256", "ES256", "EdDSA", "RSA1_5", "dir", "", "RS256\u0000", "rs256"];

    private static readonly string[] _amr =
        ["\"mfa\"", "[\"MFA\"]", "[[\"mfa\"]]", "{\"mfa\":true}", "[\"pwd\",\"mfa\",7]", "[\"mfa \"]", "[\"\\u006dfa\"]", "null", "true", "[]", "[\"pwd mfa\"]", "[\"m\\u0000fa\"]", "[\"otp\"]", "\"pwd otp\""];

    private static readonly string[] _texts =
        ["", "null", "\u0000", "alice@contoso.com\nadmin@contoso.com", "<script>alert(1)</script>", "\u202emoc.osotnoc@nimda", new('x', 100_000), "admin@contoso.com", "ADMIN@contoso.com", "admin@contoso.com ", "*", "%00"];

    private static readonly string[] _json = ["null", "0", "-1", "1e308", "99999999999999999999", "\"0\"", "[]", "{}", "true", "\"\\ud800\"", "[\"gateway-client\"]", "1.5"];

    private static readonly string[] _claims = ["iss", "aud", "sub", "nonce", "iat", "nbf", "exp", "auth_time", "amr", "acr", "azp", "sid", "preferred_username", "groups", "c_hash", "at_hash"];

    private static readonly string[] _parameters =
        ["acr_values", "max_age", "prompt", "scope", "state", "nonce", "redirect_uri", "client_id", "code_challenge", "code_challenge_method", "response_mode", "response_type", "claims", "login_hint"];

    public static IReadOnlyList<(string Name, Action<MutatedSignIn> Apply)> All { get; } =
    [
        // the person edits the way there
        ("parameter taken out", signIn => signIn.Requests.Add(request => request.Remove(Only(signIn, _parameters.Where(name => name is not ("redirect_uri")))))),
        ("parameter changed", signIn => signIn.Requests.Add(request => request[Only(signIn, _parameters.Where(name => name is not "redirect_uri"))] = Only(signIn, _texts))),
        ("weaker acr_values", signIn => signIn.Requests.Add(request => request["acr_values"] = "loa-1")),
        // the token's header
        ("alg named", signIn => signIn.Tokens.Add(token => token.Header("alg", Only(signIn, _algorithms)))),
        ("alg none", signIn => signIn.Tokens.Add(token => Proven(token).Header("alg", Only(signIn, _algorithms)).SignedBy(_ => []))),
        ("alg by public key", signIn => signIn.Tokens.Add(token => Proven(token).SignedBySecret(Only(signIn, SigningKey.PublicForms.Values)))),
        ("kid", signIn => signIn.Tokens.Add(token => token.Header("kid", Only(signIn, _kids)))),
        ("kid of a stranger's signature", signIn => signIn.Tokens.Add(token => Proven(token).SignedBy(SigningKey.Second).Header("kid", Only(signIn, _kids)))),
        ("key brought along", signIn => signIn.Tokens.Add(token => Proven(token).SignedBy(SigningKey.Second).Header("kid", "first").Header("jwk", SigningKey.Second.ToJwk()))),
        ("address of a key", signIn => signIn.Tokens.Add(token => Proven(token).SignedBy(SigningKey.Second).Header(Only(signIn, ["jku", "x5u"]), "https://evil.test/keys"))),
        ("header", signIn => signIn.Tokens.Add(token => token.Header(Only(signIn, ["crit", "zip", "b64", "typ", "cty", "enc", "x5c"]), Only(signIn, _texts)))),
        ("header twice", signIn => signIn.Tokens.Add(token => token.HeaderAgain("alg", Only(signIn, _algorithms)))),
        // its claims
        ("claim taken out", signIn => signIn.Tokens.Add(token => token.Without(Only(signIn, _claims)))),
        ("claim of another kind", signIn => signIn.Tokens.Add(token => token.ClaimJson(Only(signIn, _claims), Only(signIn, _json)))),
        ("claim of hostile text", signIn => signIn.Tokens.Add(token => token.Claim(Only(signIn, _claims.Append("name")), Only(signIn, _texts)))),
        ("claim twice", signIn => signIn.Tokens.Add(token => token.ClaimAgain(Only(signIn, _claims), Only(signIn, _texts)))),
        ("amr", signIn => signIn.Tokens.Add(token => token.ClaimJson("amr", Only(signIn, _amr)))),
        ("amr twice", signIn => signIn.Tokens.Add(token => token.ClaimAgain("amr", new[] { "mfa" }))),
        ("acr", signIn => signIn.Tokens.Add(token => token.ClaimJson("acr", Only(signIn, ["\"loa-4\"", "\"LOA-4\"", "[\"loa-4\"]", "\"loa-4 \"", "\"loa-40\"", "4"])))),
        ("time", signIn => signIn.Tokens.Add(token => Shift(token, Only(signIn, ["iat", "nbf", "exp", "auth_time"]), signIn.Random))),
        ("audience", signIn => signIn.Tokens.Add(token => token.ClaimJson("aud", Only(signIn, ["[\"other\"]", "[\"gateway-client\",\"other\"]", "\"gateway-client \"", "\"Gateway-Client\"", "[]"])))),
        ("issuer", signIn => signIn.Tokens.Add(token => token.Claim("iss", Only(signIn, ["https://login.contoso.test/", "https://evil.test", "http://login.contoso.test", Dialects.Issuer(Dialect.Adfs)])))),
        // the token as a whole
        ("token of the other provider", signIn => signIn.Tokens.Add(token => Proven(token).Claim("iss", Only(signIn, [Dialects.Issuer(Dialect.Adfs), Dialects.Issuer(Dialect.Oidc)])).SignedBy(SigningKey.Second))),
        ("claims exchanged behind the signature", signIn => signIn.Answers.Add(answer => Raw(answer, parts => [parts[0], Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("\"pwd\"", "\"mfa\"", StringComparison.Ordinal))), parts[2]]))),
        ("signature cut", signIn => signIn.Answers.Add(answer => Raw(answer, parts => [parts[0], parts[1], parts[2][..signIn.Random.Next(parts[2].Length)]]))),
        ("signature of another token", signIn => signIn.Answers.Add(answer => Raw(answer, parts => [parts[0], parts[1], Base64Url.EncodeToString(SigningKey.First.Sign("other"u8.ToArray()))]))),
        ("part added", signIn => signIn.Answers.Add(answer => Raw(answer, parts => [.. parts, Only(signIn, ["", "e30", parts[2]])]))),
        ("oversized token", signIn => signIn.Tokens.Add(token => token.Claim("padding", new string('p', 800_000)))),
        ("no ID token", signIn => signIn.Answers.Add(answer => answer.Remove("id_token"))),
        ("ID token of another kind", signIn => signIn.Answers.Add(answer => answer["id_token"] = JsonNode.Parse(Only(signIn, _json)))),
        // the way back
        ("state of another browser", signIn => signIn.Forms.Add(async form =>
        {
            signIn.IsNotThisBrowsers = true;
            form["state"] = (await OtherAsync(signIn))["state"];
        })),
        ("whole answer of another browser", signIn => signIn.Forms.Add(async form =>
        {
            signIn.IsNotThisBrowsers = true;
            foreach (var (name, value) in await OtherAsync(signIn)) form[name] = value;
        })),
        ("code of another browser", signIn => signIn.Forms.Add(async form => form["code"] = (await OtherAsync(signIn))["code"])),
        ("code made up", signIn => signIn.Forms.Add(form => Set(form, "code", Only(signIn, _texts)))),
        ("state changed", signIn => signIn.Forms.Add(form =>
        {
            var at = signIn.Random.Next(20, form.GetValueOrDefault("state", "").Length is var length and > 21 ? length - 1 : 21);
            if (form.TryGetValue("state", out var state) && state.Length > at) form["state"] = state[..at] + (state[at] == 'A' ? 'B' : 'A') + state[(at + 1)..];
            signIn.IsNotThisBrowsers = true;
            return Task.CompletedTask;
        })),
        ("field added", signIn => signIn.Forms.Add(form => Set(form, Only(signIn, ["iss", "error", "id_token", "access_token", "session_state", "scope", "nonce"]), Only(signIn, _texts)))),
        ("field taken out", signIn => signIn.Forms.Add(form =>
        {
            form.Remove(Only(signIn, ["code", "state"]));
            return Task.CompletedTask;
        })),
        ("no login cookie", signIn => signIn.Cookies.Add(jar =>
        {
            foreach (var cookie in jar.All.Where(cookie => cookie.Name.StartsWith("__Secure-mfagw-login.", StringComparison.Ordinal))) jar.Remove(cookie.Name);
            signIn.IsNotThisBrowsers = true;
        })),
        ("planted handle", signIn => signIn.Cookies.Add(jar => jar.Add(new Cookie("__Host-mfagw", new string('A', 43), "mail.contoso.com", "/") { Secure = true }))),
        ("answer to the other provider's callback", signIn => signIn.Callback = "/.gateway/signin-oidc/adfs"),
        ("answer in upper case", signIn => signIn.Callback = "/.gateway/signin-oidc/OIDC"),
        ("answer twice", signIn => signIn.Posts = 2),
    ];

    private static T Only<T>(MutatedSignIn signIn, IEnumerable<T> choice)
    {
        T[] all = [.. choice];
        return all[signIn.Random.Next(all.Length)];
    }

    /// <summary>What a forger writes: everything that a policy could want.</summary>
    private static TokenDraft Proven(TokenDraft token) => token.Claim("amr", new[] { "pwd", "mfa" }).Claim("acr", "loa-4").Claim("groups", new[] { "Staff", "Exchange Admins" });

    private static void Shift(TokenDraft token, string claim, Random random)
    {
        try
        {
            token.Claim(claim, token.Number(claim) + (random.Next(2) == 0 ? 1 : -1) * (long)Math.Pow(10, random.Next(1, 12)));
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or OverflowException)
        {
            token.Without(claim); // another change has made it something else
        }
    }

    private static void Raw(JsonObject answer, Func<string[], IEnumerable<string>> change)
    {
        if (answer["id_token"] is JsonValue value && value.TryGetValue(out string? raw) && raw.Split('.') is [_, _, _, ..] parts) answer["id_token"] = string.Join('.', change(parts));
    }

    private static Task Set(Dictionary<string, string> form, string name, string value)
    {
        form[name] = value;
        return Task.CompletedTask;
    }

    /// <summary>What the provider sends back in another browser, which was signed in by the same person and never posted its answer.</summary>
    private static async Task<Dictionary<string, string>> OtherAsync(MutatedSignIn signIn)
    {
        var edited = signIn.Network.Provider.EditedByUser;
        signIn.Network.Provider.EditedByUser = null;
        using var other = new Browser(signIn.Network);
        var fields = (await other.FollowToAsync(await other.GetAsync("/owa/"), "login.contoso.test")).Fields;
        signIn.Network.Provider.EditedByUser = edited;
        return fields;
    }
}
