using System.Net;
using System.Security.Cryptography;
using System.Text;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn;

public sealed class TokenClaimsTests
{
    private static readonly Dictionary<string, Action<TokenDraft>> _wrong = new()
    {
        ["issuer of somebody else"] = t => t.Claim("iss", "https://evil.test"),
        ["issuer missing"] = t => t.Without("iss"),
        ["issuer with a slash more"] = t => t.Claim("iss", "https://login.contoso.test/"),
        ["issuer in capitals"] = t => t.Claim("iss", "HTTPS://LOGIN.CONTOSO.TEST"),
        ["issuer as a prefix"] = t => t.Claim("iss", "https://login.contoso.test.evil.test"),
        ["issuer in an array"] = t => t.Claim("iss", new[] { "https://login.contoso.test" }),
        ["issuer twice"] = t => t.ClaimAgain("iss", "https://login.contoso.test"),
        ["audience of another client"] = t => t.Claim("aud", "other-client"),
        ["audience missing"] = t => t.Without("aud"),
        ["audience empty"] = t => t.Claim("aud", ""),
        ["audience null"] = t => t.Claim("aud", null),
        ["audience is an empty array"] = t => t.Claim("aud", Array.Empty<string>()),
        ["audience longer than ours"] = t => t.Claim("aud", NetworkSetup.ClientId + "-2"),
        ["audience with a slash behind it"] = t => t.Claim("aud", NetworkSetup.ClientId + "/"),
        ["audience in capitals"] = t => t.Claim("aud", NetworkSetup.ClientId.ToUpperInvariant()),
        ["audience is several, azp missing"] = t => t.Claim("aud", new[] { NetworkSetup.ClientId, "other-client" }),
        ["audience is several, azp of another"] = t => t.Claim("aud", new[] { NetworkSetup.ClientId, "other-client" }).Claim("azp", "other-client"),
        ["audience is right, azp of another"] = t => t.Claim("azp", "other-client"),
        ["azp is a number"] = t => t.Claim("azp", 5),
        ["azp is an array"] = t => t.Claim("azp", new[] { NetworkSetup.ClientId }),
        ["nonce missing"] = t => t.Without("nonce"),
        ["nonce of another sign-in"] = t => t.Claim("nonce", "00112233445566778899aabbccddeeff"),
        ["nonce empty"] = t => t.Claim("nonce", ""),
        ["nonce is a number"] = t => t.Claim("nonce", 5),
        ["nonce is an array"] = t => t.Claim("nonce", new[] { "x" }),
        ["nonce twice"] = t => t.ClaimAgain("nonce", "00112233445566778899aabbccddeeff"),
        ["sub missing"] = t => t.Without("sub"),
        ["sub empty"] = t => t.Claim("sub", ""),
        ["sub is a number"] = t => t.Claim("sub", 5),
        ["sub is null"] = t => t.Claim("sub", null),
        ["sub is an object"] = t => t.ClaimJson("sub", """{"a":1}"""),
        ["sub twice"] = t => t.ClaimAgain("sub", "sub-of-admin@contoso.com"),
        ["at_hash of another token"] = t => t.Claim("at_hash", TokenDraft.HalfHash(SHA256.HashData("another"u8))),
        ["at_hash empty"] = t => t.Claim("at_hash", ""),
        ["at_hash is a number"] = t => t.Claim("at_hash", 5),
        ["at_hash is null"] = t => t.Claim("at_hash", null),
        ["at_hash is the whole hash"] = t => t.Claim("at_hash", TokenDraft.HalfHash([.. SHA256.HashData("opaque"u8), .. new byte[32]])),
        ["at_hash by another hash function"] = t => t.Claim("at_hash", TokenDraft.HalfHash(SHA512.HashData("opaque"u8))),
        ["c_hash of another code"] = t => t.Claim("c_hash", TokenDraft.HalfHash(SHA256.HashData("another"u8))),
        ["c_hash is a number"] = t => t.Claim("c_hash", 5),
        ["c_hash is null"] = t => t.Claim("c_hash", null),
    };

