using System.CommandLine;
using System.Net;
using MfaGateway.Host.Commands;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn;

/// <summary>
/// Wherever a claim of a token is shown to somebody (pages, headers, log, audit trail, the caller's own session, the list of sessions on a terminal), what a provider wrote there is text: it
/// makes no markup, no header, no line and no order of letters, and not a flood.
/// </summary>
public sealed class ClaimsOnDisplayTests
{
    private const string Forged = "2026-01-01 [INF] Session forged begins";

    private static readonly Dictionary<string, string> _values = new()
    {
        ["a script"] = "</title></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&",
        ["lines"] = $"x\r\n{Forged}\n{{\"event.action\":\"forged\"}}\r\nSet-Cookie: forged=1\r\n\r\n<h1>forged</h1>",
        ["other ends of lines"] = $"x\u0085{Forged}\u2028{Forged}\u2029{Forged}\v{Forged}\f{Forged}",
        ["NUL and colours of a terminal"] = "x\0y\u001b[31m\u001b]0;forged\a\u009b2J\b\u007f",
        ["turned round"] = "\u202enimda\u202c \u2066x\u2069 \u200f\u200e\u061c",
        ["100 KB"] = "forged" + new string('z', 100_000),
    };

    public static TheoryData<string> Values => [.. _values.Keys];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Values))]
    public async Task a_claim_is_shown_as_text_wherever_it_is_shown(string kind)
    {
        var hostile = _values[kind];
        await using var network = await SimulatedNetwork.StartAsync(Setup());
        network.Provider.IdToken = token => token.Claim("groups", new[] { hostile, "Staff" }).Claim("amr", new[] { hostile, "mfa" })
            .Claim("name", hostile).Claim("upn", hostile).Claim("sid", hostile);
        var alice = await network.SignedInBrowserAsync();

        var pages = new[] { await alice.GetAsync("/owa/"), await alice.GetAsync("/ecp/"), await alice.GetAsync("/not-there"), await alice.GetAsync("/.gateway/signout", "https://elsewhere.test") };
        var mine = await alice.FetchAsync(HttpMethod.Get, "/.gateway/session");
        var list = await SessionsAsync(network, "list");
        var shown = await SessionsAsync(network, "show", list.Split('\n')[1].Split(' ')[0][..8]);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.NotFound], pages.Take(3).Select(page => page.Status));
        Assert.All(pages.Append(mine), page => Assert.DoesNotContain("forged", page.Response.Headers.ToString(), StringComparison.Ordinal));
        Assert.All(pages, page => Assert.DoesNotContain(hostile, page.Body, StringComparison.Ordinal));
        Assert.All(pages, page => Assert.DoesNotContain("alert(1)", page.Body, StringComparison.Ordinal));
        Assert.DoesNotContain(network.Exchange.Requests, request => request.Headers.Any(header => header.Value.Any(value => value.Contains("forged", StringComparison.Ordinal))));
        Assert.Equal("application/json", mine.Response.Content.Headers.ContentType!.MediaType);
        Assert.DoesNotContain('<', mine.Body);
        ExpectText(mine.Body, lines: 1);
        ExpectText(network.Log.Text, lines: int.MaxValue);
        Assert.DoesNotContain($"\n{Forged}", network.Log.Text, StringComparison.Ordinal);
        ExpectText(network.Audit.Text, lines: int.MaxValue);
        Assert.All(network.Audit.Text, character => Assert.InRange(character, '\n', '~')); // any program reads it alike
        Assert.DoesNotContain(network.Audit.Lines, line => line["event.action"] == "forged" || line["event.id"] is null);
        ExpectText(list, lines: 4);
        ExpectText(shown, lines: 30);
    }

    [Theory]
    [MemberData(nameof(Values))]
    public async Task a_name_that_is_not_plain_text_is_nobody_s(string kind)
    {
        await using var network = await SimulatedNetwork.StartAsync(Setup());
        network.Provider.IdToken = token => token.Claim("upn", _values[kind]).Without("preferred_username");
        var browser = network.NewBrowser();

        var session = await network.ExpectAcceptedAsync(browser);

        var name = session.GetProperty("user").GetString();
        Assert.True(name == "sub-of-alice@contoso.com" || kind == "a script", name); // a script is a name that no page shows
    }

    private static NetworkSetup Setup() => new() { Configuration = gateway => gateway["Audit"]!["EveryRequest"] = true };

    /// <summary>Nothing that ends a line, moves on a terminal or turns letters round, and not a flood.</summary>
    private static void ExpectText(string text, int lines)
    {
        Assert.DoesNotContain(text, character => (char.IsControl(character) && character is not ('\n' or '\r' or '\t')) || "\u061c\u200e\u200f\u2028\u2029".Contains(character, StringComparison.Ordinal)
            || character is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));
        Assert.InRange(text.Length, 1, 50_000);
        Assert.InRange(text.TrimEnd().Split('\n').Length, 1, lines);
    }

    private static async Task<string> SessionsAsync(SimulatedNetwork network, params string[] arguments)
    {
        using var output = new StringWriter();
        await new RootCommand { SessionsCommand.Create() }.Parse(["sessions", .. arguments, "--management", $"http://127.0.0.1:{network.ManagementPort}"])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = output }, Cancel);
        return output.ToString();
    }
}
