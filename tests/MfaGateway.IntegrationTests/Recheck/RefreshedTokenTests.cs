using System.Net;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Recheck;

/// <summary>What the ID token of a refresh may change, and what it may not.</summary>
public sealed class RefreshedTokenTests
{
    private static readonly Dictionary<string, Action<MisbehavingProvider>> _wrong = new()
    {
        ["no signature"] = Token(t => t.Header("alg", "none").SignedBy(_ => [])),
        ["key that is not published"] = Token(t => t.SignedBy(SigningKey.Second)),
        ["HMAC with the public key"] = Token(t => t.SignedBySecret(SigningKey.PublicForms["PEM"])),
        ["crit"] = Token(t => t.Header("crit", new[] { "x" })),
        ["another audience"] = Token(t => t.Claim("aud", "other-client")),
        ["several audiences and no azp"] = Token(t => t.Claim("aud", new[] { NetworkSetup.ClientId, "other-client" })),
        ["issued to another client"] = Token(t => t.Claim("azp", "other-client")),
        ["another issuer"] = Token(t => t.Claim("iss", "https://evil.test")),
        ["another tenant"] = Token(t => t.Claim("tid", Guid.Empty)),
        ["expired"] = Token(t => t.Claim("exp", t.Number("iat") - 400)),
        ["no end"] = Token(t => t.Without("exp")),
        ["an end that is a text"] = Token(t => t.Claim("exp", $"{t.Number("exp")}")),
        ["a begin that is a text"] = Token(t => t.Claim("nbf", $"{t.Number("iat")}")),
        ["an issue time that is a text"] = Token(t => t.Claim("iat", $"{t.Number("iat")}")),
        ["not valid yet"] = Token(t => t.Claim("nbf", t.Number("iat") + 3_600)),
        ["no issue time"] = Token(t => t.Without("iat")),
        ["issued in the future"] = Token(t => t.Claim("iat", t.Number("iat") + 3_600)),
        ["another nonce"] = Token(t => t.Claim("nonce", "of another sign-in")),
        ["a nonce that is a number"] = Token(t => t.Claim("nonce", 5)),
        ["another access token"] = Token(t => t.Claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA")),
        ["groups twice"] = Token(t => t.ClaimAgain("groups", new[] { "Exchange Admins" })),
        ["no user"] = Token(t => t.Without("preferred_username").Without("sub")),
        ["not a token"] = p => p.TokenAnswer = a => a["id_token"] = "abc",
    };

    private static readonly Dictionary<string, Action<TokenDraft, string>> _right = new()
    {
        ["no nonce"] = (_, _) => { },
        ["the nonce of the sign-in"] = (t, nonce) => t.Claim("nonce", nonce),
        ["one audience in an array"] = (t, _) => t.Claim("aud", new[] { NetworkSetup.ClientId }),
        ["hash of its access token"] = (t, _) => t.Claim("at_hash", TokenDraft.HalfHash(System.Security.Cryptography.SHA256.HashData("opaque"u8.ToArray()))),
    };

    private static readonly Dictionary<string, Action<TokenDraft>> _others = new()
    {
        ["another subject"] = t => t.Claim("sub", "sub-of-mallory"),
        ["the subject in capitals"] = t => t.Claim("sub", "SUB-OF-ALICE@CONTOSO.COM"),
        ["another name"] = t => t.Claim("preferred_username", "mallory@contoso.com"),
    };

    public static TheoryData<string> Wrong => [.. _wrong.Keys];

    public static TheoryData<string> Right => [.. _right.Keys];

    public static TheoryData<string> Others => [.. _others.Keys];

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task a_token_that_a_sign_in_would_not_accept_changes_nothing_and_confirms_nobody(string token)
    {
        await using var network = await RecheckSetup.StartAsync(token == "another tenant" ? Dialect.Entra : Dialect.Oidc);
        var alice = await network.SignedInBrowserAsync();
        network.Provider.Person = Person.Alice with { Groups = ["Staff", "Exchange Admins"] };
        _wrong[token](network.Provider);
        network.Time.Advance(RecheckSetup.Every);

        Assert.Equal(HttpStatusCode.Forbidden, (await alice.GetAsync("/ecp/")).Status); // her groups are those of the sign-in
        Assert.Equal(200, await alice.WorkAsync());
        network.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(200, await alice.WorkAsync());

        await network.Log.WaitForAsync("cannot be asked about its users again");
        network.Provider.RefreshedIdToken = null;
        network.Provider.TokenAnswer = null;
        await network.ExpectSoonAsync(HttpStatusCode.OK, () => alice.GetAsync("/ecp/")); // the refresh token beside a bad ID token was kept
        Assert.Equal(1, network.Log.CountOf("cannot be asked about its users again"));
        Assert.Equal(1, network.Log.CountOf("answers about its users again"));
    }

    [Theory]
    [MemberData(nameof(Right))]
    public async Task a_token_as_OpenID_Connect_describes_it_confirms_the_user(string token)
    {
        await using var network = await RecheckSetup.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Provider.RefreshedIdToken = t => _right[token](t, network.Provider.LastRequest["nonce"]);
        network.Time.Advance(RecheckSetup.Every);

        await alice.WorkAsync();
        network.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(200, await alice.WorkAsync());

        Assert.Equal(1, network.Provider.Refreshes);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task a_token_of_somebody_else_ends_the_session(string token)
    {
        await using var network = await RecheckSetup.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Provider.RefreshedIdToken = _others[token];
        network.Time.Advance(RecheckSetup.Every);

        Assert.Equal(440, await alice.WorkAsync());

        Assert.Equal("recheck-contradicted", Assert.Single(network.Audit.Lines, line => line["event.action"] == "session-revoked")["gateway.reason"]);
    }

    [Fact]
    public async Task an_answer_without_an_ID_token_confirms_the_user_and_changes_nothing()
    {
        await using var network = await RecheckSetup.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Provider.Person = Person.Alice with { Groups = [] };
        network.Provider.TokenAnswer = answer => answer.Remove("id_token");
        network.Time.Advance(RecheckSetup.Every);

        Assert.Equal(200, await alice.WorkAsync());
        network.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(200, await alice.WorkAsync());

        Assert.Equal(1, network.Provider.Refreshes);
    }

    [Theory]
    [InlineData("Oidc", "amr", "[\"pwd\"]")]
    [InlineData("Oidc", "amr", null)]
    [InlineData("Entra", "acrs", null)]
    [InlineData("Adfs", "gw_mfa", null)]
    public async Task proven_multi_factor_authentication_is_not_lost(string dialect, string claim, string? json)
    {
        await using var network = await RecheckSetup.StartAsync(Enum.Parse<Dialect>(dialect));
        var alice = await network.SignedInBrowserAsync();
        var before = await Outcomes.SessionOf(alice);
        network.Provider.RefreshedIdToken = token =>
        {
            token.Without(claim).Without(Dialects.MethodReferences).Without("auth_time");
            if (json is not null) token.ClaimJson(claim, json);
        };
        network.Time.Advance(RecheckSetup.Every);

        Assert.Equal(200, await alice.WorkAsync());

        var after = await Outcomes.SessionOf(alice);
        Assert.Equal(1, network.Provider.Refreshes);
        Assert.True(after.GetProperty("mfa").GetBoolean());
        Assert.Equal(before.GetProperty("methods").GetRawText(), after.GetProperty("methods").GetRawText());
        Assert.Equal(before.GetProperty("mfaAge").GetInt64() + (long)RecheckSetup.Every.TotalSeconds, after.GetProperty("mfaAge").GetInt64());
    }

    [Theory]
    [InlineData("Oidc", "amr", "[\"pwd\",\"otp\",\"mfa\"]", "mfa")]
    [InlineData("Oidc", "acr", "\"loa-4\"", "loa-4")]
    [InlineData("Entra", "acrs", "[\"c1\"]", "c1")]
    [InlineData("Adfs", "gw_mfa", "\"1\"", "1")]
    public async Task multi_factor_authentication_is_not_invented(string dialect, string claim, string json, string proof)
    {
        await using var network = await SimulatedNetworkWithoutMfaAsync(Enum.Parse<Dialect>(dialect), claim, proof);
        network.Provider.Person = Person.Alice with { OneFactorOnly = true };
        var alice = await network.SignedInBrowserAsync();
        network.Provider.RefreshedIdToken = token => token.ClaimJson(claim, json);
        network.Time.Advance(RecheckSetup.Every);

        Assert.Equal(200, await alice.WorkAsync());

        Assert.Equal(1, network.Provider.Refreshes);
        Assert.False((await Outcomes.SessionOf(alice)).GetProperty("mfa").GetBoolean());
        Assert.Equal(HttpStatusCode.Forbidden, (await alice.GetAsync("/ecp/")).Status); // by the claim condition neither
    }

    private static Action<MisbehavingProvider> Token(Action<TokenDraft> spoil) => provider => provider.RefreshedIdToken = spoil;

    /// <summary>Mail needs no second factor here; the admin center needs the claim that proves one.</summary>
    private static Task<SimulatedNetwork> SimulatedNetworkWithoutMfaAsync(Dialect dialect, string claim, string proof) => SimulatedNetwork.StartAsync(new NetworkSetup
    {
        Providers = [NetworkSetup.Provider(dialect)],
        Configuration = gateway => gateway["Sessions"]!["Recheck"] = new JsonObject { ["Every"] = RecheckSetup.Every.ToString("c") },
        PolicyText = $$"""
            { "version": 1, "rules": [
              { "id": "mail", "effect": "permit", "when": { "resource": ["owa"] } },
              { "id": "ecp", "effect": "permit", "when": { "resource": ["ecp"], "claim": [ { "type": "{{claim}}", "operator": "equals", "value": "{{proof}}" } ] } } ] }
            """,
    });
}
