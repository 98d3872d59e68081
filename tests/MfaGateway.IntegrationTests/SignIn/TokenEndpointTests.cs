using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn;

public sealed class TokenEndpointTests
{
    private static readonly Dictionary<string, (Func<HttpResponseMessage> Answer, HttpStatusCode Status, string Reason)> _answers = new()
    {
        ["invalid_grant"] = (() => Error("invalid_grant", HttpStatusCode.BadRequest), HttpStatusCode.BadRequest, "sign-in-stale"),
        ["invalid_client"] = (() => Error("invalid_client", HttpStatusCode.Unauthorized), HttpStatusCode.BadGateway, "sign-in-invalid"),
        ["an error that nobody knows"] = (() => Error("x<script>", HttpStatusCode.BadRequest), HttpStatusCode.BadGateway, "sign-in-invalid"),
        ["temporarily_unavailable"] = (() => Error("temporarily_unavailable", HttpStatusCode.BadRequest), HttpStatusCode.ServiceUnavailable, "provider-unavailable"),
        ["an error with status 200"] = (() => Error("invalid_grant", HttpStatusCode.OK), HttpStatusCode.BadGateway, "sign-in-invalid"),
        ["500 without a body"] = (() => new HttpResponseMessage(HttpStatusCode.InternalServerError), HttpStatusCode.ServiceUnavailable, "provider-unavailable"),
        ["500 with a page"] = (() => Page(HttpStatusCode.InternalServerError), HttpStatusCode.ServiceUnavailable, "provider-unavailable"),
        ["503 with a page"] = (() => Page(HttpStatusCode.ServiceUnavailable), HttpStatusCode.ServiceUnavailable, "provider-unavailable"),
        ["200 with a page"] = (() => Page(HttpStatusCode.OK), HttpStatusCode.BadGateway, "sign-in-invalid"),
        ["200 with nothing"] = (() => new HttpResponseMessage(), HttpStatusCode.BadGateway, "sign-in-invalid"),
        ["JSON array"] = (() => MisbehavingProvider.Json(new JsonArray()), HttpStatusCode.BadGateway, "sign-in-invalid"),
        ["JSON object without anything"] = (() => MisbehavingProvider.Json(new JsonObject()), HttpStatusCode.BadGateway, "sign-in-invalid"),
        ["half a JSON object"] = (() => Text("{\"id_token\":\"", "application/json"), HttpStatusCode.BadGateway, "sign-in-invalid"),
        ["two megabytes"] = (() => Text(new string(' ', 2_000_000), "application/json"), HttpStatusCode.ServiceUnavailable, "provider-unavailable"),
        ["without end"] = (() => new HttpResponseMessage { Content = new StreamContent(new EndlessStream()) }, HttpStatusCode.ServiceUnavailable, "provider-unavailable"),
        ["compressed"] = (Compressed, HttpStatusCode.ServiceUnavailable, "provider-unavailable"),
        ["redirect"] = (() => Redirect(HttpStatusCode.Found), HttpStatusCode.BadGateway, "sign-in-invalid"),
        ["redirect that repeats the post"] = (() => Redirect(HttpStatusCode.TemporaryRedirect), HttpStatusCode.BadGateway, "sign-in-invalid"),
    };

    public static TheoryData<string> Answers => [.. _answers.Keys];

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task a_bad_answer_to_the_token_request_ends_on_a_page(string answer)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var (make, status, reason) = _answers[answer];
        network.Provider.TokenEndpoint = (_, _) => Task.FromResult<HttpResponseMessage?>(make());

        await network.ExpectRefusedAsync(network.NewBrowser(), status, reason);

        Assert.Single(network.Provider.TokenRequests);
        Assert.DoesNotContain(network.Internet.Seen, traffic => traffic.ByGateway && traffic.Host != "login.contoso.test");
    }

    [Fact]
    public async Task a_token_endpoint_that_does_not_answer_costs_the_configured_time_and_no_more()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Configuration = gateway => gateway["Limits"] = new JsonObject { ["ProviderTimeout"] = "00:00:01" },
        });
        network.Provider.TokenEndpoint = async (_, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return null;
        };

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.ServiceUnavailable, "provider-unavailable");
    }

    [Fact]
    public async Task a_connection_that_breaks_during_the_token_request_is_the_provider_s_failure()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.TokenEndpoint = (_, _) => throw new HttpRequestException(HttpRequestError.ResponseEnded, "broken");

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.ServiceUnavailable, "provider-unavailable");
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("id_token")]
    public async Task an_answer_that_lacks_a_token_is_refused(string missing)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.TokenAnswer = answer => answer.Remove(missing);

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");
    }

    [Fact]
    public async Task the_token_request_proves_client_code_and_browser()
    {
        await using var network = await SimulatedNetwork.StartAsync();

        await network.ExpectAcceptedAsync(network.NewBrowser());

        var request = Assert.Single(network.Provider.TokenRequests);
        Assert.Equal("authorization_code", request["grant_type"]);
        Assert.Equal("https://mail.contoso.com/.gateway/signin-oidc/oidc", request["redirect_uri"]);
        Assert.Equal(NetworkSetup.ClientSecret, request["client_secret"]);
        var challenge = System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(request["code_verifier"]));
        Assert.Equal(network.Provider.LastRequest["code_challenge"], System.Buffers.Text.Base64Url.EncodeToString(challenge));
        Assert.Equal("S256", network.Provider.LastRequest["code_challenge_method"]);
    }

    private static HttpResponseMessage Error(string code, HttpStatusCode status) =>
        MisbehavingProvider.Json(new JsonObject { ["error"] = code, ["error_description"] = "<script>alert(1)</script> state" }, status);

    private static HttpResponseMessage Page(HttpStatusCode status) => Text("<h1>Something</h1>", "text/html", status);

    private static HttpResponseMessage Text(string text, string type, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(text, Encoding.UTF8, type) };

    private static HttpResponseMessage Compressed()
    {
        var answer = MisbehavingProvider.Json(new JsonObject());
        answer.Content.Headers.ContentEncoding.Add("gzip");
        return answer;
    }

    private static HttpResponseMessage Redirect(HttpStatusCode status) => new(status) { Headers = { Location = new Uri("https://evil.test/token") } };

    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => 0; set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)' ');
            return count;
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
