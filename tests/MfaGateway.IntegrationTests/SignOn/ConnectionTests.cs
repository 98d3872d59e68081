using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignOn;

/// <summary>The life of a session's connections.</summary>
public sealed class ConnectionTests
{
    private const string Read = "/owa/ping.owa";
    private const string Hanging = "/owa/ev.owa2";

    [Fact]
    public async Task signing_out_closes_all_connections_of_the_session_and_the_requests_that_hang_on_them()
    {
        await using var estate = await KerberosEstate.StartAsync();
        var alice = await estate.SignedInAsync("alice@contoso.com");
        var bob = await estate.SignedInAsync("bob@contoso.com");
        var ended = HangOn(estate.Server);
        await using var stream = await alice.StreamAsync(Hanging);
        await stream.ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);
        await alice.FetchAsync(HttpMethod.Get, Read);

        await alice.GetAsync("/.gateway/signout");

        await ended.WaitAsync(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        await ExpectOpenAsync(estate, 1);
        Assert.Equal("bob@contoso.com", (await bob.FetchAsync(HttpMethod.Get, Read)).Body);
    }

    [Fact]
    public async Task a_session_that_reaches_its_end_takes_its_connections_along()
    {
        await using var estate = await KerberosEstate.StartAsync();
        var alice = await estate.SignedInAsync("alice@contoso.com");
        var ended = HangOn(estate.Server);
        await using var stream = await alice.StreamAsync(Hanging);
        await stream.ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);

        estate.Network.Time.Advance(TimeSpan.FromHours(11));

        await ended.WaitAsync(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        await ExpectOpenAsync(estate, 0);
    }

    [Fact]
    public async Task an_unused_connection_is_closed_after_half_a_minute_and_one_in_use_is_not()
    {
        await using var estate = await KerberosEstate.StartAsync();
        var alice = await estate.SignedInAsync("alice@contoso.com");
        _ = HangOn(estate.Server);
        await using var stream = await alice.StreamAsync(Hanging);
        await stream.ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);
        await alice.FetchAsync(HttpMethod.Get, Read);
        Assert.Equal(2, estate.Connections);

        estate.Network.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(2, estate.Connections);
        estate.Network.Time.Advance(TimeSpan.FromSeconds(6));

        await ExpectOpenAsync(estate, 1);
    }

    [Fact]
    public async Task a_connection_in_steady_use_is_replaced_after_ten_minutes()
    {
        await using var estate = await KerberosEstate.StartAsync();
        var alice = await estate.SignedInAsync("alice@contoso.com");

        for (var n = 0; n < 62; n++)
        {
            estate.Network.Time.Advance(TimeSpan.FromSeconds(10));
            await alice.FetchAsync(HttpMethod.Get, Read);
        }

        Assert.Equal(2, estate.Server.Requests.Select(request => request.Connection).Distinct().Count());
    }

    [Fact]
    public async Task a_ninth_request_of_a_session_waits_for_a_connection_and_other_sessions_do_not()
    {
        await using var estate = await KerberosEstate.StartAsync();
        var alice = await estate.SignedInAsync("alice@contoso.com");
        var bob = await estate.SignedInAsync("bob@contoso.com");
        var arrived = new SemaphoreSlim(0);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        estate.Server.Answer = async (context, user) =>
        {
            if (!context.Request.Query.ContainsKey("slow")) return false;
            arrived.Release();
            await go.Task;
            return false;
        };
        var slow = Enumerable.Range(0, 8).Select(_ => alice.FetchAsync(HttpMethod.Get, $"{Read}?slow")).ToList();
        for (var n = 0; n < 8; n++) await arrived.WaitAsync(TestContext.Current.CancellationToken);

        var ninth = alice.FetchAsync(HttpMethod.Get, $"{Read}?ninth");
        Assert.Equal("bob@contoso.com", (await bob.FetchAsync(HttpMethod.Get, Read)).Body);

        Assert.False(ninth.IsCompleted);
        Assert.Equal(9, estate.Connections);
        go.SetResult();
        Assert.Equal("alice@contoso.com", (await ninth).Body);
        await Task.WhenAll(slow);
        Assert.Equal(9, estate.Connections);
    }

    [Fact]
    public async Task a_caller_who_hangs_up_closes_the_connection_that_his_answer_was_on()
    {
        await using var estate = await KerberosEstate.StartAsync();
        var alice = await estate.SignedInAsync("alice@contoso.com");
        var ended = HangOn(estate.Server);
        var stream = await alice.StreamAsync(Hanging);
        await stream.ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);

        await stream.DisposeAsync();

        await ended.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        await ExpectOpenAsync(estate, 0);
        Assert.Equal("alice@contoso.com", (await alice.FetchAsync(HttpMethod.Get, Read)).Body);
    }

    [Fact]
    public async Task an_upload_of_35_MB_and_a_long_answer_run_through_a_session_s_connection()
    {
        await using var estate = await KerberosEstate.StartAsync();
        var alice = await estate.SignedInAsync("alice@contoso.com");
        var received = 0L;
        estate.Server.Answer = async (context, _) =>
        {
            var buffer = new byte[65_536];
            while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is var read and > 0) received += read;
            for (var n = 0; n < 100; n++) await context.Response.Body.WriteAsync(buffer, context.RequestAborted);
            return true;
        };

        var answer = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=CreateAttachment", new ByteArrayContent(new byte[35_000_000]));

        Assert.Equal(35_000_000, received);
        Assert.Equal(6_553_600, answer.Body.Length);
        Assert.Equal(1, estate.Connections);
    }

    [Theory]
    [InlineData("HEAD", 200)]
    [InlineData("GET", 304)]
    [InlineData("GET", 204)]
    public async Task an_answer_without_a_body_leaves_its_connection_to_the_next_request(string method, int status)
    {
        await using var estate = await KerberosEstate.StartAsync();
        var alice = await estate.SignedInAsync("alice@contoso.com");
        estate.Server.Answer = (context, _) =>
        {
            context.Response.StatusCode = status;
            return Task.FromResult(true);
        };

        for (var n = 0; n < 3; n++) await alice.FetchAsync(new HttpMethod(method), "/owa/attachment.ashx");

        Assert.Equal(1, estate.Connections);
        Assert.Single(estate.Server.Requests.Select(request => request.Connection).Distinct());
    }

    /// <summary>Lets notification requests hang; ends when the server sees the last of them gone.</summary>
    private static Task HangOn(Acceptor server)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Answer = async (context, _) =>
        {
            if (context.Request.Path != Hanging) return false;
            context.RequestAborted.Register(() => ended.TrySetResult());
            await context.Response.Body.WriteAsync("x"u8.ToArray());
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        return ended.Task;
    }

    private static Task ExpectOpenAsync(KerberosEstate estate, int connections) => KerberosEstate.UntilAsync(() => estate.Connections == connections);
}
