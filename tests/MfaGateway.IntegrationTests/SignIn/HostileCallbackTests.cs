using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn;

/// <summary>What strangers post to the callback and the logout door.</summary>
public sealed class HostileCallbackTests
{
    private const string Callback = "/.gateway/signin-oidc/oidc";

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task the_callback_of_no_provider_is_404(string method)
    {
        await using var network = await SimulatedNetwork.StartAsync();

        var answer = await network.NewBrowser().FetchAsync(new HttpMethod(method), "/.gateway/signin-oidc/nobody");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
    }

    [Theory]
    [InlineData("iss")]
    [InlineData("error")]
    [InlineData("error_description")]
    [InlineData("error_uri")]
    public async Task what_a_stranger_posts_forges_no_log_line_and_fills_no_log(string field)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = network.NewBrowser();
        var fields = (await browser.FollowToAsync(await browser.GetAsync("/owa/"), "login.contoso.test")).Fields; // anybody can get a state
        if (field.StartsWith("error", StringComparison.Ordinal)) fields["error"] = "server_error";
        fields[field] = "x\n[09:00:00 INF] Session forged begins\r\n" + new string('y', 100_000);

        await browser.PostAsync(Callback, "https://login.contoso.test", fields);

        Assert.DoesNotContain("\n[09:00:00 INF] Session forged", network.Log.Text, StringComparison.Ordinal);
        Assert.InRange(network.Log.Text.Length, 1, 20_000);
    }

    /// <summary>RFC 6749, 3.1: readers differ in which of two they take.</summary>
    [Theory]
    [InlineData("code")]
    [InlineData("state")]
    [InlineData("iss")]
    [InlineData("Code")]
    public async Task an_answer_that_repeats_a_parameter_takes_no_code_to_the_provider(string name)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = network.NewBrowser();
        var fields = (await browser.FollowToAsync(await browser.GetAsync("/owa/"), "login.contoso.test")).Fields;
        using var form = new FormUrlEncodedContent([.. fields, KeyValuePair.Create(name, "x"), KeyValuePair.Create(name, fields["code"])]);

        var answer = await browser.FetchAsync(HttpMethod.Post, Callback, form);

        network.ExpectRefusal(answer, HttpStatusCode.BadGateway, "sign-in-invalid");
        Assert.Empty(network.Provider.TokenRequests);
        await network.ExpectNobodySignedInAsync(browser);
    }

    [Fact]
    public async Task a_form_of_too_many_fields_is_400()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        using var form = new FormUrlEncodedContent(Enumerable.Range(0, 3_000).Select(n => KeyValuePair.Create($"f{n}", "x")));

        var answer = await network.NewBrowser().FetchAsync(HttpMethod.Post, "/.gateway/backchannel-logout", form);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.DoesNotContain("Error ", network.Log.Text, StringComparison.Ordinal);
    }
}
