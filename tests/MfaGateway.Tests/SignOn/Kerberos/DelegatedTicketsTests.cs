using System.Text;
using MfaGateway.SignOn.Kerberos;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.Tests.SignOn.Kerberos;

public sealed class DelegatedTicketsTests : IDisposable
{
    private const string Service = "HTTP/mail.contoso.com";
    private const string Alice = "alice@contoso.com";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ScriptedController _controller;
    private readonly KerberosOptions _options = new() { Account = "svc-gateway", Workers = 2, Queue = 3, CacheUsers = 10 };
    private readonly DelegatedTickets _tickets;

    public DelegatedTicketsTests()
    {
        _controller = new ScriptedController { Time = _time };
        _tickets = new DelegatedTickets(
            () => _options, new KdcThreads(_options.Workers, _options.Queue, _controller.Open, _time, NullLogger.Instance), _time, NullLogger<DelegatedTickets>.Instance);
    }

    public void Dispose()
    {
        _controller.Dispose();
        _tickets.Dispose();
    }

    [Fact]
    public async Task A_ticket_is_obtained_once_and_every_token_is_new_and_made_for_its_connection()
    {
        var first = await TokenAsync(Alice, binding: "one");
        var second = await TokenAsync(Alice, binding: "two");

        Assert.Equal("alice@contoso.com 1 one", first);
        Assert.Equal("alice@contoso.com 2 two", second);
        Assert.Equal(1, _controller.Calls);
    }

    [Fact]
    public async Task Whoever_asks_for_the_same_user_at_the_same_time_shares_one_attempt()
    {
        _controller.Freeze();
        var asking = Enumerable.Range(0, 50).Select(_ => TokenAsync(Alice)).ToList();

        _controller.Thaw();
        var tokens = await Task.WhenAll(asking);

        Assert.Equal(50, tokens.Distinct().Count());
        Assert.Equal(1, _controller.Calls);
    }

    [Fact]
    public async Task A_refusal_stands_for_a_few_seconds()
    {
        _controller.Answer = _ => ScriptedController.Refuse(SignOnFailure.UserDisabled);
        for (var n = 0; n < 10; n++) Assert.Equal("user-disabled", await TokenAsync(Alice));
        Assert.Equal(1, _controller.Calls);

        _controller.Answer = null;
        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal("alice@contoso.com 1 ", await TokenAsync(Alice));
    }

    [Fact]
    public async Task An_outage_is_over_when_it_is_over()
    {
        _controller.Answer = _ => ScriptedController.Refuse(SignOnFailure.KdcUnreachable);
        Assert.Equal("kdc-unreachable", await TokenAsync(Alice));

        _controller.Answer = null;

        Assert.Equal("alice@contoso.com 1 ", await TokenAsync(Alice));
    }

    [Fact]
    public async Task The_least_recently_used_user_makes_room_and_gives_his_memory_back()
    {
        for (var n = 0; n < 10; n++) await TokenAsync($"user{n}@contoso.com");
        await TokenAsync("user0@contoso.com");

        await TokenAsync("user10@contoso.com");

        Assert.Equal(10, _tickets.CachedUsers);
        Assert.Equal("user1@contoso.com", Assert.Single(_controller.Tickets, ticket => ticket.Disposed).Owner);
    }

    [Fact]
    public async Task A_ticket_is_used_for_as_long_as_is_allowed_and_then_obtained_anew()
    {
        _options.TicketLifetime = TimeSpan.FromMinutes(10);
        await TokenAsync(Alice);
        _time.Advance(TimeSpan.FromMinutes(7));
        await TokenAsync(Alice);
        Assert.Equal(1, _controller.Calls);

        _time.Advance(TimeSpan.FromMinutes(4));
        _controller.Answer = _ => ScriptedController.Refuse(SignOnFailure.UserDisabled);

        Assert.Equal("user-disabled", await TokenAsync(Alice));
        Assert.True(_controller.Tickets[0].Disposed);
    }

    [Fact]
    public async Task A_ticket_is_renewed_before_anybody_has_to_wait_for_it()
    {
        _options.TicketLifetime = TimeSpan.FromMinutes(10);
        await TokenAsync(Alice);
        _controller.Freeze();
        _time.Advance(TimeSpan.FromMinutes(9));

        var during = await TokenAsync(Alice);
        _controller.Thaw();
        await UntilAsync(() => _controller.Tickets.Count == 2 && _controller.Tickets[0].Disposed);

        Assert.Equal("alice@contoso.com 2 ", during);
        Assert.Equal("alice@contoso.com 1 ", await TokenAsync(Alice)); // the first token of the new ticket
    }

    [Fact]
    public async Task A_ticket_is_never_used_shortly_before_its_end()
    {
        _options.TicketLifetime = TimeSpan.FromHours(10);
        _controller.Answer = user => _controller.Grant(user, TimeSpan.FromHours(1));
        await TokenAsync(Alice);
        _controller.Answer = _ => ScriptedController.Refuse(SignOnFailure.KdcUnreachable);

        _controller.Freeze();

        _time.Advance(TimeSpan.FromMinutes(54.99));
        Assert.Equal("alice@contoso.com 2 ", await TokenAsync(Alice));
        await UntilAsync(() => _controller.Calls == 2); // the attempt to renew it, which ends when the ticket has
        _time.Advance(TimeSpan.FromMinutes(0.02));
        _controller.Thaw();

        Assert.Equal("kdc-unreachable", await TokenAsync(Alice));
    }

