using System.Net;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn;

/// <summary>How each kind of provider proves a second factor, and that only the token counts, never the request.</summary>
public sealed class EvidenceTests
{
    private const string Otp = "http://schemas.microsoft.com/ws/2012/12/authmethod/otp";

    [Theory]
    [InlineData(nameof(Dialect.Oidc))]
    [InlineData(nameof(Dialect.Adfs))]
    [InlineData(nameof(Dialect.Entra))]
    public async Task a_person_with_a_second_factor_gets_exactly_the_page_asked_for(string dialect)
    {
        await using var network = await SimulatedNetwork.StartAsync(NetworkSetup.With(Enum.Parse<Dialect>(dialect)));
        var browser = network.NewBrowser();

        var page = await browser.OpenAsync("/owa/?a=b%2Fc&d=%7Be%7D#path=/mail/inbox");

        Assert.True(page.Status == HttpStatusCode.OK, page.ToString());
        Assert.Equal("https://mail.contoso.com/owa/?a=b%2Fc&d=%7Be%7D#path=/mail/inbox", page.Address.AbsoluteUri);
        Assert.Equal("/owa/?a=b%2Fc&d=%7Be%7D", network.Exchange.Last.Target);
        var session = await Outcomes.SessionOf(browser);
        Assert.True(session.GetProperty("mfa").GetBoolean());
        Assert.Contains("mfa", session.GetProperty("methods").EnumerateArray().Select(m => m.GetString()));
    }

    [Theory]
    [InlineData(nameof(Dialect.Oidc))]
    [InlineData(nameof(Dialect.Adfs))]
    [InlineData(nameof(Dialect.Entra))]
    public async Task a_person_without_a_second_factor_gets_a_page_that_says_so_and_no_loop(string dialect)
    {
        await using var network = await SimulatedNetwork.StartAsync(NetworkSetup.With(Enum.Parse<Dialect>(dialect)));
        network.Provider.Person = Person.Alice with { OneFactorOnly = true };
        var browser = network.NewBrowser();

        var page = await browser.OpenAsync("/owa/");

        network.ExpectRefusal(page, HttpStatusCode.Forbidden, "factor-not-delivered");
        Assert.Contains("A second factor is needed", page.Body, StringComparison.Ordinal);
        Assert.InRange(network.Provider.AuthorizationRequests.Count, 1, 2); // the sign-in and at most one step-up
        Assert.Empty(network.Exchange.Requests);
    }

    [Theory]
    [InlineData(nameof(Dialect.Oidc), "acr_values")]
    [InlineData(nameof(Dialect.Adfs), "resource_params")]
    [InlineData(nameof(Dialect.Adfs), "resource")]
    [InlineData(nameof(Dialect.Entra), "claims")]
    public async Task taking_the_demand_out_of_the_redirect_gains_nothing(string dialect, string parameter)
    {
        await using var network = await SimulatedNetwork.StartAsync(NetworkSetup.With(Enum.Parse<Dialect>(dialect)));
        network.Provider.EditedByUser = request => Assert.True(request.Remove(parameter));

        var page = await network.NewBrowser().OpenAsync("/owa/");

        Assert.Equal(HttpStatusCode.Forbidden, page.Status);
        Assert.InRange(network.Provider.AuthorizationRequests.Count, 1, 2);
        Assert.Empty(network.Exchange.Requests);
    }