    private static readonly Dictionary<string, Action<TokenDraft>> _right = new()
    {
        ["audience as an array of one"] = t => t.Claim("aud", new[] { NetworkSetup.ClientId }),
        ["audience as an array of several, azp ours"] = t => t.Claim("aud", new[] { "other-client", NetworkSetup.ClientId }).Claim("azp", NetworkSetup.ClientId),
        ["azp ours"] = t => t.Claim("azp", NetworkSetup.ClientId),
        ["at_hash right"] = t => t.Claim("at_hash", TokenDraft.HalfHash(SHA256.HashData("opaque"u8))),
        ["at_hash right for RS512"] = t => t.SignedBy(SigningKey.Long).Claim("at_hash", TokenDraft.HalfHash(SHA512.HashData("opaque"u8))),
        ["at_hash right for PS256"] = t => t.SignedBy(SigningKey.Pss).Claim("at_hash", TokenDraft.HalfHash(SHA256.HashData("opaque"u8))),
    };

    public static TheoryData<string> Wrong => [.. _wrong.Keys];

    public static TheoryData<string> Right => [.. _right.Keys];

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task a_token_that_is_not_for_this_sign_in_opens_nothing(string token)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.IdToken = t => _wrong[token](t);

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");
    }

    [Theory]
    [MemberData(nameof(Right))]
    public async Task a_token_for_this_sign_in_is_accepted_in_every_allowed_form(string token)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.IdToken = t => _right[token](t);

        await network.ExpectAcceptedAsync(network.NewBrowser());
    }

    [Fact]
    public async Task c_hash_of_the_code_that_was_sent_is_accepted()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.IdToken = t => t.Claim("c_hash", TokenDraft.HalfHash(SHA256.HashData(Encoding.ASCII.GetBytes(network.Provider.TokenRequests.Last()["code"]))));

        await network.ExpectAcceptedAsync(network.NewBrowser());
    }

    [Fact]
    public async Task a_token_of_an_earlier_sign_in_is_refused_for_its_nonce()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        string? first = null;
        network.Provider.TokenAnswer = answer => first ??= answer["id_token"]!.GetValue<string>();
        await network.ExpectAcceptedAsync(network.NewBrowser());
        network.Provider.TokenAnswer = answer => answer["id_token"] = first;
        var second = network.NewBrowser();

        var page = await second.OpenAsync("/owa/");

        network.ExpectRefusal(page, HttpStatusCode.BadGateway, "sign-in-invalid");
        Assert.Null(second.Cookies.Find("__Host-mfagw"));
    }

    [Theory]
    [InlineData("another tenant", "11111111-1111-1111-1111-111111111111")]
    [InlineData("none", null)]
    [InlineData("empty", "")]
    public async Task an_Entra_token_of_another_tenant_opens_nothing(string _, string? tenant)
    {
        await using var network = await SimulatedNetwork.StartAsync(NetworkSetup.With(Dialect.Entra));
        network.Provider.IdToken = t => t.Claim("tid", tenant);

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");
    }

    [Fact]
    public async Task an_Entra_token_without_tenant_opens_nothing()
    {
        await using var network = await SimulatedNetwork.StartAsync(NetworkSetup.With(Dialect.Entra));
        network.Provider.IdToken = t => t.Without("tid");

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");
    }

    [Fact]
    public async Task userinfo_is_never_asked_so_that_it_cannot_contradict_the_token()
    {
        await using var network = await SimulatedNetwork.StartAsync();

        await network.ExpectAcceptedAsync(network.NewBrowser());

        Assert.DoesNotContain(network.Internet.Seen, traffic => traffic.Url.EndsWith("/userinfo", StringComparison.Ordinal));
    }
}
