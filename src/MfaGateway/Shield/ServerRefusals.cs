using System.Diagnostics;
using MfaGateway.Audit;
using MfaGateway.Configuration;
using MfaGateway.Outcome;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MfaGateway.Shield;

/// <summary>
/// Counts in the audit trail what the server refuses by itself, before there is a request: a header that is none, two lengths, a line that ends in LF alone, headers that are too
/// long or too slow. The server tells of it by a diagnostic event alone and answers with the bare status
/// (learn.microsoft.com, "Diagnostics in Kestrel"). Every other event goes where it went.
/// </summary>
/// <param name="others">Whoever listens to the framework's events.</param>
/// <param name="refusals">The trail.</param>
internal sealed class ServerRefusals(DiagnosticListener others, RefusalTrail refusals) : DiagnosticSource
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private static readonly RefusalKind _malformed = RefusalKind.Attack(Refusal.Malformed.Reason);
    private static readonly RefusalKind _headerTooLarge = RefusalKind.Attack("header-too-large");
    private static readonly RefusalKind _bodyTooLarge = RefusalKind.Attack(Refusal.TooLarge.Reason);
    private static readonly RefusalKind _tooSlow = RefusalKind.Attack("request-too-slow");

    public override bool IsEnabled(string name) => name == BadRequest || others.IsEnabled(name);

    public override void Write(string name, object? value)
    {
        if (name == BadRequest && value is IFeatureCollection request) Count(request);
        if (others.IsEnabled(name)) others.Write(name, value);
    }

    private void Count(IFeatureCollection request)
    {
        if (request.Get<ManagementConnection>() is not null) return;
        if (request.Get<GatewayFeature>() is { IsRefused: true }) return; // and was recorded; what is left of its body is nobody's concern
        refusals.Count(
            (request.Get<IBadRequestExceptionFeature>()?.Error as BadHttpRequestException)?.StatusCode switch
            {
                StatusCodes.Status408RequestTimeout => _tooSlow,
                StatusCodes.Status413PayloadTooLarge => _bodyTooLarge,
                StatusCodes.Status414UriTooLong or StatusCodes.Status431RequestHeaderFieldsTooLarge => _headerTooLarge,
                _ => _malformed,
            },
            request.Get<IHttpConnectionFeature>()?.RemoteIpAddress);
    }
}