    public static TheoryData<string, string, string, bool> Rows => new()
    {
        { "Adfs", "gw_mfa", "\"1\"", true },
        { "Adfs", "gw_mfa", "[\"1\"]", true },
        { "Adfs", "gw_mfa", "1", false },
        { "Adfs", "gw_mfa", "\"0\"", false },
        { "Adfs", Dialects.MethodReferences, $"[\"{Otp}\",\"{Dialects.MultipleAuthn}\"]", true },
        { "Adfs", Dialects.MethodReferences, $"\"{Dialects.MultipleAuthn}\"", true },
        { "Adfs", Dialects.MethodReferences, $"[\"{Otp}\"]", false },
        { "Adfs", "amr", $"[\"{Dialects.MultipleAuthn}\"]", true },
        { "Adfs", "amr", "[\"mfa\"]", false },
        { "Entra", "acrs", "[\"c1\"]", true },
        { "Entra", "acrs", "[\"C1\"]", true },
        { "Entra", "acrs", "[\"c2\",\"c1\"]", true },
        { "Entra", "acrs", "\"c1\"", false },
        { "Entra", "acrs", "[\"c2\"]", false },
        { "Entra", "acrs", "[\"c10\"]", false },
        { "Entra", "amr", "[\"pwd\",\"mfa\"]", true },
        { "Entra", "amr", "\"mfa\"", false },
        { "Oidc", "amr", "[\"otp\"]", true },
        { "Oidc", "acr", "\"loa-4\"", true },
        { "Oidc", "acr", "\"loa-3\"", false },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task the_evidence_table_of_each_kind_decides(string dialect, string claim, string json, bool proves)
    {
        await using var network = await SimulatedNetwork.StartAsync(NetworkSetup.With(Enum.Parse<Dialect>(dialect)));
        network.Provider.Person = Person.Alice with { OneFactorOnly = true };
        network.Provider.IdToken = t => t.Without("amr").ClaimJson(claim, json);

        var page = await network.NewBrowser().OpenAsync("/owa/");

        Assert.Equal(proves ? HttpStatusCode.OK : HttpStatusCode.Forbidden, page.Status);
    }

    [Fact]
    public async Task acr_reaches_the_policy_as_an_authentication_context()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            PolicyText = """{ "version": 1, "rules": [ { "id": "p", "effect": "permit", "when": { "resource": ["owa"] }, "demand": { "context": ["loa-4"] } } ] }""",
            Configuration = gateway => gateway["Providers"]!["oidc"]!["AskForMfaAtSignIn"] = false,
        });
        network.Provider.IdToken = t => t.Claim("acr", network.Provider.LastRequest.GetValueOrDefault("acr_values", "loa-1"));

        var page = await network.NewBrowser().OpenAsync("/owa/");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("loa-4", network.Provider.LastRequest["acr_values"]);
    }

    [Fact]
    public async Task a_second_factor_in_the_future_counts_as_absent()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.IdToken = t => t.Claim("auth_time", t.Number("iat") + 3_600);

        var page = await network.NewBrowser().OpenAsync("/owa/");

        network.ExpectRefusal(page, HttpStatusCode.Forbidden, "factor-not-delivered");
    }

    [Fact]
    public async Task AD_FS_is_always_asked_for_the_resource_and_Entra_for_the_context()
    {
        await using var adfs = await SimulatedNetwork.StartAsync(NetworkSetup.With(Dialect.Adfs));
        await adfs.ExpectAcceptedAsync(adfs.NewBrowser());
        await using var entra = await SimulatedNetwork.StartAsync(NetworkSetup.With(Dialect.Entra));
        await entra.ExpectAcceptedAsync(entra.NewBrowser());

        Assert.Equal("https://mail.contoso.com/gateway", adfs.Provider.LastRequest["resource"]);
        Assert.Equal("""{"id_token":{"acrs":{"essential":true,"value":"c1"}}}""", entra.Provider.LastRequest["claims"]);
        Assert.All([adfs, entra], network => Assert.Equal("form_post", network.Provider.LastRequest["response_mode"]));
    }

    [Fact]
    public async Task a_certificate_signs_the_client_assertion_instead_of_a_secret()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Configuration = gateway => gateway["Providers"]!["oidc"]!["ClientCertificate"] = new JsonObject { ["Path"] = "client.pem" },
            Files = { ["client.pem"] = ClientCertificate() },
        });

        await network.ExpectAcceptedAsync(network.NewBrowser());

        var request = Assert.Single(network.Provider.TokenRequests);
        Assert.Equal("urn:ietf:params:oauth:client-assertion-type:jwt-bearer", request["client_assertion_type"]);
        Assert.DoesNotContain("client_secret", request.Keys);
        var assertion = JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(request["client_assertion"].Split('.')[1]))!;
        Assert.Equal(NetworkSetup.ClientId, assertion["sub"]!.GetValue<string>());
        Assert.Equal("https://login.contoso.test/token", assertion["aud"]!.GetValue<string>());
    }

    private static string ClientCertificate()
    {
        using var key = System.Security.Cryptography.RSA.Create(2048);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest(
            "CN=gateway", key, System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddDays(1));
        return $"{made.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }
}
