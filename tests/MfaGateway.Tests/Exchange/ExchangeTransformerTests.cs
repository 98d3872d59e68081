using MfaGateway.Exchange;
using MfaGateway.Policy;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Tests.Exchange;

public class ExchangeTransformerTests
{
    private static readonly Publication Owa = new("owa", "owa", 1_000);

    public static TheoryData<bool, bool> Undecided => new() { { false, false }, { false, true }, { true, false } };

    /// <summary>Whatever stage was left out, or in which order: without the policy's word nothing is made that could be sent.</summary>
    [Theory]
    [MemberData(nameof(Undecided))]
    public async Task What_the_policy_did_not_allow_is_never_made_into_a_request(bool allowed, bool published)
    {
        var gateway = new GatewayFeature { Publication = published ? Owa : null };
        if (allowed) gateway.Decision = PolicyDecision.Allow("rule");
        var context = new DefaultHttpContext();
        context.Features.Set(gateway);
        context.Request.Path = "/owa/";
        using var request = new HttpRequestMessage();
        var transformer = new ExchangeTransformer(Settings.Default, [], null!, null!, null!, null!, null!); // nothing of these is reached

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await transformer.TransformRequestAsync(context, request, "https://ex1.contoso.com", CancellationToken.None));

        Assert.Null(request.RequestUri);
        Assert.Empty(request.Headers);
    }
}
