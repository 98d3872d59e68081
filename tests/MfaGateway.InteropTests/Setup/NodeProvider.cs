using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace MfaGateway.InteropTests.Setup;

/// <summary>The independent provider: <c>provider/server.mjs</c> under Node.</summary>
internal sealed class NodeProvider : IAsyncDisposable
{
    public const string ClientId = "mfa-gateway";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly string Folder =
        typeof(NodeProvider).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "ProviderFolder").Value!;

    private readonly Process _process;

    private NodeProvider(Process process) => _process = process;

    public Uri Issuer { get; private set; } = new("about:blank");

    /// <param name="certificate">Of the listener.</param>
    /// <param name="client">What the provider is to know of the gateway.</param>
    /// <param name="port">0 for any that is free.</param>
    public static async Task<NodeProvider> StartAsync(TestCertificate certificate, object client, int port)
    {
        Assert.True(
            Directory.Exists(Path.Combine(Folder, "node_modules", "oidc-provider")), $"The npm packages are missing. Run: npm ci --prefix {Folder}");
        var process = Process.Start(new ProcessStartInfo("node", "server.mjs")
        {
            WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var provider = new NodeProvider(process);
        process.ErrorDataReceived += (_, _) => { }; // its warnings; read so that the pipe never fills up
        process.BeginErrorReadLine();
        var settings = new { port, certificate = certificate.Path, key = certificate.KeyPath, client, accounts = Account.All };
        var ready = await provider.AskAsync(JsonSerializer.Serialize(settings, JsonSerializerOptions.Web));
        provider.Issuer = new Uri(ready.GetProperty("issuer").GetString()!);
        return provider;
    }

    /// <summary>How the provider knows a gateway at that origin, apart from the way it proves itself.</summary>
    public static Dictionary<string, object> ClientOf(Uri gateway) => new()
    {
        ["client_id"] = ClientId,
        ["redirect_uris"] = new[] { new Uri(gateway, "/.gateway/signin-oidc/other").AbsoluteUri },
        ["post_logout_redirect_uris"] = new[] { new Uri(gateway, "/.gateway/signedout").AbsoluteUri },
        ["backchannel_logout_uri"] = new Uri(gateway, "/.gateway/backchannel-logout").AbsoluteUri,
        ["backchannel_logout_session_required"] = true,
        ["response_types"] = new[] { "code" },
        ["grant_types"] = new[] { "authorization_code" },
    };

    /// <summary>The public half of a certificate as a JSON Web Key Set. Assertions name their key by the certificate's thumbprint, and a provider that looks
    /// for that name takes no other key.</summary>
    public static object KeysOf(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPublicKey()!;
        var key = rsa.ExportParameters(false);
        return new { keys = new[] { new { kty = "RSA", use = "sig", kid = certificate.Thumbprint, n = Encode(key.Modulus!), e = Encode(key.Exponent!) } } };
    }

    public Task RotateKeysAsync() => AskAsync("""["rotate-keys"]""");

    public Task TellGatewayPortAsync(int port) => AskAsync($"""["gateway-port",{port}]""");

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        finally
        {
            if (!_process.HasExited) _process.Kill();
            _process.Dispose();
        }
    }

    private async Task<JsonElement> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        var answer = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        Assert.True(answer is not null, "The provider ended instead of answering; `node server.mjs` in its folder says why.");
        return JsonElement.Parse(answer);
    }

    private static string Encode(byte[] number) => System.Buffers.Text.Base64Url.EncodeToString(number);
}
