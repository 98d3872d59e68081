using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn;

public sealed class ProofTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task a_person_with_a_second_factor_reads_mail(int dialect)
    {
        await using var network = await SimulatedNetwork.StartAsync(NetworkSetup.With((Dialect)dialect));

        var page = await network.NewBrowser().OpenAsync("/owa/?a=b#path=/mail/inbox");

        Assert.True(page.Status == HttpStatusCode.OK, page.ToString() + network.Log.Text);
        Assert.Equal("https://mail.contoso.com/owa/?a=b#path=/mail/inbox", page.Address.AbsoluteUri);
    }
}
