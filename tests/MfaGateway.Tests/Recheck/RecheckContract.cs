using System.Security.Cryptography;
using MfaGateway.Audit;
using MfaGateway.Recheck;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.DataProtection;

namespace MfaGateway.Tests.Recheck;

/// <summary>Three gateways and one session with a refresh token that works once, over any store: one question, and nobody signed out who is still welcome.</summary>
public abstract class RecheckContract : IAsyncLifetime
{
    private readonly EphemeralDataProtectionProvider _keys = new();
    private readonly MovableTime _time = new();
    private readonly List<ISessionStore> _stores = [];
    private readonly List<RecheckNode> _nodes = [];
    private OneUseProvider _provider = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IEnumerable<AuditEvent> Audit => _nodes.SelectMany(node => node.Audit);

    /// <summary>A store for one more gateway; what they keep is the same.</summary>
    private protected abstract ISessionStore Create();

    public virtual async ValueTask InitializeAsync()
    {
        for (var n = 0; n < 3; n++) _stores.Add(Create());
        foreach (var store in _stores) await store.OpenAsync(Cancel);
        Start(_provider);
    }

    public virtual ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) node.Dispose();
        foreach (var store in _stores.Distinct()) (store as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task However_many_requests_come_to_however_many_gateways_the_provider_is_asked_once()
    {
        var handle = await SignInAsync();

        for (var round = 1; round <= 10; round++)
        {
            _time.Advance(RecheckNode.Every);
            var standings = await RequestsAsync(handle, round == 1 ? 1_000 : 60);

            Assert.Equal(round, _provider.Calls);
            Assert.All(standings, standing => Assert.Equal(Standing.Confirmed, standing));
        }

        Assert.Equal(1, _provider.MostAtOnce);
        Assert.Empty(Audit);
    }

    [Fact]
    public async Task A_gateway_that_has_not_yet_heard_of_the_answer_looks_before_it_asks()
    {
        var handle = await SignInAsync();
        _time.Advance(RecheckNode.Every);
        await _nodes[1].Sessions.FindAsync(handle, Cancel); // what it saw now it believes for a second
        Assert.Equal(Standing.Confirmed, await AnswerAsync(_nodes[0], handle));

        Assert.Equal(Standing.Confirmed, await AnswerAsync(_nodes[1], handle));

        Assert.Equal(1, _provider.Calls);
    }

    [Fact]
    public async Task A_gateway_that_dies_with_the_answer_costs_nobody_the_session()
    {
        var handle = await SignInAsync();
        var (dead, held) = await DieAsync(handle);

        var standings = await Task.WhenAll(Enumerable.Range(0, 100).Select(n => AnswerAsync(_nodes[1 + (n % 2)], handle)));

        Assert.Equal(2, _provider.Calls);
        Assert.All(standings, standing => Assert.Equal(Standing.SignInAgain, standing)); // scripts go on, the next page leads to the provider
        Assert.Empty(Audit);
        held.SetResult();
        await dead;
    }

    [Fact]
    public async Task A_provider_that_allows_for_lost_answers_is_simply_asked_again()
    {
        Start(new OneUseProvider { Lenient = true });
        var handle = await SignInAsync();
        var (dead, held) = await DieAsync(handle);

        var standings = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => AnswerAsync(_nodes[1 + (n % 2)], handle)));

        Assert.Equal(2, _provider.Calls);
        Assert.All(standings, standing => Assert.Equal(Standing.Confirmed, standing));
        held.SetResult();
        await dead;
    }

    [Fact]
    public async Task A_gateway_that_was_only_slow_accuses_nobody_of_what_it_did_itself()
    {
        var handle = await SignInAsync();
        var (slow, held) = await DieAsync(handle);
        Assert.Equal(Standing.SignInAgain, await AnswerAsync(_nodes[1], handle));

        held.SetResult();
        await slow;
        var later = await UntilAsync(_nodes[0], handle, standing => standing is Standing.Confirmed); // its answer confirmed the user
        _time.Advance(RecheckNode.Every);
        var next = await AnswerAsync(_nodes[2], handle); // but the provider had withdrawn every token when one came twice

        Assert.Equal((Standing.Confirmed, Standing.SignInAgain), (later, next));
        Assert.Empty(Audit);
    }

    [Fact]
    public async Task A_session_that_ends_during_the_question_stays_ended()
    {
        var handle = await SignInAsync();
        var (asked, held) = Hold();
        _time.Advance(RecheckNode.Every);
        var request = _nodes[0].RequestAsync(handle);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancel);

        await _nodes[1].Sessions.EndAsync(handle.Key(), Cancel);
        held.SetResult();

        await request;
        foreach (var node in _nodes) Assert.Equal(Standing.Ended, await UntilAsync(node, handle, standing => standing is Standing.Ended));
        Assert.Null(await _stores[2].FindAsync(handle.Key(), Cancel));
    }

    [Fact]
    public async Task A_user_who_is_refused_is_out_on_every_gateway_and_recorded_once()
    {
        var handle = await SignInAsync();
        _provider.Disabled = true;
        _time.Advance(RecheckNode.Every);

        var standings = await RequestsAsync(handle, 100);

        Assert.All(standings, standing => Assert.Equal(Standing.Ended, standing));
        Assert.Equal(1, _provider.Calls);
        Assert.Equal(("recheck-refused", "alice@contoso.com"), (Assert.Single(Audit).Reason, Audit.First().UserName));
        Assert.Null(await _stores[0].FindAsync(handle.Key(), Cancel));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_is_lost_on_the_way_nobody_is_signed_out_and_never_are_there_two_questions(int seed)
    {
        var (random, handle) = (new Random(seed), await SignInAsync());
        var signIns = new List<SessionHandle> { handle };
        _provider.BeforeAnswer = async () =>
        {
            var fate = Draw(4);
            await Task.Delay(Draw(30), Cancel);
            if (fate == 0) throw new HttpRequestException(HttpRequestError.ResponseEnded, "The answer was lost.");
        };

        for (var step = 0; step < 25; step++)
        {
            await BetweenQuestionsAsync(signIns, () => _time.Advance(TimeSpan.FromMinutes(Draw(12))));
            var standings = await RequestsAsync(1 + Draw(30), node => node.RequestAsync(handle));
            Assert.All(standings, standing => Assert.True(standing is not Standing.Ended, $"Step {step}"));
            if (standings.Any(standing => standing is Standing.SignInAgain or Standing.SignInFirst)) signIns.Add(handle = await SignInAsync()); // with the next page
        }

        Assert.Equal(1, _provider.MostAtOnce);
        Assert.Empty(Audit);

        int Draw(int below)
        {
            lock (random) return random.Next(below);
        }
    }

    /// <summary>Moves the clock while no gateway asks and none can begin to: a question that takes minutes by the clock is given up for lost, and another may be put.</summary>
    private async Task BetweenQuestionsAsync(IEnumerable<SessionHandle> signIns, Action move)
    {
        var (sessions, claims) = (_nodes[0].Sessions, signIns.Select(handle => $"recheck:{handle.Key().Value}").ToList());
        foreach (var claim in claims)
        {
            while (!await sessions.ClaimAsync(claim, TimeSpan.FromSeconds(1), Cancel)) await Task.Delay(5, Cancel);
        }

        move();
        foreach (var claim in claims) await sessions.ReleaseAsync(claim, Cancel);
    }

    private void Start(OneUseProvider provider)
    {
        _provider = provider;
        _nodes.ForEach(node => node.Dispose());
        _nodes.Clear();
        _nodes.AddRange(_stores.Select(store => new RecheckNode(store, provider, _keys, _time)));
    }

    private async Task<SessionHandle> SignInAsync()
    {
        var now = _time.GetUtcNow();
        var (handle, _) = await _nodes[0].Sessions.CreateAsync(
            new GatewaySession
            {
                User = "alice@contoso.com", Subject = "sub-1", Provider = "main", CreatedAt = now,
                Recheck = new RecheckState { ConfirmedAt = now, RefreshToken = _provider.SignIn(), Nonce = "n" },
            },
            Cancel);
        return handle;
    }

    private Task<Standing[]> RequestsAsync(SessionHandle handle, int count) => RequestsAsync(count, node => AnswerAsync(node, handle));

    private Task<Standing[]> RequestsAsync(int count, Func<RecheckNode, Task<Standing>> request) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(n => Task.Run(() => request(_nodes[(n + RandomNumberGenerator.GetInt32(3)) % 3]), Cancel)));

    /// <summary>How the session stands once the question is answered: on a busy machine that may take longer than a request waits.</summary>
    private static Task<Standing> AnswerAsync(RecheckNode node, SessionHandle handle) => UntilAsync(node, handle, standing => standing is not Standing.Unconfirmed);

    private (TaskCompletionSource Asked, TaskCompletionSource Held) Hold()
    {
        var (asked, held) = (new TaskCompletionSource(), new TaskCompletionSource());
        _provider.BeforeAnswer = async () =>
        {
            if (asked.TrySetResult()) await held.Task;
        };
        return (asked, held);
    }

    /// <summary>The first gateway gets no answer to its question, and its claim has run out.</summary>
    private async Task<(Task Request, TaskCompletionSource Held)> DieAsync(SessionHandle handle)
    {
        var (asked, held) = Hold();
        _time.Advance(RecheckNode.Every);
        var request = _nodes[0].RequestAsync(handle);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        await _stores[1].ReleaseAsync($"recheck:{handle.Key().Value}", Cancel);
        return (request, held);
    }

    private static async Task<Standing> UntilAsync(RecheckNode node, SessionHandle handle, Predicate<Standing> expected)
    {
        Standing standing;
        for (var n = 0; !expected(standing = await node.RequestAsync(handle)) && n < 100; n++) await Task.Delay(100, Cancel);
        return standing;
    }
}
