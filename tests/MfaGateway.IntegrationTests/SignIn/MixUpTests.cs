using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn;

/// <summary>RFC 9207: an answer says who gave it, and a code is taken to nobody else.</summary>
public sealed class MixUpTests
{
    private const string Evil = "https://evil.test";

    [Fact]
    public async Task an_answer_that_names_another_issuer_takes_neither_code_nor_secret_anywhere()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.AuthorizationAnswer = a => a["iss"] = Evil;

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");

        ExpectNothingLeft(network);
    }

    [Fact]
    public async Task an_answer_that_names_no_issuer_is_refused_where_the_provider_announced_one()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Discovery = d => d["authorization_response_iss_parameter_supported"] = true;

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");

        ExpectNothingLeft(network);
    }

    [Fact]
    public async Task an_answer_that_names_its_issuer_is_accepted()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Discovery = d => d["authorization_response_iss_parameter_supported"] = true;
        network.Provider.AuthorizationAnswer = a => a["iss"] = network.Provider.Issuer;

        await network.ExpectAcceptedAsync(network.NewBrowser());
    }

    [Theory]
    [InlineData("https://login.contoso.test/")]
    [InlineData("https://LOGIN.contoso.test")]
    [InlineData(" https://login.contoso.test")]
    public async Task an_issuer_that_is_almost_right_is_another_issuer(string issuer)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.AuthorizationAnswer = a => a["iss"] = issuer;

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");

        ExpectNothingLeft(network);
    }

    [Fact]
    public async Task a_provider_that_sends_the_browser_on_to_another_one_of_ours_gains_no_code()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Providers = [("evil", Dialect.Oidc, Evil), NetworkSetup.Provider(Dialect.Oidc)],
        });
        network.ProviderNamed("oidc").Discovery = d => d["authorization_response_iss_parameter_supported"] = true;
        network.ProviderNamed("oidc").AuthorizationAnswer = a => a["iss"] = Dialects.Issuer(Dialect.Oidc);
        var browser = network.NewBrowser();
        var atEvil = await browser.FollowToAsync(await browser.GetAsync("/owa/"), "evil.test");
        var honest = await browser.GetAsync(atEvil.Address.AbsoluteUri.Replace(Evil, Dialects.Issuer(Dialect.Oidc), StringComparison.Ordinal), Evil);

        var page = await browser.PostAsync("/.gateway/signin-oidc/evil", Dialects.Issuer(Dialect.Oidc), honest.Fields);

        network.ExpectRefusal(page, HttpStatusCode.BadGateway, "sign-in-invalid");
        ExpectNothingLeft(network);
    }

    private static void ExpectNothingLeft(SimulatedNetwork network) =>
        Assert.DoesNotContain(network.Internet.Seen, traffic => traffic.ByGateway && traffic.Body.Length > 0);
}
