using System.Net;
using System.Text.Json;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>The two ways a sign-in may end, each checked from every side.</summary>
internal static class Outcomes
{
    /// <summary>The person got the page asked for, and a session stands behind it.</summary>
    public static async Task<JsonElement> ExpectAcceptedAsync(this SimulatedNetwork network, Browser browser, string path = "/owa/")
    {
        var page = await browser.OpenAsync(path);

        Assert.True(page.Status == HttpStatusCode.OK, $"{page}\n{network.Log.Text}");
        Assert.NotNull(browser.Cookies.Find("__Host-mfagw"));
        Assert.Equal(path, network.Exchange.Last.Target);
        Assert.Contains(network.Audit.Lines, line => line["event.action"] == "sign-in" && line["event.outcome"] == "success");
        return await SessionOf(browser);
    }

    /// <summary>The person got a page with a reference that finds the audit line, no session came about, nothing was forwarded, nobody was sent round twice.</summary>
    public static async Task ExpectRefusedAsync(this SimulatedNetwork network, Browser browser, HttpStatusCode status, string reason)
    {
        network.ExpectRefusal(await browser.OpenAsync("/owa/"), status, reason);
        await network.ExpectNobodySignedInAsync(browser);
        Assert.Single(network.Provider.AuthorizationRequests);
    }

    public static void ExpectRefusal(this SimulatedNetwork network, Page page, HttpStatusCode status, string reason)
    {
        Assert.True(page.Status == status, $"{page}\n{network.Log.Text}");
        Assert.Equal(reason, network.Audit.Of(page.Reference)["gateway.reason"]);
        Assert.Equal("no-store", page.Header("Cache-Control"));
        Assert.DoesNotContain("Exception", page.Body, StringComparison.Ordinal);
        Assert.DoesNotMatch("IDX[0-9]{5}", page.Body); // how messages of the token library begin
        Assert.DoesNotContain(NetworkSetup.ClientSecret, network.Log.Text, StringComparison.Ordinal);
    }

    public static async Task ExpectNobodySignedInAsync(this SimulatedNetwork network, Browser browser)
    {
        Assert.Null(browser.Cookies.Find("__Host-mfagw"));
        Assert.Empty(network.Exchange.Requests);
        Assert.DoesNotContain(network.Audit.Lines, line => line["event.action"] == "sign-in" && line["event.outcome"] == "success");
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.FetchAsync(HttpMethod.Get, "/.gateway/session")).Status);
    }

    public static async Task<JsonElement> SessionOf(Browser browser) => JsonElement.Parse((await browser.FetchAsync(HttpMethod.Get, "/.gateway/session")).Body);
}
