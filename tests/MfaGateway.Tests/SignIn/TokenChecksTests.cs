using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MfaGateway.SignIn;
using Microsoft.IdentityModel.Tokens;

namespace MfaGateway.Tests.SignIn;

public class TokenChecksTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private static readonly Provider Oidc = Settings.Provider(Settings.Oidc());
    private static readonly Provider Entra = Settings.Provider(Settings.Entra());

    private static readonly string Good = $$"""{"nonce":"n1","aud":"gateway","iat":{{Now.ToUnixTimeSeconds()}},"exp":{{Now.ToUnixTimeSeconds() + 600}},"tid":"11111111-2222-3333-4444-555555555555"}""";

    /// <summary>A change to a good token and the word of the problem; empty for none.</summary>
    public static TheoryData<string, string> Changes => new()
    {
        { "{}", "" },
        { """{"nonce":null}""", "nonce" }, { """{"nonce":"n2"}""", "nonce" }, { """{"nonce":["n1"]}""", "nonce" }, { """{"nonce":""}""", "nonce" }, { """{"nonce":"N1"}""", "nonce" },
        { """{"aud":["gateway"]}""", "" }, { """{"aud":["gateway","other"]}""", "azp" }, { """{"aud":["gateway","other"],"azp":"gateway"}""", "" },
        { """{"azp":"gateway"}""", "" }, { """{"azp":"other"}""", "azp" }, { """{"azp":1}""", "azp" }, { """{"azp":["gateway"]}""", "azp" },
        { """{"iat":null}""", "iat" }, { $$"""{"iat":{{Now.ToUnixTimeSeconds() + 299}}}""", "" }, { $$"""{"iat":{{Now.ToUnixTimeSeconds() + 301}}}""", "iat" },
        { $$"""{"iat":"{{Now.ToUnixTimeSeconds()}}"}""", "iat" },
        { """{"exp":null}""", "exp" }, { $$"""{"exp":"{{Now.ToUnixTimeSeconds() + 600}}"}""", "exp" }, // found by tests/fuzz: the library reads a text, too
        { """{"tid":"99999999-2222-3333-4444-555555555555"}""", "tid" }, { """{"tid":null}""", "tid" },
        { """{"tid":"11111111-2222-3333-4444-555555555555"}""", "" },
        { $$"""{"c_hash":"{{HalfHash("code-1")}}"}""", "" }, { $$"""{"c_hash":"{{HalfHash("code-2")}}"}""", "c_hash" }, { """{"c_hash":1}""", "c_hash" }, { """{"c_hash":""}""", "c_hash" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void What_the_handler_does_not_check_is_checked(string change, string problem)
    {
        var found = TokenChecks.Find(Changed(change), Entra, Now, "n1", "code-1", Raw("RS256"));

        if (problem.Length == 0) Assert.Null(found);
        else Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"nonce":null}""", "")] // the token of a refresh need not repeat it
    [InlineData("{}", "")]
    [InlineData("""{"nonce":"n2"}""", "nonce")]
    [InlineData("""{"nonce":["n1"]}""", "nonce")]
    [InlineData("""{"nonce":""}""", "nonce")]
    [InlineData("""{"aud":["gateway","other"]}""", "azp")]
    [InlineData("""{"azp":"other"}""", "azp")]
    [InlineData("""{"iat":null}""", "iat")]
    [InlineData("""{"tid":"99999999-2222-3333-4444-555555555555"}""", "tid")]
    [InlineData("""{"at_hash":"AAAA"}""", "at_hash")]
    [InlineData("""{"at_hash":1}""", "at_hash")]
    [InlineData("""{"c_hash":"AAAA"}""", "")] // there is no code
    public void A_refreshed_token_is_checked_as_one_of_a_sign_in_but_for_what_it_lacks(string change, string problem)
    {
        var found = TokenChecks.FindInRefreshed(Changed(change), Entra, Now, "n1", "access", Raw("RS256"));

        if (problem.Length == 0) Assert.Null(found);
        else Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refreshed_token_may_bear_the_hash_of_its_access_token_and_no_nonce_where_none_is_known()
    {
        var token = Changed($$"""{"at_hash":"{{HalfHash("access")}}"}""");

        Assert.Null(TokenChecks.FindInRefreshed(token, Entra, Now, "n1", "access", Raw("RS256")));
        Assert.NotNull(TokenChecks.FindInRefreshed(token, Entra, Now, "n1", "other", Raw("RS256")));
        Assert.NotNull(TokenChecks.FindInRefreshed(token, Entra, Now, null, "access", Raw("RS256")));
    }

    [Fact]
    public void A_provider_without_tenants_needs_no_tid() => Assert.Null(TokenChecks.Find(Changed("""{"tid":null}"""), Oidc, Now, "n1", "code-1", Raw("RS256")));

    [Fact]
    public void A_code_hash_without_a_code_belongs_to_another_answer() =>
        Assert.Contains("c_hash", TokenChecks.Find(Changed($$"""{"c_hash":"{{HalfHash("code-1")}}"}"""), Oidc, Now, "n1", null, Raw("RS256")), StringComparison.Ordinal);

    [Theory]
    [InlineData("ES384")]
    [InlineData("PS512")]
    public void The_code_hash_is_of_the_token_s_own_algorithm(string algorithm)
    {
        var bytes = Encoding.ASCII.GetBytes("code-1");
        var hash = algorithm.EndsWith("384", StringComparison.Ordinal) ? SHA384.HashData(bytes) : SHA512.HashData(bytes);
        var token = Changed($$"""{"c_hash":"{{Base64UrlEncoder.Encode(hash, 0, hash.Length / 2)}}"}""");

        Assert.Null(TokenChecks.Find(token, Oidc, Now, "n1", "code-1", Raw(algorithm)));
        Assert.NotNull(TokenChecks.Find(token, Oidc, Now, "n1", "code-1", Raw("RS256")));
    }

    [Theory]
    [InlineData(null, null, true)] // nobody asked
    [InlineData(900, null, false)] // asked, and the token does not say
    [InlineData(900, 900, true)]
    [InlineData(900, 1_200, true)] // within the skew
    [InlineData(900, 1_201, false)]
    [InlineData(0, 300, true)]
    [InlineData(0, 301, false)]
    [InlineData(900, -301, false)] // in the future: absent
    public void A_fresh_sign_in_shows_by_auth_time(int? maxAge, int? age, bool fresh)
    {
        var token = Changed(age is { } seconds ? $$"""{"auth_time":{{Now.ToUnixTimeSeconds() - seconds}}}""" : "{}");

        Assert.Equal(fresh, TokenChecks.IsFresh(token, Oidc, Now, maxAge is { } limit ? TimeSpan.FromSeconds(limit) : null));
    }

    private static JsonElement Changed(string change)
    {
        var token = JsonNode.Parse(Good)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            if (value is null) token.Remove(name);
            else token[name] = value.DeepClone();
        }

        return JsonElement.Parse(token.ToJsonString());
    }

    private static string HalfHash(string code) => Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(code)), 0, 16);

    private static string Raw(string algorithm) => $"{Base64UrlEncoder.Encode($$"""{"alg":"{{algorithm}}"}""")}.{Base64UrlEncoder.Encode("{}")}.c2ln";
}
