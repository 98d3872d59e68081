using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Requests;

public sealed class BrandingTests
{
    [Fact]
    public async Task a_logo_that_is_gone_costs_the_logo_and_not_the_page()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Options = options => options.Branding.LogoPath = "gone.png" });

        var page = await network.NewBrowser().GetAsync("/nothing");

        network.ExpectRefusal(page, HttpStatusCode.NotFound, "not-published");
        Assert.DoesNotContain("<img", page.Body, StringComparison.Ordinal);
    }
}
