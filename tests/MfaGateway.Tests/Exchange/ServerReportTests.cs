using MfaGateway.Exchange;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace MfaGateway.Tests.Exchange;

public class ServerReportTests
{
    private readonly ClusterState _cluster = new("owa");
    private readonly DestinationState _server = new("ex1");
    private readonly FakeTimeProvider _time = new();
    private readonly Lines _lines = new();
    private readonly ServerReports _reports;

    public ServerReportTests() => _reports = new ServerReports(_time, _lines);

    [Theory]
    [InlineData(ForwarderError.Request, true)]
    [InlineData(ForwarderError.RequestTimedOut, true)]
    [InlineData(ForwarderError.RequestBodyDestination, true)]
    [InlineData(ForwarderError.ResponseHeaders, true)]
    [InlineData(ForwarderError.ResponseBodyDestination, true)]
    [InlineData(ForwarderError.RequestCanceled, false)]
    [InlineData(ForwarderError.RequestBodyCanceled, false)]
    [InlineData(ForwarderError.RequestBodyClient, false)]
    [InlineData(ForwarderError.ResponseBodyCanceled, false)]
    [InlineData(ForwarderError.ResponseBodyClient, false)]
    public void Only_what_the_server_did_is_trouble_with_the_server(ForwarderError error, bool told)
    {
        Proxied(new Failure(error));

        Assert.Equal(told ? [5003] : [], _lines.Ids);
    }

    [Fact]
    public void A_client_that_hangs_up_is_no_trouble_with_the_server()
    {
        Proxied(new Failure(ForwarderError.Request), hungUp: true);

        Assert.Empty(_lines.Ids);
    }

    [Fact]
    public void A_server_that_fails_now_and_then_is_one_line_until_it_has_been_good_for_a_while()
    {
        for (var n = 0; n < 100; n++)
        {
            Proxied(n % 10 == 0 ? new Failure(ForwarderError.ResponseBodyDestination) : null);
            _time.Advance(TimeSpan.FromMilliseconds(500));
        }

        Assert.Equal([5003], _lines.Ids);
        _time.Advance(ServerReports.Quiet);
        Proxied(null);
        Proxied(null);
        Assert.Equal([5003, 5004], _lines.Ids);
        Assert.Contains("; 10 did", _lines.Texts[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_and_protocols_are_told_each_for_itself()
    {
        _reports.LeftOut(_cluster, _server, "it burns");
        _reports.LeftOut(new ClusterState("ecp"), _server, "it burns");
        _reports.LeftOut(_cluster, new DestinationState("ex2"), "it burns");
        _reports.Back(_cluster, _server);
        _reports.Back(_cluster, _server);

        Assert.Equal([5001, 5001, 5001, 5002], _lines.Ids);
    }

    [Fact]
    public void What_a_server_says_cannot_pretend_to_be_other_lines()
    {
        _reports.Failed(_cluster, _server, "Received an invalid header line: 'x\r\n[00:00:00 INF] all is well'");

        Assert.DoesNotContain('\n', Assert.Single(_lines.Texts));
    }

    private void Proxied(Failure? failure, bool hungUp = false)
    {
        var context = new DefaultHttpContext { RequestAborted = new CancellationToken(hungUp) };
        context.Features.Set<IForwarderErrorFeature>(failure);
        new ConnectionHealthPolicy(Settings.Default, new NoUpdater(), _reports).RequestProxied(context, _cluster, _server);
    }

    private sealed record Failure(ForwarderError Error) : IForwarderErrorFeature
    {
        public Exception Exception { get; } = new IOException("The connection broke.");
    }

    private sealed class NoUpdater : IDestinationHealthUpdater
    {
        public void SetActive(ClusterState cluster, IEnumerable<NewActiveDestinationHealth> newHealthStates) => Assert.Fail("No probe was made.");

        public void SetPassive(ClusterState cluster, DestinationState destination, DestinationHealth newHealth, TimeSpan reactivationPeriod) =>
            Assert.Fail("The server could be connected to.");
    }

    private sealed class Lines : ILogger<ServerReports>
    {
        public List<int> Ids { get; } = [];

        public List<string> Texts { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Ids.Add(eventId.Id);
            Texts.Add(formatter(state, exception));
        }
    }
}
