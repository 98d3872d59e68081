using System.Net;
using System.Text.Json.Nodes;
using MfaGateway.InteropTests.Setup;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>Through the whole gateway, with a token for every request: the domain controller goes and comes back while people work.</summary>
[Collection(DomainTests.Name)]
public sealed class OutageUnderLoadTests(Domain domain, ITestOutputHelper output)
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2); // the machine may be busy with other suites

    [Fact]
    public Task a_domain_controller_that_is_stopped_and_started_again_fails_nobody_who_is_signed_in() =>
        WorkOnAsync("kdc-unreachable", domain.StopAsync, () => domain.StartAsync());

    [Fact]
    public Task a_domain_controller_that_freezes_and_thaws_fails_nobody_who_is_signed_in() => WorkOnAsync(
        "kdc-slow",
        () =>
        {
            domain.Freeze();
            return Task.CompletedTask;
        },
        () =>
        {
            domain.Thaw();
            return Task.CompletedTask;
        });

    private async Task WorkOnAsync(string reason, Func<Task> goAway, Func<Task> comeBack)
    {
        await using var deployment = await StartAsync();
        var readers = new List<Reader>();
        using var stranger = deployment.OpenBrowser();
        try
        {
            foreach (var account in Account.Staff.Take(5)) readers.Add(await Reader.SignInAsync(deployment, account));
            await AllGoOnAsync(readers);
            var before = readers.Sum(reader => reader.Served);

            await goAway();
            var during = readers.Sum(reader => reader.Served);
            try
            {
                await Task.WhenAll(AllGoOnAsync(readers), Task.Delay(Away, TestContext.Current.CancellationToken), RefuseAsync(deployment, stranger, reason));
            }
            finally
            {
                await comeBack();
            }

            var after = readers.Sum(reader => reader.Served);
            var waited = await EventuallyServedAsync(stranger);
            await AllGoOnAsync(readers);

            var served = readers.Sum(reader => reader.Served);
            output.WriteLine($"{served} requests, {during - before} while it went, {after - during} while it was away; the new user was served after {waited.TotalSeconds:f1} s");
            Assert.Equal(@"Exchange shows /owa/ to user7\@contoso.test@CONTOSO.TEST", stranger.Html);
            Assert.True(waited < TimeSpan.FromSeconds(10), $"The new user waited {waited.TotalSeconds:f1} s after it was back.");
            Assert.True(deployment.Acceptor.Tokens >= served, $"{deployment.Acceptor.Tokens} tokens for {served} requests.");
            Assert.Empty(readers.SelectMany(reader => reader.Complaints));
        }
        finally
        {
            foreach (var reader in readers) await reader.DisposeAsync();
        }

        Assert.Empty(readers.SelectMany(reader => reader.Complaints)); // nor in the last requests
    }

    private static Task AllGoOnAsync(IEnumerable<Reader> readers) => Task.WhenAll(readers.Select(reader => reader.GoOnAsync(40, Patience)));

    /// <summary>Somebody new has to be told in time, with the page that is documented.</summary>
    private static async Task RefuseAsync(Deployment deployment, Browser stranger, string reason)
    {
        await stranger.OpenAsync("/owa/");
        await stranger.GivePasswordAsync(Account.Staff[7]);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, stranger.Status);
        Assert.Contains("reference", stranger.Html, StringComparison.Ordinal);
        Assert.Contains($"\"{reason}\"", deployment.Audit, StringComparison.Ordinal);
    }

    private static async Task<TimeSpan> EventuallyServedAsync(Browser stranger)
    {
        var began = TimeProvider.System.GetTimestamp();
        do
        {
            await stranger.OpenAsync("/owa/");
        }
        while (stranger.Status != HttpStatusCode.OK && TimeProvider.System.GetElapsedTime(began) < Patience);
        return TimeProvider.System.GetElapsedTime(began);
    }

    private Task<Deployment> StartAsync() => Deployment.StartAsync(
        new JsonObject
        {
            ["Method"] = "Kerberos",
            ["ServicePrincipalName"] = Domain.MailService,
            ["Kerberos"] = new JsonObject
            {
                ["Realm"] = Domain.Realm, ["Kdcs"] = new JsonArray(domain.Address), ["Account"] = "svc-gateway", ["Keytab"] = domain.Keytab("gateway"),
                ["Authentication"] = "PerRequest", ["KdcTimeout"] = "00:00:03",
            },
        },
        domain.Keytab("mail"));
}
