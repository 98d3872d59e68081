using Microsoft.AspNetCore.Http.Features;

namespace MfaGateway.Lab.Exchange;

/// <summary>What a simulator received, newest 20,000 requests.</summary>
internal sealed class RequestLog
{
    private const int Kept = 20_000;

    private readonly Lock _gate = new();
    private readonly Queue<ReceivedRequest> _requests = new();
    private long _last;

    public ReceivedRequest Add(HttpContext context)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        lock (_gate)
        {
            var request = new ReceivedRequest
            {
                N = ++_last,
                Connection = context.Connection.Id,
                Method = raw.Method,
                Target = raw.RawTarget,
                Headers = raw.Headers.ToDictionary(header => header.Key, header => header.Value.ToArray()),
            };
            _requests.Enqueue(request);
            if (_requests.Count > Kept) _requests.Dequeue();
            return request;
        }
    }

    /// <summary>Requests with a number above that.</summary>
    public IReadOnlyList<ReceivedRequest> Since(long n)
    {
        lock (_gate) return [.. _requests.Where(request => request.N > n)];
    }

    /// <summary>Forgets all; numbers go on, so that <c>since</c> never shows an old request as new.</summary>
    public void Clear()
    {
        lock (_gate) _requests.Clear();
    }
}
