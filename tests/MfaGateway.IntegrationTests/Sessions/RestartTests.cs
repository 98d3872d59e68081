using System.Net;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Sessions;

/// <summary>With the SQLite store a restart goes unnoticed, and changed files take effect without one.</summary>
public sealed class RestartTests
{
    private static NetworkSetup Sqlite => new() { Configuration = gateway => gateway["Sessions"]!["Store"] = "Sqlite" };

    [Fact]
    public async Task a_restart_signs_nobody_out()
    {
        await using var network = await SimulatedNetwork.StartAsync(Sqlite);
        var alice = await network.SignedInBrowserAsync();
        var asked = network.Provider.AuthorizationRequests.Count;

        await network.RestartAsync();

        Assert.Equal(HttpStatusCode.OK, (await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);
        Assert.Equal(asked, network.Provider.AuthorizationRequests.Count);
        Assert.True((await Outcomes.SessionOf(alice)).GetProperty("mfa").GetBoolean());
    }

    [Fact]
    public async Task a_restart_in_the_middle_of_a_sign_in_is_not_noticed()
    {
        await using var network = await SimulatedNetwork.StartAsync(Sqlite);
        var browser = network.NewBrowser();
        var atProvider = await browser.FollowToAsync(await browser.GetAsync("/owa/?a=b"), "login.contoso.test");

        await network.RestartAsync();

        Assert.Equal(HttpStatusCode.OK, (await browser.FollowAsync(atProvider)).Status);
    }

    [Fact]
    public async Task a_session_that_was_ended_is_still_ended_after_a_restart()
    {
        await using var network = await SimulatedNetwork.StartAsync(Sqlite);
        var alice = await network.SignedInBrowserAsync();
        var cookie = alice.Cookies.Find("__Host-mfagw")!;
        await alice.GetAsync("/.gateway/signout");
        alice.Cookies.Add(cookie);

        await network.RestartAsync();

        Assert.Equal(440, (int)(await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);
    }

    [Fact]
    public async Task a_restart_does_not_prolong_a_session()
    {
        await using var network = await SimulatedNetwork.StartAsync(Sqlite);
        var alice = await network.SignedInBrowserAsync();
        network.Time.Advance(TimeSpan.FromMinutes(29));

        await network.RestartAsync();
        network.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(440, (int)(await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);
    }

    [Fact]
    public async Task the_session_file_holds_no_handle_no_name_and_no_token()
    {
        await using var network = await SimulatedNetwork.StartAsync(Sqlite);
        var alice = await network.SignedInBrowserAsync();
        var folder = Path.Combine(Path.GetDirectoryName(network.ConfigurationFile)!, "data");

        var bytes = Directory.GetFiles(folder, "sessions.db*").Select(ReadShared).SelectMany(b => b).ToArray();

        Assert.True(bytes.Length > 0);
        foreach (var secret in new[] { alice.Cookies.Find("__Host-mfagw")!.Value, "alice@contoso.com", "eyJ", "sub-of-alice" })
        {
            Assert.Equal(-1, bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret)));
        }
    }

    [Fact]
    public async Task a_changed_policy_takes_effect_and_a_bad_one_leaves_the_old_one_in_force()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        await ChangeAsync(network, network.PolicyFile, "{ this is no policy", "Changed files were refused");
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/owa/")).Status);
        Assert.Contains(network.Audit.Lines, line => line["event.action"] == "config-reload" && line["event.outcome"] == "failure");

        await ChangeAsync(
            network, network.PolicyFile, """{ "version": 1, "rules": [ { "id": "nobody", "effect": "forbid" }, { "id": "p", "effect": "permit" } ] }""", "were read again");
        var page = await alice.GetAsync("/owa/");
        Assert.Equal(HttpStatusCode.Forbidden, page.Status);
        Assert.Contains("nobody", network.Audit.Of(page.Reference)["gateway.rules"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_changed_configuration_takes_effect_and_a_bad_one_leaves_the_old_one_in_force()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var json = JsonNode.Parse(await File.ReadAllTextAsync(network.ConfigurationFile, TestContext.Current.CancellationToken))!;

        json["Gateway"]!["Sessions"]!["IdleTimeout"] = "not a time";
        await ChangeAsync(network, network.ConfigurationFile, json.ToJsonString(), "Changed files were refused");
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/owa/")).Status);

        json["Gateway"]!["Sessions"]!["IdleTimeout"] = "00:02:00";
        json["Gateway"]!["Providers"]!["oidc"]!["StepUp"]!["acr_values"] = "loa-5";
        await ChangeAsync(network, network.ConfigurationFile, json.ToJsonString(), "were read again");
        network.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(440, (int)(await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);
        await network.NewBrowser().OpenAsync("/owa/");
        Assert.Equal("loa-5", network.Provider.LastRequest["acr_values"]);
    }

    private static async Task ChangeAsync(SimulatedNetwork network, string file, string text, string logged)
    {
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        network.Time.Advance(TimeSpan.FromSeconds(3));
        await network.Log.WaitForAsync(logged);
        network.Time.Advance(TimeSpan.FromSeconds(3)); // the line after the log entry is the audit line: the next look comes after it
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
