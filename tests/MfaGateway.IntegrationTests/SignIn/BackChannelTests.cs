using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace MfaGateway.IntegrationTests.SignIn;

/// <summary>The connection to the provider over real sockets and TLS: what is sent there goes nowhere else.</summary>
public sealed class BackChannelTests
{
    [Fact]
    public async Task a_provider_whose_certificate_is_trusted_signs_people_in()
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var network = await StartAsync(server);

        await network.ExpectAcceptedAsync(network.NewBrowser());
    }

    [Fact]
    public async Task a_provider_whose_certificate_is_not_trusted_gets_no_request()
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var network = await StartAsync(server, trusted: false);

        network.ExpectRefusal(await network.NewBrowser().OpenAsync("/owa/"), HttpStatusCode.ServiceUnavailable, "provider-unavailable");

        Assert.Empty(server.Asked);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task a_redirect_of_the_token_endpoint_carries_neither_code_nor_secret_away(int status)
    {
        await using var evil = await LoopbackServer.StartAsync();
        await using var server = await LoopbackServer.StartAsync();
        await using var network = await StartAsync(server);
        server.Handler = context => RedirectAsync(context, "/token", status, $"{evil.Origin}/token");

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");

        Assert.Contains("/token", server.Asked);
        Assert.Empty(evil.Asked);
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/keys")]
    public async Task a_redirect_of_the_metadata_is_not_followed(string path)
    {
        await using var evil = await LoopbackServer.StartAsync();
        await using var server = await LoopbackServer.StartAsync();
        await using var network = await StartAsync(server);
        server.Handler = context => RedirectAsync(context, path, 307, evil.Origin + path);

        network.ExpectRefusal(await network.NewBrowser().OpenAsync("/owa/"), HttpStatusCode.ServiceUnavailable, "provider-unavailable");

        Assert.Empty(evil.Asked);
    }

    /// <summary>A right answer and spaces behind it: with few of them nothing but the unpacking is wrong.</summary>
    [Theory]
    [InlineData(100_000)]
    [InlineData(20_000_000)]
    public async Task an_answer_that_is_small_on_the_wire_and_huge_unpacked_is_not_unpacked(int spaces)
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var network = await StartAsync(server);
        server.Handler = async context =>
        {
            if (context.Request.Path != "/token") return false;
            using var request = new HttpRequestMessage(HttpMethod.Post, context.Request.GetEncodedUrl()) { Content = new StreamContent(context.Request.Body) };
            using var answer = await network.Provider.AnswerAsync(request, context.RequestAborted);
            context.Response.ContentType = "application/json";
            context.Response.Headers.ContentEncoding = "gzip";
            await using var zip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await answer.Content.CopyToAsync(zip, context.RequestAborted);
            await zip.WriteAsync(Encoding.ASCII.GetBytes(new string(' ', spaces)), context.RequestAborted);
            return true;
        };

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.ServiceUnavailable, "provider-unavailable");
    }

    [Fact]
    public async Task an_answer_that_trickles_ends_with_the_configured_time()
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var network = await StartAsync(server);
        server.Handler = async context =>
        {
            if (context.Request.Path != "/token") return false;
            await context.Response.WriteAsync("{", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.ServiceUnavailable, "provider-unavailable");
    }

    [Fact]
    public async Task cookies_of_the_provider_are_not_kept_from_one_sign_in_to_the_next()
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var network = await StartAsync(server);
        var received = new StringBuilder();
        server.Handler = context =>
        {
            received.Append(context.Request.Headers.Cookie.ToString());
            context.Response.Headers.SetCookie = "person=alice; path=/";
            return Task.FromResult(false);
        };

        await network.ExpectAcceptedAsync(network.NewBrowser());
        await network.ExpectAcceptedAsync(network.NewBrowser());

        Assert.Equal("", received.ToString());
    }

    private static async Task<SimulatedNetwork> StartAsync(LoopbackServer server, bool trusted = true)
    {
        var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Providers = [("oidc", Dialect.Oidc, server.Origin)],
            RealBackChannel = true,
            Tls = true, // puts the certificate's file beside the configuration
            Configuration = gateway =>
            {
                gateway["Limits"] = new JsonObject { ["ProviderTimeout"] = "00:00:02" };
                if (trusted) gateway["Providers"]!["oidc"]!["TrustedCertificates"] = "gateway.pem";
            },
        });
        server.Provider = network.Provider;
        return network;
    }

    private static Task<bool> RedirectAsync(HttpContext context, string path, int status, string location)
    {
        if (context.Request.Path != path) return Task.FromResult(false);
        context.Response.StatusCode = status;
        context.Response.Headers.Location = location;
        return Task.FromResult(true);
    }
}
