using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json;
using MfaGateway.Host.Commands;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Sessions;

/// <summary>An administrator sees and ends sessions of a running gateway.</summary>
public sealed class SessionsCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_list_names_who_is_signed_in_and_gives_away_nothing_to_sign_in_with()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        await network.SignedInBrowserAsync();
        network.Provider.Person = Person.Admin;
        await network.SignedInBrowserAsync();

        var (exit, output, error) = await RunAsync(network, "list", "--json");

        Assert.True(exit == 0, error);
        var sessions = JsonElement.Parse(output).GetProperty("sessions").EnumerateArray().ToList();
        Assert.Equal(["admin@contoso.com", "alice@contoso.com"], sessions.Select(session => session.GetProperty("user").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(sessions, session => Assert.Contains(session.GetProperty("id").GetString(), network.Audit.Lines.Select(line => line["gateway.session"])));
        Assert.DoesNotContain("eyJhbGciOi", output, StringComparison.Ordinal); // how a signed token begins
    }

    [Fact]
    public async Task people_read_a_list_in_columns_and_a_session_in_lines()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        await network.SignedInBrowserAsync();

        var (_, list, _) = await RunAsync(network, "list", "--user", "ALICE@contoso.com");
        var (_, shown, _) = await RunAsync(network, "show", list.Split('\n')[1].Split(' ')[0][..8]);

        Assert.StartsWith("session", list, StringComparison.Ordinal);
        Assert.EndsWith("1 session.\n", list.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Matches("groups +Staff", shown);
        Assert.Equal(0, (await RunAsync(network, "list", "--user", "nobody@contoso.com")).Exit);
        Assert.Equal(1, (await RunAsync(network, "show", "00000000")).Exit);
    }

    [Fact]
    public async Task ending_the_sessions_of_one_person_ends_their_requests_and_leaves_the_others_in()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Provider.Person = Person.Admin;
        var admin = await network.SignedInBrowserAsync();

        var (exit, output, _) = await RunAsync(network, "revoke", "--user", "Alice@contoso.com");

        Assert.Equal((0, "1 session ended."), (exit, output.Trim()));
        Assert.Equal(440, (int)(await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);
        Assert.Equal(HttpStatusCode.OK, (await admin.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);
        var line = Assert.Single(network.Audit.Lines, line => line["event.action"] == "session-revoked");
        Assert.Equal(("alice@contoso.com", "ended-by-administrator"), (line["user.name"], line["gateway.reason"]));
    }

    [Fact]
    public async Task sessions_older_than_some_time_are_ended_and_then_all()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var old = await network.SignedInBrowserAsync();
        network.Time.Advance(TimeSpan.FromMinutes(20));
        var young = await network.SignedInBrowserAsync();

        Assert.Equal("1 session ended.", (await RunAsync(network, "revoke", "--older-than", "00:10:00")).Output.Trim());
        Assert.Equal(440, (int)(await old.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);
        Assert.Equal(HttpStatusCode.OK, (await young.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);

        Assert.Equal("1 session ended.", (await RunAsync(network, "revoke", "--all")).Output.Trim());
        Assert.Equal(440, (int)(await young.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);
        Assert.Equal((0, "0 sessions ended."), ((await RunAsync(network, "revoke", "--all")) is var (exit, output, _) ? (exit, output.Trim()) : default));
    }

    [Theory]
    [InlineData(2, "revoke")]
    [InlineData(2, "revoke", "--all", "--user", "alice@contoso.com")]
    [InlineData(2, "revoke", "--id", "12")]
    [InlineData(1, "revoke", "--user", "nobody@contoso.com")]
    public async Task a_wish_that_is_not_clear_ends_nothing(int exit, params string[] arguments)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        Assert.Equal(exit, (await RunAsync(network, arguments)).Exit);

        Assert.Equal(HttpStatusCode.OK, (await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);
    }

    [Theory]
    [InlineData("""{"all":true,"force":true}""", "application/json", null, null, 400)]
    [InlineData("""{"all":true""", "application/json", null, null, 400)]
    [InlineData("""{}""", "application/json", null, null, 400)]
    [InlineData("""{"all":true,"user":"alice@contoso.com"}""", "application/json", null, null, 400)]
    [InlineData("""{"olderThan":"-00:00:01"}""", "application/json", null, null, 400)]
    [InlineData("""{"all":true}""", "text/plain", null, null, 400)] // what a form can send
    [InlineData("""{"all":true}""", "application/json", "https://evil.example", null, 403)] // a page of somebody else's
    [InlineData("""{"all":true}""", "application/json", null, "evil.example", 403)] // a name pointed here
    public async Task nothing_that_a_stranger_s_page_can_send_ends_a_session(string body, string type, string? origin, string? host, int status)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://127.0.0.1:{network.ManagementPort}/api/sessions/revoke"))
        {
            Content = new StringContent(body, Encoding.UTF8, type),
        };
        if (origin is not null) request.Headers.Add("Origin", origin);
        if (host is not null) request.Headers.Host = host;

        using var response = await client.SendAsync(request, Cancel);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);
    }

    [Fact]
    public async Task what_administrators_do_is_not_to_be_had_on_the_public_listener()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await alice.FetchAsync(HttpMethod.Get, "/api/sessions")).Status);
    }

    [Fact]
    public async Task a_gateway_that_does_not_run_is_said_not_to_answer()
    {
        var (exit, _, error) = await RunAsync("sessions", "list", "--management", "http://127.0.0.1:9");

        Assert.Equal(3, exit);
        Assert.StartsWith("The gateway at http://127.0.0.1:9/ does not answer", error, StringComparison.Ordinal);
    }

    private static Task<(int Exit, string Output, string Error)> RunAsync(SimulatedNetwork network, params string[] arguments) =>
        RunAsync(["sessions", .. arguments, "--management", $"http://127.0.0.1:{network.ManagementPort}"]);

    private static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var parsed = new RootCommand { SessionsCommand.Create() }.Parse(arguments);
        var exit = parsed.Errors.Count > 0 ? CommandLine.WrongUsage : await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, Cancel);
        return (exit, output.ToString(), error.ToString());
    }
}
