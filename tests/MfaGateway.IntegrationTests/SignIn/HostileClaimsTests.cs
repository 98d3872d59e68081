using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn;

/// <summary>Claim values that a provider signs and that are still not what they should be.</summary>
public sealed class HostileClaimsTests
{
    private static readonly Dictionary<string, Action<TokenDraft>> _noProof = new()
    {
        ["amr missing"] = t => t.Without("amr"),
        ["amr is a string"] = t => t.Claim("amr", "mfa"),
        ["amr is a string of several words"] = t => t.Claim("amr", "pwd mfa"),
        ["amr is a number"] = t => t.Claim("amr", 1),
        ["amr is true"] = t => t.Claim("amr", true),
        ["amr is null"] = t => t.Claim("amr", null),
        ["amr is an object"] = t => t.ClaimJson("amr", """{"mfa":"mfa"}"""),
        ["amr is an empty array"] = t => t.Claim("amr", Array.Empty<string>()),
        ["amr is a mixed array"] = t => t.ClaimJson("amr", """["mfa",1]"""),
        ["amr is an array with null"] = t => t.ClaimJson("amr", """["mfa",null]"""),
        ["amr is an array of arrays"] = t => t.ClaimJson("amr", """[["mfa"]]"""),
        ["amr is an array of objects"] = t => t.ClaimJson("amr", """[{"mfa":true}]"""),
        ["amr in capitals"] = t => t.Claim("amr", new[] { "MFA" }),
        ["amr with a space"] = t => t.Claim("amr", new[] { "mfa " }),
        ["amr with a look-alike letter"] = t => t.Claim("amr", new[] { "mf\u0430" }),
        ["amr with a zero byte"] = t => t.Claim("amr", new[] { "mfa\0" }),
        ["amr under another name"] = t => t.Without("amr").Claim("AMR", new[] { "mfa" }).Claim("amr ", new[] { "mfa" }),
        ["amr inside another claim"] = t => t.Without("amr").ClaimJson("claims", """{"amr":["mfa"]}"""),
        ["acr is an array"] = t => t.Without("amr").Claim("acr", new[] { "loa-4" }),
        ["acr is a number"] = t => t.Without("amr").Claim("acr", 4),
        ["acr is an object"] = t => t.Without("amr").ClaimJson("acr", """{"value":"loa-4"}"""),
        ["acr of another level"] = t => t.Without("amr").Claim("acr", "loa-40"),
    };

    private static readonly Dictionary<string, Action<TokenDraft>> _harmless = new()
    {
        ["2,000 groups"] = t => t.Claim("groups", Enumerable.Range(0, 2_000).Select(n => $"S-1-5-21-1004336348-1177238915-682003330-{n}").Append("Staff")),
        ["1,000 authentication methods"] = t => t.Claim("amr", Enumerable.Range(0, 1_000).Select(n => $"m{n}").Prepend("mfa")),
        ["a claim of 100,000 characters"] = t => t.Claim("biography", new string('a', 100_000)),
        ["500 claims"] = t => { for (var n = 0; n < 500; n++) t.Claim($"claim{n}", new string('v', 500)); },
        ["names that mean something to scripts"] = t => t.Claim("__proto__", "x").Claim("constructor", new[] { "y" }),
        ["objects nested sixty deep"] = t => t.ClaimJson("deep", string.Concat(Enumerable.Repeat("""{"a":""", 50)) + "1" + new string('}', 50)),
        ["text of every script"] = t => t.Claim("name", "\u202e\u0645\u0631\u062d\u0628\u0627 \ud83d\ude00 <b>\u4f60\u597d</b>"),
        ["control characters in a claim nobody reads"] = t => t.Claim("name", "a\r\nSet-Cookie: b=c\0"),
        ["numbers and booleans"] = t => t.Claim("age", 42).Claim("member", true).ClaimJson("size", "1e400").Claim("nothing", null),
        ["proof by acr"] = t => t.Without("amr").Claim("acr", "loa-4"),
        ["proof in a long array"] = t => t.Claim("amr", new[] { "pwd", "otp" }),
    };

    private static readonly Dictionary<string, Action<TokenDraft>> _nobody = new()
    {
        ["new line in the name"] = t => t.Claim("sub", "alice\r\nadmin"),
        ["zero byte in the name"] = t => t.Claim("sub", "alice\0"),
        ["a mark that turns the name round"] = t => t.Claim("sub", "nimda\u202e"),
        ["an isolate in the name"] = t => t.Claim("sub", "\u2066alice"),
        ["a line separator in the name"] = t => t.Claim("sub", "alice\u2028admin"),
        ["name of 2,000 characters"] = t => t.Claim("sub", new string('a', 2_000)),
        ["claims twice"] = t => t.ClaimAgain("groups", new[] { "Exchange Admins" }),
        ["amr twice"] = t => t.ClaimAgain("amr", new[] { "mfa" }),
        ["half a surrogate in a claim name"] = t => t.ClaimJson("amr", "[\"\\ud800\"]"),
    };

    public static TheoryData<string> NoProof => [.. _noProof.Keys];

    public static TheoryData<string> Harmless => [.. _harmless.Keys];

    public static TheoryData<string> Nobody => [.. _nobody.Keys];

    [Theory]
    [MemberData(nameof(NoProof))]
    public async Task what_is_not_exactly_the_configured_evidence_proves_no_second_factor(string claims)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.IdToken = t => _noProof[claims](t);
        var browser = network.NewBrowser();

        var page = await browser.OpenAsync("/owa/");

        network.ExpectRefusal(page, HttpStatusCode.Forbidden, "factor-not-delivered");
        Assert.False((await Outcomes.SessionOf(browser)).GetProperty("mfa").GetBoolean());
        Assert.Empty(network.Exchange.Requests);
        Assert.InRange(network.Provider.AuthorizationRequests.Count, 1, 2); // the sign-in and at most one step-up
    }

    [Theory]
    [MemberData(nameof(Harmless))]
    public async Task a_token_with_strange_but_valid_claims_signs_in_and_later_requests_work(string claims)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.IdToken = t => _harmless[claims](t);
        var browser = network.NewBrowser();

        var session = await network.ExpectAcceptedAsync(browser);

        Assert.Equal("alice@contoso.com", session.GetProperty("user").GetString());
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/owa/")).Status);
        Assert.InRange(browser.Cookies.Find("__Host-mfagw")!.Value.Length, 1, 100);
    }

    [Theory]
    [MemberData(nameof(Nobody))]
    public async Task a_token_that_can_be_read_in_two_ways_signs_nobody_in(string claims)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.IdToken = t => _nobody[claims](t);

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");
    }

    [Fact]
    public async Task a_user_name_with_a_new_line_is_no_name_and_forges_no_audit_line()
    {
        await using var network = await SimulatedNetwork.StartAsync(NetworkSetup.With(Dialect.Adfs));
        network.Provider.IdToken = t => t.Claim("upn", "alice@contoso.com\n{\"event.action\":\"sign-in\"}");

        var session = await network.ExpectAcceptedAsync(network.NewBrowser());

        Assert.Equal("sub-of-alice@contoso.com", session.GetProperty("user").GetString());
        Assert.All(network.Audit.Lines, line => Assert.NotNull(line["event.id"]));
    }
}
