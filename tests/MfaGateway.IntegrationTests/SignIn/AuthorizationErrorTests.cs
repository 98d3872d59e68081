using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn;

/// <summary>Errors that the provider sends through the browser (RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6).</summary>
public sealed class AuthorizationErrorTests
{
    [Theory]
    [InlineData("access_denied", 403, "sign-in-denied")]
    [InlineData("login_required", 403, "sign-in-denied")]
    [InlineData("interaction_required", 403, "sign-in-denied")]
    [InlineData("consent_required", 403, "sign-in-denied")]
    [InlineData("account_selection_required", 403, "sign-in-denied")]
    [InlineData("server_error", 503, "provider-unavailable")]
    [InlineData("temporarily_unavailable", 503, "provider-unavailable")]
    [InlineData("invalid_request", 502, "sign-in-invalid")]
    [InlineData("invalid_scope", 502, "sign-in-invalid")]
    [InlineData("unauthorized_client", 502, "sign-in-invalid")]
    [InlineData("invalid_resource", 502, "sign-in-invalid")]
    [InlineData("<script>alert(1)</script>", 502, "sign-in-invalid")]
    public async Task an_error_of_the_provider_is_a_page_that_repeats_nothing_of_it(string error, int status, string reason)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.AuthorizationAnswer = a =>
        {
            a.Remove("code");
            a["error"] = error;
            a["error_description"] = "<img src=x onerror=alert(1)> state";
            a["error_uri"] = "https://evil.test/why";
        };
        var browser = network.NewBrowser();

        var page = await browser.OpenAsync("/owa/");

        network.ExpectRefusal(page, (HttpStatusCode)status, reason);
        Assert.DoesNotContain("<img src", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("alert(1)", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.test", page.Body, StringComparison.Ordinal);
        Assert.Empty(network.Provider.TokenRequests);
        await network.ExpectNobodySignedInAsync(browser);
    }

    [Fact]
    public async Task an_error_beside_a_code_is_an_error()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.AuthorizationAnswer = a => a["error"] = "server_error";

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.ServiceUnavailable, "provider-unavailable");

        Assert.Empty(network.Provider.TokenRequests);
    }

    [Fact]
    public async Task an_error_that_a_stranger_sends_says_nothing_about_the_provider()
    {
        await using var network = await SimulatedNetwork.StartAsync();

        var page = await network.NewBrowser().PostAsync("/.gateway/signin-oidc/oidc", "https://evil.test", new() { ["error"] = "access_denied", ["state"] = "x" });

        network.ExpectRefusal(page, HttpStatusCode.BadRequest, "sign-in-stale");
    }

    [Fact]
    public async Task a_refusal_during_a_step_up_leaves_the_session_as_it_was()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Person = Person.Admin;
        var browser = await network.SignedInBrowserAsync();
        network.Time.Advance(TimeSpan.FromMinutes(25));
        network.Provider.AuthorizationAnswer = a => a["error"] = "access_denied";

        var page = await browser.OpenAsync("/ecp/");

        network.ExpectRefusal(page, HttpStatusCode.Forbidden, "sign-in-denied");
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/owa/")).Status);
    }
}
