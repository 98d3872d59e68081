using System.Security.Cryptography.X509Certificates;

namespace MfaGateway.Lab.Estate;

/// <summary>Waits until the gateway says that it can serve, so that the first page a user opens is not an error.</summary>
internal static class Readiness
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <exception cref="LabException">It did not become ready in time.</exception>
    public static async Task WaitAsync(Uri gateway, string caCertificate, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var handler = Trusting(caCertificate);
        using var client = new HttpClient(handler);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        try
        {
            while (!await IsReadyAsync(client, new Uri(gateway, "/.gateway/health/ready"), deadline.Token)) await Task.Delay(Pause, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabException($"The gateway did not become ready within {limit.TotalSeconds:0} seconds; its log says why.");
        }
    }

    /// <summary>A handler that trusts the lab's CA and nobody else.</summary>
    public static SocketsHttpHandler Trusting(string caCertificate)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(caCertificate);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        handler.SslOptions.CertificateChainPolicy = policy;
        return handler;
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.GetAsync(address, cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
