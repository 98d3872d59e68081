using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using MfaGateway.ClusterTests.Setup;
using MfaGateway.Lab.IdentityProvider;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MfaGateway.ClusterTests;

/// <summary>The provider ends a session by a word to one gateway, whichever the balancer chooses; it ends at all of them, hanging requests included.</summary>
[Collection(Cluster.Name)]
public sealed class LogoutTests(Cluster cluster)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_front_channel_logout_without_any_cookie_ends_the_session_at_every_gateway()
    {
        using var alice = await cluster.SignedInAsync();
        using var bystander = await cluster.SignedInAsync();
        var hanging = await HangAtEachAsync(alice);
        var others = await HangAtEachAsync(bystander);
        using var frame = cluster.NewUser();

        Assert.Equal(200, await frame.StatusAsync((await NotificationAsync(alice)).PathAndQuery, Cancel));

        await ExpectEndedAsync(alice, hanging);
        Assert.All(others, other => Assert.False(other.IsCompleted));
        Assert.Equal("200", await bystander.PostAsync(10, Cancel));
    }

    [Fact]
    public async Task A_back_channel_logout_ends_the_session_at_every_gateway_and_works_once_at_all_of_them_together()
    {
        using var key = RSA.Create(2_048);
        var signer = new CertificateRequest("CN=logout signer", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100)); // the provider goes on signing with it
        cluster.Provider.ReplaceSigningKey(signer);
        using var alice = await cluster.SignedInAsync();
        using var bystander = await cluster.SignedInAsync();
        var hanging = await HangAtEachAsync(alice);
        var sid = QueryHelpers.ParseQuery((await NotificationAsync(alice)).Query)["sid"].ToString();
        var token = LogoutToken(signer, sid);

        Assert.Equal(HttpStatusCode.OK, await PostAsync(cluster.Nodes[0], token));

        await ExpectEndedAsync(alice, hanging);
        foreach (var node in cluster.Nodes) Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(node, token));
        Assert.Equal("200", await bystander.PostAsync(10, Cancel));
    }

    private static async Task ExpectEndedAsync(MailUser alice, Task<bool>[] hanging)
    {
        await Task.WhenAll(hanging).WaitAsync(TimeSpan.FromSeconds(2), Cancel);
        Assert.Equal("440", await alice.PostAsync(10, Cancel));
    }

    private async Task<Task<bool>[]> HangAtEachAsync(MailUser user)
    {
        var begun = cluster.Nodes.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        var hanging = cluster.Nodes.Zip(begun, (node, source) => user.Through(node).HangAsync(source, Cancel)).ToArray();
        await Task.WhenAll(begun.Select(source => source.Task)).WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.All(hanging, task => Assert.False(task.IsCompleted));
        return hanging;
    }

    /// <summary>The call that the provider's page makes in a frame when somebody signs out there.</summary>
    private async Task<Uri> NotificationAsync(MailUser user)
    {
        var page = await user.TextAsync(new Uri(cluster.Provider.Issuer, "adfs/oauth2/logout"), Cancel);
        return new Uri(WebUtility.HtmlDecode(Regex.Match(page, "<iframe src=\"([^\"]+)\"").Groups[1].Value));
    }

    private string LogoutToken(X509Certificate2 signer, string sid) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
    {
        TokenType = "logout+jwt",
        Issuer = cluster.Provider.Issuer.AbsoluteUri.TrimEnd('/'),
        Audience = ClientRegistration.GatewayId,
        IssuedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
        Expires = TimeProvider.System.GetUtcNow().AddMinutes(2).UtcDateTime,
        Claims = new Dictionary<string, object>
        {
            ["jti"] = Guid.NewGuid().ToString(),
            ["sid"] = sid,
            ["events"] = new Dictionary<string, object> { ["http://schemas.openid.net/event/backchannel-logout"] = new Dictionary<string, object>() },
        },
        SigningCredentials = new SigningCredentials(new X509SecurityKey(signer), SecurityAlgorithms.RsaSha256),
    });

    private async Task<HttpStatusCode> PostAsync(Node node, string token)
    {
        using var provider = cluster.NewUser();
        return await provider.Through(node).SubmitAsync("/.gateway/backchannel-logout", new() { ["logout_token"] = token }, Cancel);
    }
}
