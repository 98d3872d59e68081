using System.Text.Json;
using BenchmarkDotNet.Attributes;
using MfaGateway.Access;
using MfaGateway.Audit;
using MfaGateway.Benchmarks.Requests;
using MfaGateway.Exchange;
using MfaGateway.Sessions;
using MfaGateway.Shield;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Benchmarks;

/// <summary>The line of a decision, with every fact. Not every request has one: only a first or a changed answer, unless the configuration wants more.</summary>
[MemoryDiagnoser]
public class AuditLineBenchmark : IAsyncDisposable
{
    private static readonly DateTimeOffset _now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mfagw-benchmark-");
    private readonly DefaultHttpContext _context = new() { Request = { Method = "GET" } };
    private readonly FileAuditSink _sink;
    private readonly AuditEvent _line;

    /// <summary>Decides about a request.</summary>
    public AuditLineBenchmark()
    {
        // not required: how long a disk takes to keep a line is not the gateway's
        _sink = new FileAuditSink(Path.Combine(_folder.FullName, "audit.jsonl"), new() { Kind = "File", Path = "audit.jsonl", Required = false });
        foreach (var (name, values) in OwaTraffic.Headers(SessionHandle.Create(), scriptCall: false)) _context.Request.Headers[name] = values;
        var policy = OwaTraffic.CompiledPolicy();
        var gateway = new GatewayFeature
        {
            Source = OwaTraffic.Client,
            Target = CanonicalTarget.TryParse(OwaTraffic.SmallGet, out var target) ? target : null,
            Publication = new Publication("owa", "owa", 0),
            Session = new LiveSession(SessionHandle.Create().Key(), OwaTraffic.Person(_now), default, _now, _now.AddHours(8), _now),
            Policies = new PoliciesInForce(policy, Trial: null, Countries: null, "0123456789ab"),
        };
        _context.Features.Set(gateway);
        gateway.Request = RequestGathering.Gather(_context, gateway, gateway.Policies, _now);
        gateway.Decision = policy.Decide(gateway.Request);
        _line = Make();
    }

    /// <summary>The line as an object.</summary>
    [Benchmark]
    public object Build() => Make();

    /// <summary>The reference that a line and its request have, made once for each.</summary>
    [Benchmark]
    public string Reference() => GatewayFeature.NewReference();

    /// <summary>The line as bytes.</summary>
    [Benchmark]
    public int Serialise() => JsonSerializer.SerializeToUtf8Bytes(_line, AuditJson.Default.AuditEvent).Length;

    /// <summary>Everything, until the line is in the file.</summary>
    [Benchmark(Baseline = true)]
    public Task RecordAsync() => _sink.WriteAsync(Make(), CancellationToken.None);

    /// <summary>Closes the file.</summary>
    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await _sink.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private AuditEvent Make() => DecisionLine.Complete(AuditEvent.Of(_context, AuditActions.Decision, success: true, null, _now), _context);
}
