using System.Text.RegularExpressions;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn;

/// <summary>A sign-in ends on our own origin, whatever the target was said to be.</summary>
public sealed partial class ReturnTargetTests
{
    [Fact]
    public void there_are_at_least_800_payloads() => Assert.InRange(RedirectPayloads.All.Count, 800, 5_000);

    [Fact]
    public async Task no_return_target_leads_a_finished_sign_in_away_from_our_origin()
    {
        await using var network = await SimulatedNetwork.StartAsync(Unlimited());
        var browser = network.NewBrowser();
        var away = new List<string>();

        foreach (var payload in RedirectPayloads.All)
        {
            var start = await browser.GetAsync($"/.gateway/signin?return={Escape(payload)}&fragment={Escape(payload)}&go=1");
            if (start.Status == System.Net.HttpStatusCode.BadRequest) continue; // a zero byte in the query is refused at once
            var atProvider = await browser.FollowToAsync(start, "login.contoso.test");
            var end = await browser.PostAsync(atProvider.FormAction, Dialects.Issuer(Dialect.Oidc), atProvider.Fields);
            if (end.Location is not { } location || !OwnPath().IsMatch(location)) away.Add($"{payload} led to {end.Location} ({end.Status})");
        }

        Assert.Empty(away);
    }

    [Fact]
    public async Task no_path_that_is_asked_for_leads_away_from_our_origin_or_into_the_provider_s_hands()
    {
        await using var network = await SimulatedNetwork.StartAsync(Unlimited());
        var away = new List<string>();

        foreach (var payload in RedirectPayloads.All)
        {
            var target = payload.Replace("\r", "%0d", StringComparison.Ordinal).Replace("\n", "%0a", StringComparison.Ordinal); // the line ends there
            var answer = await RawConnection.GetAsync(network, target.Replace(" ", "%20", StringComparison.Ordinal));
            var fine = answer.Status is 400 or 404 or 405 || (answer.Status == 200 && payload.StartsWith("/.gateway/", StringComparison.Ordinal)) // our own page
                || (answer.Location is { } location && (OwnPath().IsMatch(location) || location.StartsWith("https://login.contoso.test/authorize?", StringComparison.Ordinal)));
            if (!fine) away.Add($"{payload} led to {answer.Location} ({answer.Status})");
        }

        Assert.Empty(away);
    }

    [Theory]
    [InlineData("/owa/?a=b&c=%2F%2f&d=e+f", "", "/owa/?a=b&c=%2F%2f&d=e+f")]
    [InlineData("/ecp/?rfr=owa", "#p=x", "/ecp/?rfr=owa#p=x")]
    [InlineData("/owa/", "#path=/mail/AAMk=", "/owa/#path=/mail/AAMk=")]
    [InlineData("/owa/a%20b.aspx", "", "/owa/a%20b.aspx")]
    [InlineData("/owa/", "#<script>", "/owa/")]
    public async Task a_target_of_our_own_is_restored_exactly(string target, string fragment, string expected)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = network.NewBrowser();

        var start = await browser.GetAsync($"/.gateway/signin?return={Escape(target)}&fragment={Escape(fragment)}&go=1");
        var atProvider = await browser.FollowToAsync(start, "login.contoso.test");
        var end = await browser.PostAsync(atProvider.FormAction, Dialects.Issuer(Dialect.Oidc), atProvider.Fields);

        Assert.Equal(expected, end.Location);
    }

    private static NetworkSetup Unlimited() => new()
    {
        Configuration = gateway =>
        {
            gateway["Limits"] = new System.Text.Json.Nodes.JsonObject { ["SignInsPerMinute"] = 100_000 };
            gateway["Audit"]!["Sinks"]![0]!["Required"] = false; // thousands of lines need not reach the disk one by one
        },
    };

    /// <summary>Like a browser's form: half a surrogate becomes U+FFFD.</summary>
    private static string Escape(string text) => Uri.EscapeDataString(text);

    /// <summary>A path of the same origin for every reader: one slash, then neither a slash nor, before the query, a backslash; nothing but printable ASCII.</summary>
    [GeneratedRegex(@"\A/(?![/\\])[\x21-\x7e-[\\?#]]*([?#][\x21-\x7e]*)?\z")]
    private static partial Regex OwnPath();
}
