using System.Net;
using System.Text.Json;
using MfaGateway.Lab.Estate;
using MfaGateway.Lab.IdentityProvider;
using Microsoft.Extensions.Logging;

namespace MfaGateway.IntegrationTests.Lab;

public sealed class LabEstateTests : IDisposable
{
    private readonly LabFolder _folder = new();

    [Theory]
    [InlineData("adfs", "/adfs")]
    [InlineData("entra", $"/{EntraDialect.TenantId}/v2.0")]
    public async Task the_whole_estate_starts_and_tells_where_it_is(string provider, string issuerPath)
    {
        var ports = LabPorts.FindFree(2);

        await using var estate = await StartAsync(ports, provider);

        var line = ReadyLine.For(estate).ToString();
        var json = JsonDocument.Parse(line).RootElement;
        Assert.DoesNotContain('\n', line);
        Assert.Equal(
            ["gateway", "identityProvider", "management", "exchange", "caCertificate", "auditFile", "users"],
            json.EnumerateObject().Select(member => member.Name));
        Assert.Equal($"https://localhost:{ports.Port}", json.GetProperty("gateway").GetString());
        Assert.Equal($"https://127.0.0.1:{ports.Port + 1}{issuerPath}", json.GetProperty("identityProvider").GetString());
        Assert.Equal($"http://127.0.0.1:{ports.Port + 2}", json.GetProperty("management").GetString());
        Assert.Equal([$"https://127.0.0.1:{ports.Port + 10}", $"https://127.0.0.1:{ports.Port + 11}"], json.GetProperty("exchange").EnumerateArray().Select(server => server.GetString()));
        Assert.Equal(["upn", "password", "totpSecret", "groups"], json.GetProperty("users")[1].EnumerateObject().Select(member => member.Name));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("users")[1].GetProperty("totpSecret").ValueKind);
        Assert.True(File.Exists(json.GetProperty("caCertificate").GetString()));
    }

    [Fact]
    public async Task a_stopped_lab_leaves_its_ports_and_files_free()
    {
        var ports = LabPorts.FindFree(1);
        await using (var first = await StartAsync(ports, "adfs")) await first.DisposeAsync();

        Assert.Empty(ports.Taken());
        await using var second = await StartAsync(ports, "adfs");
        Assert.Equal(3, second.Users.All.Count);
    }

    [Fact]
    public async Task a_hanging_request_does_not_hold_the_lab_up()
    {
        var ports = LabPorts.FindFree(1);
        var estate = await StartAsync(ports, "adfs");
        using var handler = Readiness.Trusting(estate.CaCertificate);
        using var http = new HttpClient(handler) { BaseAddress = ports.Exchange[0] };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/owa/ev.owa2?UA=0&X-OWA-CANARY=1");
        request.Headers.Add("Cookie", "X-OWA-CANARY=1");
        using var hanging = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var started = TimeProvider.System.GetTimestamp();

        await estate.DisposeAsync();

        Assert.Equal(HttpStatusCode.OK, hanging.StatusCode);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task the_words_on_the_terminal_name_everything_a_user_needs()
    {
        await using var estate = await StartAsync(LabPorts.FindFree(1), "adfs");
        var alice = estate.Users.All[0];

        var text = new Welcome(estate, new TotpVerifier(TimeProvider.System)).Text();

        foreach (var word in (string[])
            [$"{estate.Ports.Gateway}owa/", alice.Upn, alice.Password, alice.OtpAuthLink!, estate.CaCertificate, estate.State.Path, estate.State.AuditFile, "Ctrl+C"])
            Assert.Contains(word, text, StringComparison.Ordinal);
        Assert.StartsWith("<svg", await File.ReadAllTextAsync(_folder.In("alice@contoso.test.svg"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private Task<LabEstate> StartAsync(LabPorts ports, string provider) => LabEstate.StartAsync(
        new LabOptions { Port = ports.Port, Servers = ports.Servers, Provider = provider, State = _folder.Path },
        logging => logging.ClearProviders(),
        TestContext.Current.CancellationToken);
}
