using System.Net;
using System.Text;
using MfaGateway.Audit;
using MfaGateway.Configuration;
using MfaGateway.SignIn;

namespace MfaGateway.Fuzz;

/// <summary>The back channel of an identity provider: says what it is told to say.</summary>
internal sealed class ProviderStandIn : HttpMessageHandler
{
    public const string Issuer = "https://login.example.org";
    public const string Client = "gateway";

    public const string GoodMetadata =
        """{"issuer":"https://login.example.org","authorization_endpoint":"https://login.example.org/authorize","token_endpoint":"https://login.example.org/token","jwks_uri":"https://login.example.org/keys"}""";

    public string Metadata { get; set; } = GoodMetadata;

    public string KeySet { get; set; } = SignedText.KeySet;

    /// <summary>The ID token for the one good code.</summary>
    public Func<string>? IdToken { get; set; }

    /// <summary>The provider as the gateway is told of it.</summary>
    public static ProviderOptions Options => new()
    {
        Kind = "Oidc",
        Authority = Issuer,
        ClientId = Client,
        ClientSecret = new Secret("secret"),
        Evidence = new EvidenceOptions { Mfa = { new ClaimRule { Claim = "amr", AnyOf = { "mfa", "otp" } } } },
    };

    public static Provider Provider { get; } = new("other", Options, new OidcProvider());

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.AbsolutePath == "/token")
        {
            var form = await request.Content!.ReadAsStringAsync(cancellationToken);
            return form.Contains("code=good-code&", StringComparison.Ordinal) || form.EndsWith("code=good-code", StringComparison.Ordinal)
                ? Json($$"""{"access_token":"a","token_type":"Bearer","id_token":"{{IdToken!()}}"}""")
                : Json("""{"error":"invalid_grant"}""", HttpStatusCode.BadRequest);
        }

        return Json(request.RequestUri.AbsolutePath.StartsWith("/.well-known/", StringComparison.Ordinal) ? Metadata : KeySet);
    }

    private static HttpResponseMessage Json(string text, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
}

/// <summary>Keeps no audit line: millions of refusals would fill a disk.</summary>
internal sealed class Forgetful : IAuditSinkFactory, IAuditSink
{
    public string Kind => "Forgetful";

    public IAuditSink Create(AuditSinkOptions options) => this;

    public Task WriteAsync(AuditEvent auditEvent, CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
