using System.Net;
using MfaGateway.Outcome;

namespace MfaGateway.SignOn;

/// <summary>In the place of Exchange's answer: the user was not signed on. Nothing that Exchange may have answered is in it.</summary>
internal sealed class RefusedAnswer(Refusal refusal) : HttpResponseMessage((HttpStatusCode)refusal.Status)
{
    public Refusal Refusal => refusal;
}