    [Fact]
    public async Task During_an_outage_an_old_ticket_is_used_to_its_end()
    {
        await TokenAsync(Alice);
        _controller.Answer = _ => ScriptedController.Refuse(SignOnFailure.KdcUnreachable);

        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal("alice@contoso.com 2 ", await TokenAsync(Alice));
        _time.Advance(TimeSpan.FromHours(8));

        Assert.Equal("kdc-unreachable", await TokenAsync(Alice));
    }

    [Fact]
    public async Task A_domain_controller_that_stays_silent_costs_who_has_an_old_ticket_a_second_once()
    {
        await TokenAsync(Alice);
        _time.Advance(TimeSpan.FromHours(2));
        _controller.Freeze();

        var asking = TokenAsync(Alice);
        await UntilAsync(() => _controller.Waiting == 1);
        Assert.False(asking.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.Equal("alice@contoso.com 2 ", await asking);
        Assert.Equal("alice@contoso.com 3 ", await TokenAsync(Alice)); // at once: the clock stands still
    }

    [Fact]
    public async Task Who_waits_too_long_is_told_so_while_the_thread_still_hangs()
    {
        _controller.Freeze();
        var asking = TokenAsync(Alice);
        await UntilAsync(() => _controller.Waiting == 1);

        _time.Advance(_options.KdcTimeout + TimeSpan.FromSeconds(1));

        Assert.Equal("kdc-slow", await asking);
        Assert.Equal(1, _controller.Waiting);
    }

    [Fact]
    public async Task A_full_queue_is_answered_at_once()
    {
        _controller.Freeze();
        var busy = new List<Task<string>> { TokenAsync("user0@contoso.com"), TokenAsync("user1@contoso.com") };
        await UntilAsync(() => _controller.Waiting == 2);
        for (var n = 2; n < 5; n++) busy.Add(TokenAsync($"user{n}@contoso.com"));

        Assert.Equal("kdc-queue-full", await TokenAsync("user5@contoso.com"));

        _controller.Thaw();
        Assert.All(await Task.WhenAll(busy), token => Assert.StartsWith("user", token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_is_asked_for_a_user_whom_nobody_waits_for_any_more()
    {
        _controller.Freeze();
        var busy = new[] { TokenAsync("user0@contoso.com"), TokenAsync("user1@contoso.com") };
        await UntilAsync(() => _controller.Waiting == 2);
        var queued = TokenAsync("user2@contoso.com");

        _time.Advance(_options.KdcTimeout + TimeSpan.FromSeconds(1));
        Assert.Equal("kdc-slow", await queued);
        _controller.Thaw();
        await Task.WhenAll(busy);

        await UntilAsync(() => _tickets.CachedUsers == 3 && _controller.Waiting == 0);
        Assert.Equal(2, _controller.Calls);
    }

    [Fact]
    public async Task A_refused_ticket_is_renewed_once_however_many_requests_met_the_refusal()
    {
        await TokenAsync(Alice);
        _time.Advance(TimeSpan.FromSeconds(10));

        var tokens = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TokenAsync(Alice, renew: true)));

        Assert.Equal(8, tokens.Distinct().Count());
        Assert.Equal(2, _controller.Calls);
        Assert.True(_controller.Tickets[0].Disposed);
    }

    [Fact]
    public async Task Who_goes_away_leaves_the_attempt_to_the_others()
    {
        _controller.Freeze();
        using var gone = new CancellationTokenSource();
        var leaving = _tickets.InitiateAsync(Alice, Service, default, renew: false, gone.Token).AsTask();
        var staying = TokenAsync(Alice);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        _controller.Thaw();

        Assert.Equal("alice@contoso.com 1 ", await staying);
        Assert.Equal(1, _controller.Calls);
    }

    [Fact]
    public async Task An_attempt_that_breaks_refuses_the_user_and_not_the_next()
    {
        _controller.Answer = user => user == Alice ? throw new InvalidOperationException("broken") : _controller.Grant(user, TimeSpan.FromHours(1));

        Assert.Equal("kerberos-failed", await TokenAsync(Alice));
        Assert.Equal("bob@contoso.com 1 ", await TokenAsync("bob@contoso.com"));
    }

    [Theory]
    [InlineData("Administrator@contoso.com")]
    [InlineData("ADMINISTRATOR@contoso.com")]
    [InlineData("krbtgt@contoso.com")]
    [InlineData("dc1$@contoso.com")]
    [InlineData("svc-gateway@contoso.com")]
    public async Task Nobody_is_asked_for_a_privileged_account(string user)
    {
        Assert.Equal("privileged-user", await TokenAsync(user));
        Assert.Equal(0, _controller.Calls);
    }

    /// <summary>Windows answers a UPN with the account it belongs to.</summary>
    [Theory]
    [InlineData("Administrator@CONTOSO.COM")]
    [InlineData(@"Administrator\@contoso.com@CONTOSO.COM")]
    [InlineData("PRT01$@CONTOSO.COM")]
    [InlineData("svc-gateway@CONTOSO.COM")]
    public async Task A_privileged_account_behind_an_alias_is_refused_and_its_ticket_thrown_away(string owner)
    {
        _controller.Answer = _ => _controller.Grant(owner, TimeSpan.FromHours(1));

        Assert.Equal("privileged-user", await TokenAsync("ceo@contoso.com"));
        Assert.True(_controller.Tickets[0].Disposed);
        Assert.Equal(0, _controller.Tickets[0].Made);
    }

    private async Task<string> TokenAsync(string user, string binding = "", bool renew = false)
    {
        switch (await _tickets.InitiateAsync(user, Service, Encoding.ASCII.GetBytes(binding), renew, TestContext.Current.CancellationToken))
        {
            case TicketResult.Granted granted:
                using (granted.Context) return Encoding.ASCII.GetString(granted.Context.Token.Span);
            case TicketResult.Refused refused:
                return refused.Failure.Code;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
