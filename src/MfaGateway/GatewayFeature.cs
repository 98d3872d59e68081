using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using MfaGateway.Access;
using MfaGateway.Exchange;
using MfaGateway.Limits;
using MfaGateway.Policy;
using MfaGateway.Sessions;
using MfaGateway.Shield;
using MfaGateway.Shield.KnownAttacks;
using Microsoft.AspNetCore.Http;

namespace MfaGateway;

/// <summary>What the gateway knows of a request. Each stage writes its own property and reads only earlier ones.</summary>
internal sealed class GatewayFeature
{
    // Crockford's alphabet: no letters that are misread over the telephone
    private const string ReferenceAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private string? _reference;
    private string? _trace;

    /// <summary>Names this request in the audit trail and on the page a person sees: 4 groups of 4. Where one line counts many requests they share its reference.</summary>
    public string Reference
    {
        get => _reference ??= NewReference();
        set => _reference = value;
    }

    /// <summary>Names this request among traces (W3C Trace Context, 3.2.2.3); our own when nobody traces. What a browser says of its trace is not believed.</summary>
    public string Trace => _trace ??= (Activity.Current?.TraceId ?? ActivityTraceId.CreateRandom()).ToString();

    /// <summary>The client's address, IPv4 in its own form.</summary>
    public IPAddress? Source { get; set; }

    /// <summary>Limits: names the session that the request asks for, if there is one; null when it brings no handle. A hash is dear, so it is made once.</summary>
    public SessionKey? Key { get; set; }

    /// <summary>Shield: the one meaning of the target.</summary>
    public CanonicalTarget? Target { get; set; }

    /// <summary>Shield: where it leads; null for the gateway's own endpoints.</summary>
    public Publication? Publication { get; set; }

    /// <summary>Shield: the known attack that the request looks like; null for none.</summary>
    public ShieldRule? Attack { get; set; }

    /// <summary>Sessions: who asks; null for nobody.</summary>
    public LiveSession? Session { get; set; }

    /// <summary>Outcome: the gateway has refused the request.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Exchange: the server that got the request, or the last one tried.</summary>
    public string? Destination { get; set; }

    /// <summary>Exchange: the user could not be signed on.</summary>
    public bool SignOnRefused { get; set; }

    /// <summary>Access: what the policy was asked; null until it was.</summary>
    public AccessRequest? Request { get; set; }

    /// <summary>Access: which policies were asked.</summary>
    public PoliciesInForce? Policies { get; set; }

    /// <summary>Access: what the policy said. The default denies.</summary>
    public PolicyDecision Decision { get; set; }

    /// <summary>Access: the rules that decided, when they are more than the one of the decision.</summary>
    public IReadOnlyList<string>? Rules { get; set; }

    /// <summary>Limits: the places that the request takes.</summary>
    public RequestLimits.Entry Places { private get; set; }

    /// <summary>Sessions: the one that the request keeps busy, also when it goes on as nobody's.</summary>
    public LiveSession? Busy { private get; set; }

    /// <summary>Access: the wait for the end of the session.</summary>
    public CancellationTokenRegistration Ending { private get; set; }

    /// <summary>Gives back what the stages took. In one place, because a stage that waited for the request to do so would cost each request memory and time.</summary>
    public ValueTask EndAsync()
    {
        Places.Dispose();
        Busy?.RequestEnds();
        return Ending.DisposeAsync();
    }

    /// <summary>By its type and not by the generic method, whose call alone costs more than finding it; every stage asks.</summary>
    public static GatewayFeature Of(HttpContext context) =>
        (GatewayFeature?)context.Features[typeof(GatewayFeature)] ?? throw new InvalidOperationException("A stage of the gateway runs outside of the way of a request.");

    internal static string NewReference()
    {
        var symbols = RandomNumberGenerator.GetString(ReferenceAlphabet, 16);
        return $"{symbols[..4]}-{symbols[4..8]}-{symbols[8..12]}-{symbols[12..]}";
    }
}
