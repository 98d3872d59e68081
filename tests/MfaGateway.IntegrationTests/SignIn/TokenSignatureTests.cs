using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn;

public sealed class TokenSignatureTests
{
    private static readonly Dictionary<string, Action<MisbehavingProvider>> _wrong = new()
    {
        ["no signature, algorithm none"] = Token(t => t.Header("alg", "none").SignedBy(_ => [])),
        ["no signature, algorithm None"] = Token(t => t.Header("alg", "None").SignedBy(_ => [])),
        ["algorithm none, signature of RS256"] = Token(t => t.Header("alg", "none")),
        ["signature cut off"] = Token(t => t.SignedBy(_ => [])),
        ["signature of other bytes"] = Token(t => t.SignedBy(_ => SigningKey.First.Sign([1, 2, 3]))),
        ["signature is zeros"] = Token(t => t.SignedBy(_ => new byte[256])),
        ["key of somebody else under the known name"] = Token(t => t.SignedBy(SigningKey.Second.Sign)),
        ["key that is not published"] = Token(t => t.SignedBy(SigningKey.Second)),
        ["key that is not published, without name"] = Token(t => t.SignedBy(SigningKey.Second with { Kid = null })),
        ["HS256 with the public key as PEM"] = Token(t => t.SignedBySecret(SigningKey.PublicForms["PEM"])),
        ["HS256 with the public key as DER"] = Token(t => t.SignedBySecret(SigningKey.PublicForms["DER"])),
        ["HS256 with the modulus"] = Token(t => t.SignedBySecret(SigningKey.PublicForms["modulus"])),
        ["HS256 with the client secret"] = Token(t => t.SignedBySecret(System.Text.Encoding.UTF8.GetBytes(NetworkSetup.ClientSecret))),
        ["HS256 with a key that the provider publishes"] = provider =>
        {
            var secret = new byte[32];
            provider.Published = [SigningKey.First, new SigningKey("shared", "HS256", _ => [], () => new() { ["kty"] = "oct", ["k"] = Convert.ToBase64String(secret).TrimEnd('=') })];
            provider.IdToken = t => t.SignedBySecret(secret).Header("kid", "shared");
        },
        ["unknown algorithm"] = Token(t => t.Header("alg", "XS999")),
        ["algorithm missing"] = Token(t => t.Header("alg", null)),
        ["algorithm is a number"] = Token(t => t.Header("alg", 256)),
        ["algorithm names another family"] = Token(t => t.Header("alg", "ES256")),
        ["crit demands an extension"] = Token(t => t.Header("crit", new[] { "exp" }).Header("exp", 1)),
        ["crit is empty"] = Token(t => t.Header("crit", Array.Empty<string>())),
        ["header names alg twice"] = Token(t => t.HeaderAgain("alg", "RS256")),
        ["header names kid twice"] = Token(t => t.HeaderAgain("kid", "first")),
        ["key inside the token (jwk)"] = Token(t => t.SignedBy(SigningKey.Second).Header("jwk", SigningKey.Second.ToJwk())),
        ["key at an address in the token (jku)"] = Token(t => t.SignedBy(SigningKey.Second).Header("jku", "https://evil.test/keys")),
        ["certificate at an address in the token (x5u)"] = Token(t => t.SignedBy(SigningKey.Second).Header("x5u", "https://evil.test/cert")),
        ["certificate inside the token (x5c)"] = Token(t => t.SignedBy(SigningKey.Second).Header("x5c", new[] { Convert.ToBase64String(TestCertificate.Certificate.RawData) })),
        ["one part only"] = p => p.TokenAnswer = a => a["id_token"] = "abc",
        ["two parts"] = p => p.TokenAnswer = a => a["id_token"] = string.Join('.', a["id_token"]!.GetValue<string>().Split('.').Take(2)),
        ["five parts, encrypted by nobody"] = p => p.TokenAnswer = a => a["id_token"] = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0....",
        ["payload is not JSON"] = Token(t => t.Payload = "plain text"),
        ["payload is an array"] = Token(t => t.Payload = "[]"),
        ["padding in the encoding"] = p => p.TokenAnswer = a => a["id_token"] = a["id_token"]!.GetValue<string>() + "==",
        ["no ID token at all"] = p => p.TokenAnswer = a => a.Remove("id_token"),
        ["ID token is a number"] = p => p.TokenAnswer = a => a["id_token"] = 5,
        ["ID token is empty"] = p => p.TokenAnswer = a => a["id_token"] = "",
        ["ID token of more than a million characters"] = Token(t => t.Claim("padding", new string('x', 755_000))),
    };

