using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>What an Exchange server received.</summary>
internal sealed record Received(string Server, string Method, string Target, IReadOnlyDictionary<string, string[]> Headers, long Bytes)
{
    public string Header(string name) => Assert.Single(Headers[name]);
}

/// <summary>The Exchange servers. By themselves they answer 200 to everything; each test says what is different.</summary>
internal sealed class ExchangeDouble : HttpMessageHandler
{
    /// <summary>Requests of people, in the order of their arrival; probes are kept apart.</summary>
    public ConcurrentQueue<Received> Requests { get; } = new();

    public ConcurrentQueue<string> Probes { get; } = new();

    /// <summary>Servers that refuse connections.</summary>
    public ConcurrentDictionary<string, bool> Refusing { get; } = new();

    /// <summary>Servers that take the whole request and then break the connection.</summary>
    public ConcurrentDictionary<string, bool> Breaking { get; } = new();

    /// <summary>Servers and protocols in maintenance, as <c>ex1/owa</c>.</summary>
    public ConcurrentDictionary<string, bool> Maintenance { get; } = new();

    public Func<Received, HttpResponseMessage?>? Answer { get; set; }

    /// <summary>Told how many bytes of a body have arrived so far.</summary>
    public Action<long>? Progress { get; set; }

    public Received Last => Requests.Last();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var server = request.RequestUri!.Host.Split('.')[0];
        var target = request.RequestUri.PathAndQuery;
        if (Refusing.ContainsKey(server)) throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused.");
        if (target.EndsWith("/healthcheck.htm", StringComparison.Ordinal))
        {
            var protocol = target.Split('/')[1];
            Probes.Enqueue($"{server}/{protocol}");
            return new HttpResponseMessage(Maintenance.ContainsKey($"{server}/{protocol}") ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK);
        }

        var counter = new CountingStream(Progress);
        if (request.Content is { } content) await content.CopyToAsync(counter, cancellationToken);
        var received = new Received(server, request.Method.Method, target, Headers(request), counter.Count);
        Requests.Enqueue(received);
        if (Breaking.ContainsKey(server)) throw new HttpRequestException(HttpRequestError.ResponseEnded, "The connection broke.");
        var response = Answer?.Invoke(received) ?? new HttpResponseMessage { Content = new StringContent("<h1>Mail</h1>", Encoding.UTF8, "text/html") };
        response.RequestMessage = request;
        return response;
    }

    private static Dictionary<string, string[]> Headers(HttpRequestMessage request) => request.Headers.NonValidated
        .Concat(request.Content?.Headers.NonValidated ?? default)
        .GroupBy(h => h.Key, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(h => h.Key, h => h.SelectMany(v => v.Value).ToArray(), StringComparer.OrdinalIgnoreCase);

    private sealed class CountingStream(Action<long>? progress) : Stream
    {
        public long Count { get; private set; }
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => Count;
        public override long Position { get => Count; set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count)
        {
            Count += count;
            progress?.Invoke(Count);
        }
    }
}
