using System.Net;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn.Mutations;

/// <summary>One sign-in of a person who, or whose provider, or whose enemy, does one to three things differently; and what came of it.</summary>
internal sealed class MutatedSignIn
{
    private const string Host = "login.contoso.test";

    private readonly SimulatedNetwork _network;
    private readonly HashSet<string> _nonces = [];
    private readonly List<string> _tokens = [];
    private readonly Browser _browser;

    public MutatedSignIn(SimulatedNetwork network, Random random)
    {
        (_network, Random) = (network, random);
        _browser = network.NewBrowser();
        var person = random.Next(2) == 0 ? Person.Alice : Person.Admin;
        network.Provider.Person = random.Next(3) == 0 ? person : person with { OneFactorOnly = true };
        network.Provider.EditedByUser = request =>
        {
            _nonces.Add(request["nonce"]);
            foreach (var change in Requests) change(request);
        };
        network.Provider.IdToken = token =>
        {
            foreach (var change in Tokens) change(token);
        };
        network.Provider.TokenAnswer = answer =>
        {
            foreach (var change in Answers) change(answer);
            if (answer["id_token"] is JsonValue value && value.TryGetValue(out string? raw)) _tokens.Add(raw);
        };
    }

    public Random Random { get; }

    public Browser Browser => _browser;

    public SimulatedNetwork Network => _network;

    /// <summary>What was done differently.</summary>
    public List<string> Names { get; } = [];

    /// <summary>What the person changes in the address on the way to the provider.</summary>
    public List<Action<Dictionary<string, string>>> Requests { get; } = [];

    /// <summary>What is different in the token before it is signed.</summary>
    public List<Action<TokenDraft>> Tokens { get; } = [];

    /// <summary>What is different in the token endpoint's answer.</summary>
    public List<Action<JsonObject>> Answers { get; } = [];

    /// <summary>What is different in the form that the browser posts back.</summary>
    public List<Func<Dictionary<string, string>, Task>> Forms { get; } = [];

    /// <summary>What is different in the browser's cookies at that time.</summary>
    public List<Action<CookieJar>> Cookies { get; } = [];

    /// <summary>Where the form goes instead; null for where it belongs.</summary>
    public string? Callback { get; set; }

    /// <summary>How often it is posted.</summary>
    public int Posts { get; set; } = 1;

    /// <summary>The state or the login cookie is not this browser's: whatever the token proves, this sign-in must end with nothing.</summary>
    public bool IsNotThisBrowsers { get; set; }

    /// <returns>Whether a session came about.</returns>
    public async Task<bool> RunAsync()
    {
        var before = _network.Exchange.Requests.Count;
        var page = await _browser.FollowToAsync(await _browser.GetAsync("/owa/"), Host);
        var form = page.Fields;
        foreach (var change in Forms) await change(form);
        foreach (var change in Cookies) change(_browser.Cookies);
        for (var n = 0; n < Posts; n++)
        {
            var answer = await _browser.PostAsync(Callback ?? page.FormAction, $"https://{Host}", form);
            if (n == Posts - 1) await _browser.FollowAsync(answer);
        }

        var session = await _browser.FetchAsync(HttpMethod.Get, "/.gateway/session");
        var forwarded = _network.Exchange.Requests.Count - before;
        if (session.Status != HttpStatusCode.OK)
        {
            Expect(forwarded == 0, "nobody reached Exchange without a session");
            return false;
        }

        Judge(System.Text.Json.JsonElement.Parse(session.Body), forwarded);
        return true;
    }

    private void Judge(System.Text.Json.JsonElement session, int forwarded)
    {
        var now = _network.Time.GetUtcNow().ToUnixTimeSeconds();
        var proofs = _tokens.Select(raw => ProvenSignIn.Of(raw, _nonces, now)).OfType<ProvenSignIn>().ToList();
        var mfa = session.GetProperty("mfa").GetBoolean();
        Expect(!IsNotThisBrowsers, "what belongs to another browser opens no session");
        Expect(proofs.Exists(proof => proof.Users.Contains(session.GetProperty("user").GetString()!) && (proof.Mfa || !mfa)), $"a session shows what a token of this sign-in proves, but not {session}");
        Expect(mfa || !session.GetProperty("methods").EnumerateArray().Any(method => method.GetString() is "mfa"), "no method says more");
        Expect(forwarded == 0 || mfa, "only proven MFA reaches Exchange");
    }

    private void Expect(bool kept, string promise) => Assert.True(kept, $"{promise}: {string.Join(" + ", Names)}; {string.Join(' ', _tokens)}");
}
