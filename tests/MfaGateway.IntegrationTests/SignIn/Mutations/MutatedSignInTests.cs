using System.Globalization;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn.Mutations;

/// <summary>Sign-ins in which one to three things are not as they should be, the same in every run. What a session then shows is held against a second reading of the tokens.</summary>
public sealed class MutatedSignInTests
{
    private static readonly int _signIns = int.Parse(Environment.GetEnvironmentVariable("MFAGW_SIGN_INS") ?? "2000", CultureInfo.InvariantCulture);

    [Fact]
    public async Task no_sign_in_however_changed_opens_a_session_above_what_was_proven()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Providers = [NetworkSetup.Provider(Dialect.Oidc), NetworkSetup.Provider(Dialect.Adfs)],
            Configuration = gateway => gateway["Limits"] = new System.Text.Json.Nodes.JsonObject { ["SignInsPerMinute"] = 100_000 },
        });
        network.ProviderNamed("adfs").Key = SigningKey.Second;
        var random = new Random(2026);
        var sessions = 0;
        var tried = new HashSet<string>();

        for (var n = 0; n < _signIns; n++)
        {
            var signIn = new MutatedSignIn(network, random);
            for (var changes = n % 20 == 0 ? 0 : random.Next(1, 4); changes > 0; changes--)
            {
                var (name, apply) = SignInMutations.All[random.Next(SignInMutations.All.Count)];
                signIn.Names.Add(name);
                tried.Add(name);
                apply(signIn);
            }

            if (await signIn.RunAsync()) sessions++;
        }

        Assert.Equal(SignInMutations.All.Count, tried.Count);
        Assert.InRange(sessions, _signIns / 20, _signIns / 2); // a test that lets all in or nobody would show little
        Assert.DoesNotContain("\nadmin@contoso.com", network.Audit.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(network.Log.Text.Split('\n'), line => line.StartsWith("Error MfaGateway", StringComparison.Ordinal));
    }
}