    private static readonly Dictionary<string, Action<MisbehavingProvider>> _right = new()
    {
        ["PS256"] = p => p.Key = SigningKey.Pss,
        ["RS512"] = p => p.Key = SigningKey.Long,
        ["ES256"] = p => p.Key = SigningKey.Curve,
        ["several keys, named"] = p => p.Published = [SigningKey.Second, SigningKey.First, SigningKey.Curve],
        ["one key, token without kid"] = p => p.Key = SigningKey.First with { Kid = null },
        ["several keys, none named"] = p =>
        {
            p.Key = SigningKey.First with { Kid = null };
            p.Published = [SigningKey.Second with { Kid = null }, SigningKey.First with { Kid = null }];
        },
        ["several named keys, token without kid"] = p =>
        {
            p.Key = SigningKey.First with { Kid = null };
            p.Published = [SigningKey.Second, SigningKey.First];
        },
        ["addresses in the header that nobody visits"] = Token(t => t.Header("jku", "https://evil.test/keys").Header("x5u", "https://evil.test/cert")),
    };

    public static TheoryData<string> Wrong => [.. _wrong.Keys];

    public static TheoryData<string> Right => [.. _right.Keys];

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task a_token_that_the_provider_did_not_sign_opens_nothing(string token)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        _wrong[token](network.Provider);

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");

        Assert.DoesNotContain(network.Internet.Seen, traffic => traffic.Host == "evil.test");
    }

    [Theory]
    [MemberData(nameof(Right))]
    public async Task a_token_signed_with_any_published_key_is_accepted(string token)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        _right[token](network.Provider);

        await network.ExpectAcceptedAsync(network.NewBrowser());

        Assert.DoesNotContain(network.Internet.Seen, traffic => traffic.Host == "evil.test");
    }

    [Fact]
    public async Task an_algorithm_that_the_configuration_leaves_out_is_refused_whoever_signed()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Configuration = gateway => gateway["Providers"]!["oidc"]!["SigningAlgorithms"] = new System.Text.Json.Nodes.JsonArray("PS256", "ES256"),
        });

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");
    }

    [Fact]
    public async Task the_first_sign_in_after_a_key_rotation_works()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        await network.ExpectAcceptedAsync(network.NewBrowser());
        network.Provider.Key = SigningKey.Second;

        await network.ExpectAcceptedAsync(network.NewBrowser());
    }

    [Fact]
    public async Task the_first_sign_in_after_a_rotation_to_a_key_of_the_same_name_works()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        await network.ExpectAcceptedAsync(network.NewBrowser());
        network.Provider.Key = SigningKey.Second with { Kid = "first" };

        await network.ExpectAcceptedAsync(network.NewBrowser());
    }

    [Fact]
    public async Task a_key_that_the_provider_withdrew_is_refused_once_the_keys_are_fetched_again()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        await network.ExpectAcceptedAsync(network.NewBrowser());
        network.Provider.Published = [SigningKey.Second];
        network.Time.Advance(TimeSpan.FromHours(2));

        var page = await network.NewBrowser().OpenAsync("/owa/");

        network.ExpectRefusal(page, HttpStatusCode.BadGateway, "sign-in-invalid");
    }

    [Fact]
    public async Task junk_tokens_cannot_make_the_gateway_fetch_keys_without_end()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.IdToken = t => t.SignedBy(SigningKey.Second);

        for (var n = 0; n < 30; n++) await network.NewBrowser().OpenAsync("/owa/");

        Assert.InRange(network.Internet.Seen.Count(traffic => traffic.Url.EndsWith("/keys", StringComparison.Ordinal)), 1, 40);
    }

    private static Action<MisbehavingProvider> Token(Action<TokenDraft> change) => provider => provider.IdToken = change;
}
