using System.Collections.Concurrent;
using MfaGateway.IntegrationTests.Simulation;
using MfaGateway.Sessions;
using MfaGateway.SignOn;
using MfaGateway.SignOn.Kerberos.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace MfaGateway.IntegrationTests.SignOn;

/// <summary>A server that knows people by the connection shows one person another's mailbox as soon as a connection changes hands.</summary>
public sealed class IsolationTests
{
    [Theory]
    [InlineData(2, 10_000)]
    [InlineData(50, 10_000)]
    public async Task nobody_ever_sees_another_s_mailbox(int people, int requests)
    {
        await using var estate = await KerberosEstate.StartAsync();
        var browsers = await SignedInAsync(estate, people);

        var seen = await InterleaveAsync(browsers, requests);

        Assert.Equal(requests, seen.Count);
        Assert.Equal(0, MixUps(seen));
        Assert.All(estate.Server.Requests.GroupBy(r => r.Connection), connection => Assert.Single(connection.Select(r => r.User).Distinct()));
    }

    [Fact]
    public async Task the_same_test_finds_the_mix_ups_when_people_share_a_pool()
    {
        await using var estate = await KerberosEstate.StartAsync(
            options: exchange => exchange.SignOn.Method = "Shared", services: services => services.AddSingleton<IBackendSignOn, SharedSignOn>());
        var browsers = await SignedInAsync(estate, 2);

        var seen = await InterleaveAsync(browsers, 200);

        Assert.NotEqual(0, MixUps(seen));
    }

    [Theory]
    [InlineData("Auto")]
    [InlineData("PerRequest")]
    [InlineData("PerConnection")]
    public async Task two_sessions_of_the_same_person_do_not_share_connections_either(string authentication)
    {
        await using var estate = await KerberosEstate.StartAsync(authentication);
        var browsers = new[] { await estate.SignedInAsync("alice@contoso.com"), await estate.SignedInAsync("alice@contoso.com") };
        await browsers[0].FetchAsync(HttpMethod.Get, "/owa/ping.owa?first");
        await browsers[1].FetchAsync(HttpMethod.Get, "/owa/keepalive.owa?second");

        var first = estate.Server.Requests.Where(r => r.Path == "/owa/ping.owa").Select(r => r.Connection).Distinct();
        var second = estate.Server.Requests.Where(r => r.Path == "/owa/keepalive.owa").Select(r => r.Connection).Distinct();

        Assert.Empty(first.Intersect(second));
        Assert.Equal(2, estate.Connections);
    }

    private static async Task<List<(string Name, Browser Browser)>> SignedInAsync(KerberosEstate estate, int people)
    {
        var browsers = new List<(string, Browser)>();
        for (var n = 0; n < people; n++) browsers.Add(($"user{n}@contoso.com", await estate.SignedInAsync($"user{n}@contoso.com")));
        return browsers;
    }

    /// <summary>Everybody reads and posts at the same time, over a connection or two each.</summary>
    private static async Task<ConcurrentBag<(string Asked, string Answered)>> InterleaveAsync(List<(string Name, Browser Browser)> browsers, int requests)
    {
        var seen = new ConcurrentBag<(string, string)>();
        var readers = Math.Max(1, 8 / browsers.Count);
        await Task.WhenAll(browsers.SelectMany(person => Enumerable.Range(0, readers).Select(async _ =>
        {
            for (var n = 0; n < requests / browsers.Count / readers; n++)
            {
                using var body = n % 3 == 0 ? new StringContent("{}") : null;
                var answer = await person.Browser.FetchAsync(body is null ? HttpMethod.Get : HttpMethod.Post, "/owa/service.svc?action=FindItem", body);
                seen.Add((person.Name, answer.Body));
            }
        })));
        return seen;
    }

    private static int MixUps(IEnumerable<(string Asked, string Answered)> seen) => seen.Count(pair => pair.Asked != pair.Answered);

    /// <summary>The same sending, the same tokens, but one pool for everybody.</summary>
    private sealed class SharedSignOn(ConnectionPools pools, TicketSender sender) : IBackendSignOn
    {
        private ConnectionPool? _everybody;

        public string Name => "Shared";

        public ISessionConnections ConnectionsOf(LiveSession session)
        {
            Interlocked.CompareExchange(ref _everybody, pools.Of(session), null);
            return new Sharing(session.Facts.User, _everybody, sender);
        }

        private sealed class Sharing(string user, ConnectionPool pool, TicketSender sender) : ISessionConnections
        {
            public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
                sender.SendAsync(user, pool, request, cancellationToken);
        }
    }
}
