using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Sessions;

/// <summary>The provider ends sessions: through the browser by <c>sid</c>, or directly with a logout token (Back-Channel Logout 1.0).</summary>
public sealed class ProviderLogoutTests
{
    private const string Sid = "sid-alice@contoso.com";
    private const string Event = """{"http://schemas.openid.net/event/backchannel-logout":{}}""";

    private static readonly Dictionary<string, Action<TokenDraft>> _wrong = new()
    {
        ["no signature"] = t => t.Header("alg", "none").SignedBy(_ => []),
        ["another key"] = t => t.SignedBy(SigningKey.Second),
        ["HMAC with the public key"] = t => t.SignedBySecret(SigningKey.PublicForms["PEM"]),
        ["issuer of somebody else"] = t => t.Claim("iss", "https://evil.test"),
        ["audience of another client"] = t => t.Claim("aud", "other-client"),
        ["event missing"] = t => t.Without("events"),
        ["event of another kind"] = t => t.ClaimJson("events", """{"http://schemas.openid.net/event/other":{}}"""),
        ["events is a string"] = t => t.Claim("events", "http://schemas.openid.net/event/backchannel-logout"),
        ["with a nonce, like an ID token"] = t => t.Claim("nonce", "x"),
        ["neither sid nor sub"] = t => t.Without("sid").Without("sub"),
        ["jti missing"] = t => t.Without("jti"),
        ["iat missing"] = t => t.Without("iat"),
        ["an hour old"] = t => t.Claim("iat", t.Number("iat") - 3_600),
        ["in the future"] = t => t.Claim("iat", t.Number("iat") + 3_600),
        ["expired"] = t => t.Claim("exp", t.Number("iat") - 400),
        ["an end that is a text"] = t => t.Claim("exp", $"{t.Number("exp")}"),
        ["a begin that is a text"] = t => t.Claim("nbf", $"{t.Number("iat")}"),
        ["an issue time that is a text"] = t => t.Claim("iat", $"{t.Number("iat")}"),
        ["not valid yet"] = t => t.Claim("nbf", t.Number("iat") + 3_600),
        ["no end"] = t => t.Without("exp"),
        ["sid twice"] = t => t.ClaimAgain("sid", "other"),
        ["crit"] = t => t.Header("crit", new[] { "x" }),
    };

    public static TheoryData<string> Wrong => [.. _wrong.Keys];

    [Fact]
    public async Task a_logout_token_ends_the_session_it_names_and_works_once()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var token = LogoutToken(network).ToString();

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(network, token)).Status);

        Assert.Equal(440, (int)(await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);
        Assert.Contains(network.Audit.Lines, line => line["event.action"] == "session-revoked");
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(network, token)).Status); // RFC 8417: jti is unique
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task a_logout_token_that_is_not_right_ends_nothing(string token)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var draft = LogoutToken(network);
        _wrong[token](draft);

        var answer = await PostAsync(network, draft.ToString());

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/owa/")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.b.c")]
    [InlineData("e30.W10.x")]
    [InlineData("e30.eyJcdWQ4MDAiOjF9.x")] // {"\ud800":1}
    [InlineData("e30.eyJpc3MiOiJcdWQ4MDAifQ.x")] // {"iss":"\ud800"}
    public async Task junk_ends_nothing(string token)
    {
        await using var network = await SimulatedNetwork.StartAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(network, token)).Status);
        Assert.DoesNotContain("Error ", network.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_ID_token_is_no_logout_token()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        string? idToken = null;
        network.Provider.TokenAnswer = answer => idToken = answer["id_token"]!.GetValue<string>();
        var alice = await network.SignedInBrowserAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(network, idToken!)).Status);
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/owa/")).Status);
    }

    [Fact]
    public async Task a_logout_token_of_one_provider_ends_nothing_of_another()
    {
        await using var network = await SimulatedNetwork.StartAsync(NetworkSetup.With(Dialect.Oidc, Dialect.Adfs));
        var alice = await network.SignedInBrowserAsync();
        var foreign = LogoutToken(network).Claim("iss", Dialects.Issuer(Dialect.Adfs)); // both have the same keys and the same sid here

        await PostAsync(network, foreign.ToString());

        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/owa/")).Status);
    }

    [Fact]
    public async Task the_subject_alone_ends_every_session_of_that_person()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var first = await network.SignedInBrowserAsync();
        var second = await network.SignedInBrowserAsync();
        network.Provider.Person = Person.Admin;
        var other = await network.SignedInBrowserAsync();
        network.Provider.Person = Person.Alice;

        await PostAsync(network, LogoutToken(network).Without("sid").ToString());

        foreach (var browser in new[] { first, second })
        {
            Assert.Equal(440, (int)(await browser.FetchAsync(HttpMethod.Post, "/owa/service.svc")).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/owa/")).Status);
    }

    [Theory]
    [InlineData("?sid=sid-alice@contoso.com&iss=https://login.contoso.test", 440)]
    [InlineData("?sid=sid-alice@contoso.com", 440)]
    [InlineData("?sid=sid-alice@contoso.com&iss=https://evil.test", 200)]
    [InlineData("?sid=guessed&iss=https://login.contoso.test", 200)]
    [InlineData("?iss=https://login.contoso.test", 200)]
    [InlineData("", 200)]
    public async Task a_front_channel_logout_ends_the_session_it_names_without_any_cookie(string query, int afterwards)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        var answer = await network.NewBrowser().GetAsync($"/.gateway/frontchannel-logout{query}", "https://login.contoso.test");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Equal(afterwards, (int)(await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);
    }

    private static TokenDraft LogoutToken(SimulatedNetwork network)
    {
        var now = network.Time.GetUtcNow().ToUnixTimeSeconds();
        return new TokenDraft(SigningKey.First).Header("typ", "logout+jwt")
            .Claim("iss", network.Provider.Issuer).Claim("aud", NetworkSetup.ClientId).Claim("iat", now).Claim("exp", now + 120).Claim("jti", Guid.NewGuid().ToString())
            .Claim("sid", Sid).Claim("sub", network.Provider.Person.Sub).ClaimJson("events", Event);
    }

    private static async Task<Page> PostAsync(SimulatedNetwork network, string token)
    {
        using var client = new Browser(network) { Metadata = false };
        return await client.PostAsync("/.gateway/backchannel-logout", "https://login.contoso.test", new() { ["logout_token"] = token });
    }
}
