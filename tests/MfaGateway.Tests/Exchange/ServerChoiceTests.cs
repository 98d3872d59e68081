using MfaGateway.Exchange;
using Yarp.ReverseProxy.Model;

namespace MfaGateway.Tests.Exchange;

public class ServerChoiceTests
{
    private readonly ServerChoice _choice = new();
    private readonly DestinationState[] _servers = [new("ex1"), new("ex2"), new("ex3")];

    [Fact]
    public void A_session_stays_at_its_server_however_much_that_has_to_do()
    {
        var session = People.SignedIn("alice");
        session.ServedBy("ex2");
        for (var n = 0; n < 50; n++) _choice.RunningAt(_servers[1]).Begin();

        Assert.Same(_servers[1], _choice.Of(_servers, session));
    }

    [Fact]
    public void A_session_whose_server_is_out_goes_to_another()
    {
        var session = People.SignedIn("alice");
        session.ServedBy("ex2");

        Assert.NotSame(_servers[1], _choice.Of([_servers[0], _servers[2]], session));
    }

    [Fact]
    public void The_only_server_gets_everything()
    {
        _choice.RunningAt(_servers[0]).Begin();

        Assert.Same(_servers[0], _choice.Of([_servers[0]], null));
    }

    [Theory]
    [InlineData(0, 1, 5, "ex3")]
    [InlineData(7, 0, 1, "ex1")]
    [InlineData(3, 5, 2, "ex2")]
    public void Who_has_none_yet_never_gets_the_one_with_the_most_requests_running(int first, int second, int third, string never)
    {
        foreach (var (server, count) in _servers.Zip([first, second, third]))
        {
            for (var n = 0; n < count; n++) _choice.RunningAt(server).Begin();
        }

        var chosen = Enumerable.Range(0, 200).Select(_ => _choice.Of(_servers, People.SignedIn("alice")).DestinationId).Distinct().ToList();

        Assert.Equal(2, chosen.Count);
        Assert.DoesNotContain(never, chosen);
    }

    /// <summary>One that refuses everything at once is always idle, and must not get everybody for it.</summary>
    [Fact]
    public void The_idlest_of_several_gets_some_of_the_new_sessions_and_not_all()
    {
        for (var n = 0; n < 50; n++) Array.ForEach(_servers[..2], server => _choice.RunningAt(server).Begin());

        var toIdlest = Enumerable.Range(0, 300).Count(_ => _choice.Of(_servers, People.SignedIn("alice")) == _servers[2]);

        Assert.InRange(toIdlest, 150, 250); // two of three pairs have it: 200, within six standard deviations
    }

    [Fact]
    public void A_server_that_failed_a_session_is_passed_over_while_there_is_another()
    {
        var session = People.SignedIn("alice");
        session.ServedBy("ex3");
        session.FailedBy("ex3");
        for (var n = 0; n < 50; n++) Array.ForEach(_servers[..2], server => _choice.RunningAt(server).Begin());

        Assert.All(Enumerable.Range(0, 100), _ => Assert.NotSame(_servers[2], _choice.Of(_servers, session)));
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Same(_servers[0], _choice.Of([_servers[0], _servers[2]], session)));
        Assert.Same(_servers[2], _choice.Of([_servers[2]], session));
    }

    [Fact]
    public void What_has_ended_does_not_count()
    {
        DestinationState[] two = [_servers[0], _servers[1]];
        foreach (var server in two) _choice.RunningAt(server).Begin();
        _choice.RunningAt(two[1]).End();

        Assert.All(Enumerable.Range(0, 20), _ => Assert.Same(two[1], _choice.Of(two, null)));
    }

    [Fact]
    public void Servers_that_have_nothing_to_do_get_their_share()
    {
        var chosen = Enumerable.Range(0, 300).CountBy(_ => _choice.Of(_servers, null).DestinationId).ToDictionary();

        Assert.Equal(3, chosen.Count);
        Assert.All(chosen.Values, count => Assert.InRange(count, 50, 150)); // 100 each, within six standard deviations
    }

    /// <summary>A route would be a way to a server past the policy.</summary>
    [Fact]
    public void No_route_of_the_framework_leads_to_a_server()
    {
        var pool = new ExchangePool(Settings.Default).GetConfig();

        Assert.Empty(pool.Routes);
        Assert.Equal(["owa", "ecp"], pool.Clusters.Select(cluster => cluster.ClusterId));
    }
}
