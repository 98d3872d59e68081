namespace MfaGateway.Benchmarks.Requests;

/// <summary>An Exchange server without a network. It lets the caller wait, as a network does: what runs through at once would hide what waiting costs.</summary>
internal sealed class AnsweringExchange : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return OwaTraffic.Answer();
    }
}
