using System.Collections.Concurrent;
using MfaGateway.Audit;
using MfaGateway.Configuration;
using MfaGateway.Recheck;
using MfaGateway.Sessions;
using MfaGateway.SignIn;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;

namespace MfaGateway.Tests.Recheck;

/// <summary>What one gateway of several has for asking about its people: everything but the request pipeline.</summary>
internal sealed class RecheckNode : IDisposable
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    private readonly BackChannel _backChannel;
    private readonly UserRecheck _recheck;

    public RecheckNode(ISessionStore store, OneUseProvider provider, IDataProtectionProvider keys, TimeProvider time)
    {
        var settings = new GatewaySettings(Options(), Path.GetTempPath());
        var transports = new GatewayTransports { BackChannel = _ => new Shared(provider) };
        var assertion = new ClientAssertion(new CertificateFiles(settings), time);
        var outages = new ProviderOutages(time, NullLogger<ProviderOutages>.Instance);
        _backChannel = new BackChannel(settings, transports, time, NullLogger<ProviderMetadata>.Instance);
        Sessions = new SessionRegistry(store, settings, keys, time, NullLogger<SessionRegistry>.Instance);
        var attempt = new RecheckAttempt(
            Sessions, new ProviderCatalog(settings), new ProviderQuestion(_backChannel, assertion, settings, time), outages,
            new AuditTrail(settings, [new Recorder(Audit)], time, NullLogger<AuditTrail>.Instance), settings, time, NullLogger<RecheckAttempt>.Instance);
        _recheck = new UserRecheck(Sessions, attempt, outages, settings, time);
    }

    public SessionRegistry Sessions { get; }

    public ConcurrentQueue<AuditEvent> Audit { get; } = new();

    /// <summary>A request of the session: how it stands.</summary>
    public async Task<Standing> RequestAsync(SessionHandle handle)
    {
        if (await Sessions.FindAsync(handle, CancellationToken.None) is not { } session) return Standing.Ended;
        return _recheck.IsDue(session) ? await _recheck.CheckAsync(session, CancellationToken.None) : Standing.Confirmed;
    }

    public void Dispose() => _backChannel.Dispose();

    private static GatewayOptions Options()
    {
        var options = new GatewayOptions
        {
            PublicOrigin = new Uri("https://mail.contoso.com"),
            Sessions = { IdleTimeout = TimeSpan.FromHours(10), Recheck = { Every = Every, Grace = Grace } },
            Providers = { ["main"] = new ProviderOptions { Kind = "Oidc", Authority = OneUseProvider.Authority, ClientId = "gateway", ClientSecret = new MfaGateway.Configuration.Secret("s") } },
        };
        options.Audit.Sinks.Add(new AuditSinkOptions { Kind = "Recorder", Path = "-" });
        return options;
    }

    /// <summary>Every node has a client of its own and disposes it.</summary>
    private sealed class Shared(OneUseProvider provider) : HttpMessageHandler
    {
        private readonly HttpMessageInvoker _provider = new(provider, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _provider.SendAsync(request, cancellationToken);
    }

    private sealed class Recorder(ConcurrentQueue<AuditEvent> lines) : IAuditSinkFactory, IAuditSink
    {
        public string Kind => "Recorder";

        public IAuditSink Create(AuditSinkOptions options) => this;

        public Task WriteAsync(AuditEvent auditEvent, CancellationToken cancellationToken)
        {
            lines.Enqueue(auditEvent);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>A clock that goes on and can be put forward; what waits, waits in real time.</summary>
internal sealed class MovableTime : TimeProvider
{
    private long _offset;

    public void Advance(TimeSpan time) => Interlocked.Add(ref _offset, time.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _offset));
}
