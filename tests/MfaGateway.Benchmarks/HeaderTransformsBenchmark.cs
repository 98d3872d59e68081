using BenchmarkDotNet.Attributes;
using MfaGateway.Benchmarks.Requests;
using MfaGateway.Configuration;
using MfaGateway.Exchange;
using MfaGateway.Sessions;
using MfaGateway.Shield;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Benchmarks;

/// <summary>What of a browser's headers reaches Exchange, and what of Exchange's a browser.</summary>
[MemoryDiagnoser]
public class HeaderTransformsBenchmark : IDisposable
{
    private readonly GatewayOptions _options = OwaTraffic.Options();
    private readonly HttpRequest _smallGet = new DefaultHttpContext { Request = { Method = "GET" } }.Request;
    private readonly HttpRequest _scriptCall = new DefaultHttpContext { Request = { Method = "POST" } }.Request;
    private readonly HttpResponse _answer = new DefaultHttpContext().Response;
    private readonly Publication _publication = new("owa", "owa", 0);
    private readonly HttpResponseMessage _exchangeAnswer = new();
    private readonly MailboxRoute _routes = new(new EphemeralDataProtectionProvider());
    private readonly LiveSession _session;
    private readonly CanonicalTarget _target;

    /// <summary>Writes the browser's headers down.</summary>
    public HeaderTransformsBenchmark()
    {
        var answer = new DefaultHttpContext().Response;
        OwaTraffic.AddAnswerTo(answer.Headers);
        foreach (var (name, values) in answer.Headers) _exchangeAnswer.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);

        var (handle, now) = (SessionHandle.Create(), TimeProvider.System.GetUtcNow());
        _session = new LiveSession(handle.Key(), OwaTraffic.Person(now), default, now, now.AddHours(8), now);
        var route = _routes.Protect(OwaTraffic.Route, _session);
        foreach (var (name, values) in OwaTraffic.Headers(handle, scriptCall: false, route)) _smallGet.Headers[name] = values;
        foreach (var (name, values) in OwaTraffic.Headers(handle, scriptCall: true, route)) _scriptCall.Headers[name] = values;
        _target = CanonicalTarget.TryParse(OwaTraffic.SmallGet, out var target) ? target : throw new InvalidOperationException("The target must have a meaning.");
    }

    /// <summary>12 headers and 8 cookies, with the request that they go into.</summary>
    [Benchmark(Baseline = true)]
    public int SmallGet() => Copy(_smallGet);

    /// <summary>24 headers and 8 cookies.</summary>
    [Benchmark]
    public int ScriptCall() => Copy(_scriptCall);

    /// <summary>The answer's way back; putting Exchange's headers in, as the proxy does, is part of it.</summary>
    [Benchmark]
    public int Answer()
    {
        _answer.Headers.Clear();
        OwaTraffic.AddAnswerTo(_answer.Headers);
        ResponseHeaders.Copy(_exchangeAnswer, _answer, exchangeKeepsLogon: true, _routes, _session);
        BrowserProtection.Add(_answer, _target, _publication, blockScriptAttributes: true);
        return _answer.Headers.Count;
    }

    /// <summary>Ends the session.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _exchangeAnswer.Dispose();
        _session.Dispose();
    }

    private int Copy(HttpRequest from)
    {
        using var to = new HttpRequestMessage();
        RequestHeaders.Copy(from, to, _options, _routes, _session, withLogon: true);
        return to.Headers.NonValidated.Count;
    }
}
