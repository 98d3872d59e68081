using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MfaGateway.ClusterTests.Setup;
using MfaGateway.Lab.IdentityProvider;

namespace MfaGateway.ClusterTests;

/// <summary>The identity provider fails while people work and others sign in. Who is signed in notices nothing. Each test leaves it healthy.</summary>
[Collection(Cluster.Name)]
public sealed class ProviderFailureTests(Cluster cluster)
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_provider_that_is_down_is_a_page_for_strangers_and_nothing_for_who_is_signed_in()
    {
        await using var load = new Load(await cluster.SignedInAsync(3));
        var (down, back) = (cluster.Said("does not answer, or not as one"), cluster.Said("Identity provider adfs answers again"));

        cluster.Provider.Behaviour = new ProviderBehaviour { Abort = true };
        try
        {
            foreach (var node in cluster.Nodes) await Eventually.EqualAsync("503", () => StrangerAsync(node)); // what was heard ten seconds ago is still believed
            for (var n = 0; n < 20; n++) Assert.Equal("503", await StrangerAsync(cluster.Nodes[n % 3]));
        }
        finally
        {
            cluster.Provider.Behaviour = new ProviderBehaviour();
            await cluster.SettledAsync(Recovery);
        }

        Assert.True(await SignsInAsync());
        await load.ExpectNothingButSuccessAsync(atLeast: 100);
        Assert.InRange(cluster.Said("does not answer, or not as one") - down, 1, 3);
        Assert.InRange(cluster.Said("Identity provider adfs answers again") - back, 1, 3);
    }

    [Fact]
    public async Task A_slow_provider_makes_signing_in_slow_and_nothing_else()
    {
        await using var load = new Load(await cluster.SignedInAsync(3));

        cluster.Provider.Behaviour = new ProviderBehaviour { Delay = TimeSpan.FromSeconds(1) };
        try
        {
            (await cluster.SignedInAsync()).Dispose();
        }
        finally
        {
            cluster.Provider.Behaviour = new ProviderBehaviour();
        }

        await load.ExpectNothingButSuccessAsync(atLeast: 100);
    }

    [Fact]
    public async Task New_signing_keys_are_used_at_once_at_every_gateway()
    {
        await using var load = new Load(await cluster.SignedInAsync(3));

        cluster.Provider.ReplaceSigningKey(NewSigner());
        foreach (var user in await cluster.SignedInAsync(4)) user.Dispose();

        await load.ExpectNothingButSuccessAsync(atLeast: 50);
    }

    [Fact]
    public async Task A_broken_key_set_lets_nobody_in_and_throws_nobody_out()
    {
        await using var load = new Load(await cluster.SignedInAsync(3));

        cluster.Provider.Behaviour = new ProviderBehaviour { BrokenKeys = true };
        try
        {
            cluster.Provider.ReplaceSigningKey(NewSigner());
            Assert.False(await SignsInAsync());
            await Eventually.EqualAsync("503", () => StrangerAsync(cluster.Nodes[0]));
        }
        finally
        {
            cluster.Provider.Behaviour = new ProviderBehaviour();
            await cluster.SettledAsync(Recovery);
        }

        await Eventually.Async(SignsInAsync, Recovery);
        await load.ExpectNothingButSuccessAsync(atLeast: 50);
    }

    private static X509Certificate2 NewSigner()
    {
        using var key = RSA.Create(2_048);
        var request = new CertificateRequest("CN=next signer", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }

    /// <summary>What somebody gets who is not signed in: a status, or is sent on to the provider.</summary>
    private async Task<string> StrangerAsync(Node node)
    {
        using var stranger = cluster.NewUser();
        using var way = stranger.Through(node);
        return await way.ArrivalAsync("/owa/", Cancel);
    }

    private async Task<bool> SignsInAsync()
    {
        using var user = cluster.NewUser();
        return (await user.TrySignInAsync(cluster.NextPerson())).SignedIn;
    }
}
