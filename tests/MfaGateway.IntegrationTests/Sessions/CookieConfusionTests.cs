using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Sessions;

/// <summary>
/// A sibling host may set any cookie for the whole domain but one whose name begins with <c>__Host-</c>, and older browsers compare that prefix letter by
/// letter (RFC 6265bis, 4.1.3). So nothing but the exact name counts.
/// </summary>
public sealed class CookieConfusionTests
{
    [Theory]
    [InlineData("__host-mfagw")]
    [InlineData("__HOST-MFAGW")]
    public async Task a_handle_under_a_name_of_other_letters_is_nobody(string name)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var mallory = await network.SignedInBrowserAsync();

        var answer = await RawConnection.GetAsync(network, "/.gateway/session", $"Cookie: {name}={mallory.Cookies.Find("__Host-mfagw")!.Value}");

        Assert.Equal(401, answer.Status);
    }

    [Fact]
    public async Task a_planted_cookie_does_not_take_the_place_of_the_person_s_own()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        var answer = await RawConnection.GetAsync(
            network, "/.gateway/session", $"Cookie: __Host-mfagw={alice.Cookies.Find("__Host-mfagw")!.Value}; __host-mfagw={new string('A', 43)}");

        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task two_handles_under_the_one_name_are_nobody()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = (await network.SignedInBrowserAsync()).Cookies.Find("__Host-mfagw")!.Value;
        var mallory = (await network.SignedInBrowserAsync()).Cookies.Find("__Host-mfagw")!.Value;

        var answer = await RawConnection.GetAsync(network, "/.gateway/session", $"Cookie: __Host-mfagw={alice}; __Host-mfagw={mallory}");

        Assert.Equal(401, answer.Status);
    }
}
