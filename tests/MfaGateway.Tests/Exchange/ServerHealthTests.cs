using System.Net;
using MfaGateway.Clock;
using MfaGateway.Exchange;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace MfaGateway.Tests.Exchange;

public class ServerHealthTests
{
    private readonly ClusterState _cluster = new("owa");
    private readonly DestinationState _server = new("ex1");
    private readonly RecordingUpdater _updater = new();
    private readonly HealthcheckPolicy _policy;

    public ServerHealthTests() => _policy = new HealthcheckPolicy(
        Settings.Of(Settings.Options(o => (o.Exchange.HealthCheck.Failures, o.Exchange.HealthCheck.Successes, o.Exchange.HealthCheck.RetryAfter) = (3, 2, TimeSpan.FromSeconds(7)))),
        _updater,
        new ServerReports(TimeProvider.System, NullLogger<ServerReports>.Instance),
        new SteadyTime(TimeProvider.System, NullLogger<SteadyTime>.Instance));

    // one letter a probe: + is 200, - is no answer, 5 is 503; expected after each: ? unknown, U up, D down
    [Theory]
    [InlineData("+", "U")] // the first good probe after the start is enough: there is nobody else to ask
    [InlineData("---", "??D")]
    [InlineData("--+--+", "??UUUU")] // a streak begins anew
    [InlineData("+---++", "UUUDDU")]
    [InlineData("+---+-+-++", "UUUDDDDDDU")]
    [InlineData("+555+", "UUUDD")] // maintenance answers 503
    [InlineData("+--+--+---", "UUUUUUUUUD")]
    public void A_server_goes_after_so_many_failures_and_comes_back_after_so_many_successes(string probes, string expected)
    {
        var seen = "";

        foreach (var probe in probes)
        {
            Probe(_server, probe switch { '+' => HttpStatusCode.OK, '5' => HttpStatusCode.ServiceUnavailable, _ => null });
            seen += _server.Health.Active switch { DestinationHealth.Healthy => 'U', DestinationHealth.Unhealthy => 'D', _ => '?' };
        }

        Assert.Equal(expected, seen);
    }

    [Theory]
    [InlineData(HttpStatusCode.NoContent)]
    [InlineData(HttpStatusCode.Found)]
    [InlineData(HttpStatusCode.Unauthorized)]
    public void Only_200_is_healthy(HttpStatusCode status)
    {
        for (var n = 0; n < 3; n++) Probe(_server, status);

        Assert.Equal(DestinationHealth.Unhealthy, _server.Health.Active);
    }

    [Fact]
    public void Servers_are_counted_each_for_itself()
    {
        var other = new DestinationState("ex2");

        for (var n = 0; n < 3; n++)
        {
            Probe(_server, null);
            Probe(other, HttpStatusCode.OK);
        }

        Assert.Equal((DestinationHealth.Unhealthy, DestinationHealth.Healthy), (_server.Health.Active, other.Health.Active));
    }

    public static TheoryData<HttpRequestError, bool> Errors => new()
    {
        { HttpRequestError.ConnectionError, true }, { HttpRequestError.NameResolutionError, true }, { HttpRequestError.SecureConnectionError, true },
        { HttpRequestError.ResponseEnded, false }, { HttpRequestError.HttpProtocolError, false }, { HttpRequestError.Unknown, false }, { HttpRequestError.InvalidResponse, false },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void Nothing_was_sent_only_when_no_connection_came_about(HttpRequestError error, bool nothing) =>
        Assert.Equal(nothing, ForwardMiddleware.NothingWasSent(new Failure(new HttpRequestException(error))));

    [Fact]
    public void Another_kind_of_failure_may_have_sent_something()
    {
        Assert.False(ForwardMiddleware.NothingWasSent(null));
        Assert.False(ForwardMiddleware.NothingWasSent(new Failure(new TaskCanceledException())));
        Assert.False(ForwardMiddleware.NothingWasSent(new Failure(null)));
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void A_server_that_cannot_be_connected_to_is_left_alone_for_a_while(HttpRequestError error, bool left)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IForwarderErrorFeature>(new Failure(new HttpRequestException(error)));

        new ConnectionHealthPolicy(
            Settings.Of(Settings.Options(o => o.Exchange.HealthCheck.RetryAfter = TimeSpan.FromSeconds(7))),
            _updater,
            new ServerReports(TimeProvider.System, NullLogger<ServerReports>.Instance)).RequestProxied(context, _cluster, _server);

        Assert.Equal(left ? [(_server, DestinationHealth.Unhealthy, TimeSpan.FromSeconds(7))] : [], _updater.Passive);
    }

    private void Probe(DestinationState server, HttpStatusCode? status)
    {
        using var response = status is { } code ? new HttpResponseMessage(code) : null;
        _policy.ProbingCompleted(_cluster, [new DestinationProbingResult(server, response, status is null ? new HttpRequestException() : null)]);
    }

    private sealed class RecordingUpdater : IDestinationHealthUpdater
    {
        public List<(DestinationState Server, DestinationHealth Health, TimeSpan For)> Passive { get; } = [];

        public void SetActive(ClusterState cluster, IEnumerable<NewActiveDestinationHealth> newHealthStates)
        {
            foreach (var change in newHealthStates) change.Destination.Health.Active = change.NewActiveHealth;
        }

        public void SetPassive(ClusterState cluster, DestinationState destination, DestinationHealth newHealth, TimeSpan reactivationPeriod) =>
            Passive.Add((destination, newHealth, reactivationPeriod));
    }

    private sealed record Failure(Exception? Exception) : IForwarderErrorFeature
    {
        public ForwarderError Error => ForwarderError.Request;
    }
}
