using System.Diagnostics;
using MfaGateway.Lab.Kerberos;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>A domain controller that stops, freezes and comes back: who has a ticket does not notice, and who has none is told in time.</summary>
[Collection(DomainTests.Name)]
public sealed class OutageTests(Domain domain)
{
    [Fact]
    public async Task a_domain_controller_that_accepts_and_stays_silent_holds_up_nobody_who_has_a_ticket()
    {
        using var gatekeeper = new Gatekeeper(domain, choice => (choice.Workers, choice.Queue, choice.KdcTimeout) = (2, 3, TimeSpan.FromSeconds(1)));
        using var acceptor = new TicketAcceptor(domain.Keytab("mail"), "none:");
        (await gatekeeper.GrantedAsync("alice@contoso.test")).Dispose();
        domain.Freeze();
        try
        {
            // more than there are threads and places to wait
            var began = Stopwatch.GetTimestamp();
            var strangers = Enumerable.Range(0, 8).Select(n => gatekeeper.RefusedAsync($"user{n}@contoso.test")).ToList();
            var slowest = TimeSpan.Zero;
            for (var n = 0; n < 200; n++)
            {
                var asked = Stopwatch.GetTimestamp();
                using var context = await gatekeeper.GrantedAsync("alice@contoso.test");
                if (Stopwatch.GetElapsedTime(asked) is var took && took > slowest) slowest = took;
                Assert.True(context.Completes(acceptor.Accept(context.Token.Span, Gatekeeper.Binding).Answer));
            }

            var answers = await Task.WhenAll(strangers);

            Assert.True(slowest < TimeSpan.FromSeconds(0.5), $"A cached ticket had to wait {slowest.TotalMilliseconds:f0} ms.");
            Assert.True(Stopwatch.GetElapsedTime(began) is var all && all < TimeSpan.FromSeconds(5), $"They were told after {all.TotalSeconds:f1} s.");
            Assert.All(answers, answer => Assert.Contains(answer, (string[])["kdc-slow", "kdc-queue-full"]));
            Assert.InRange(answers.Count(answer => answer == "kdc-queue-full"), 3, 5); // 8, less 3 in the queue, less up to 2 that a thread took already
        }
        finally
        {
            domain.Thaw();
        }

        await EventuallyGrantedAsync(gatekeeper, "user30@contoso.test");
    }

    [Fact]
    public async Task a_domain_controller_that_is_restarted_is_not_noticed_by_who_has_a_ticket()
    {
        using var gatekeeper = new Gatekeeper(domain);
        using var acceptor = new TicketAcceptor(domain.Keytab("mail"), "none:");
        (await gatekeeper.GrantedAsync("alice@contoso.test")).Dispose();
        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            var served = 0;
            for (; !stop.IsCancellationRequested; served++)
            {
                using var context = await gatekeeper.GrantedAsync("alice@contoso.test");
                acceptor.Accept(context.Token.Span, Gatekeeper.Binding);
            }

            return served;
        });

        await domain.StopAsync();
        var without = await gatekeeper.RefusedAsync("bob@contoso.test");
        await domain.StartAsync();
        var with = await gatekeeper.RefusedAsync("bob@contoso.test");
        await stop.CancelAsync();

        Assert.Equal("kdc-unreachable", without);
        Assert.Equal("granted", with);
        Assert.True(await load > 100);
    }

    [Fact]
    public async Task a_ticket_that_cannot_be_renewed_is_used_for_as_long_as_it_is_good()
    {
        var clock = new MovableClock();
        using var gatekeeper = new Gatekeeper(domain, choice => choice.TicketLifetime = TimeSpan.FromMinutes(10), clock);
        using var acceptor = new TicketAcceptor(domain.Keytab("mail"), "none:");
        (await gatekeeper.GrantedAsync("alice@contoso.test")).Dispose();
        await domain.StopAsync();
        try
        {
            clock.Offset = TimeSpan.FromMinutes(30);

            using var context = await gatekeeper.GrantedAsync("alice@contoso.test");

            Assert.Equal(@"alice\@contoso.test@CONTOSO.TEST", acceptor.Accept(context.Token.Span, Gatekeeper.Binding).User);
            Assert.Contains(gatekeeper.Log.Lines, line => line.Event.Id == 6103);
        }
        finally
        {
            await domain.StartAsync();
        }
    }

    [Fact]
    public async Task a_new_password_of_the_mail_server_costs_one_renewal()
    {
        var clock = new MovableClock();
        using var gatekeeper = new Gatekeeper(domain, time: clock);
        (await gatekeeper.GrantedAsync("alice@contoso.test")).Dispose();
        var renewed = await domain.RollMailKeyAsync();
        try
        {
            using var acceptor = new TicketAcceptor(renewed, "none:");
            using var stale = await gatekeeper.GrantedAsync("alice@contoso.test");
            var refused = Record.Exception(() => acceptor.Accept(stale.Token.Span, Gatekeeper.Binding));
            clock.Offset = TimeSpan.FromSeconds(3);

            using var fresh = await gatekeeper.GrantedAsync("alice@contoso.test", renew: true);

            Assert.NotNull(refused);
            Assert.True(fresh.Completes(acceptor.Accept(fresh.Token.Span, Gatekeeper.Binding).Answer));
        }
        finally
        {
            File.Copy(renewed, domain.Keytab("mail"), overwrite: true); // the tests after this one accept with the new key
        }
    }

    private static async Task EventuallyGrantedAsync(Gatekeeper gatekeeper, string user)
    {
        var began = Stopwatch.GetTimestamp();
        string answer;
        while ((answer = await gatekeeper.RefusedAsync(user)) != "granted" && Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30))
        {
            // each attempt waits a second by itself
        }

        Assert.Equal("granted", answer);
    }

    private sealed class MovableClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
    }
}
