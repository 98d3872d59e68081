using System.Text;
using MfaGateway.Lab.Kerberos;
using MfaGateway.SignOn.Kerberos;
using MfaGateway.SignOn.Kerberos.Gssapi;
using Microsoft.Extensions.Logging;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>The gateway's tickets, wired to the test domain as the gateway itself wires them.</summary>
internal sealed class Gatekeeper : IDisposable
{
    public static readonly byte[] Binding = Encoding.ASCII.GetBytes("tls-server-end-point:0123456789abcdef0123456789abcdef");

    private readonly Domain _domain;

    public Gatekeeper(Domain domain, Action<Choice>? choose = null, TimeProvider? time = null)
    {
        _domain = domain;
        var choice = new Choice { Keytab = domain.Keytab("gateway"), Kdcs = [domain.Address] };
        choose?.Invoke(choice);
        Options = new KerberosOptions
        {
            Realm = Domain.Realm, Account = choice.Account, Keytab = choice.Keytab, Kdcs = choice.Kdcs, UserName = choice.UserName, RefusedUsers = choice.RefusedUsers,
            Workers = choice.Workers, Queue = choice.Queue, CacheUsers = choice.CacheUsers, KdcTimeout = choice.KdcTimeout, TicketLifetime = choice.TicketLifetime,
        };
        KerberosEnvironment.Prepare(Options, path => path, domain.Folder);
        Time = time ?? TimeProvider.System;
        Account = GssAccount.Of(Options, path => path);
        Tickets = new DelegatedTickets(
            () => Options, new KdcThreads(Options.Workers, Options.Queue, () => new GssDelegation(Account, Time, Log), Time, Log), Time, Log);
    }

    public KerberosOptions Options { get; }

    public GssAccount Account { get; }

    public TimeProvider Time { get; }

    public RecordingLog Log { get; } = new();

    public DelegatedTickets Tickets { get; }

    public ValueTask<TicketResult> AskAsync(string user, string service = Domain.MailService, bool renew = false) =>
        Tickets.InitiateAsync(user, service, Binding, renew, TestContext.Current.CancellationToken);

    /// <summary>A context, where there must be one.</summary>
    public async Task<ITicketContext> GrantedAsync(string user, bool renew = false)
    {
        var result = await AskAsync(user, renew: renew);
        return result is TicketResult.Granted granted ? granted.Context : throw new InvalidOperationException($"{((TicketResult.Refused)result).Failure}: {Log}");
    }

    /// <summary>Why there is none.</summary>
    public async Task<string> RefusedAsync(string user, string service = Domain.MailService)
    {
        switch (await AskAsync(user, service))
        {
            case TicketResult.Refused refused:
                return refused.Failure.Code;
            case TicketResult.Granted granted:
                granted.Context.Dispose();
                return "granted";
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Whom a server takes the user for.</summary>
    public async Task<string> AcceptedAsAsync(string user)
    {
        using var acceptor = new TicketAcceptor(_domain.Keytab("mail"), "none:");
        using var context = await GrantedAsync(user);
        return acceptor.Accept(context.Token.Span, Binding).User;
    }

    public void Dispose() => Tickets.Dispose();

    internal sealed class Choice
    {
        public string Account { get; set; } = "svc-gateway";
        public required string Keytab { get; set; }
        public required IList<string> Kdcs { get; set; }
        public string UserName { get; set; } = "upn";
        public IList<string> RefusedUsers { get; set; } = [];
        public int Workers { get; set; } = 4;
        public int Queue { get; set; } = 100;
        public int CacheUsers { get; set; } = 1000;
        public TimeSpan KdcTimeout { get; set; } = TimeSpan.FromSeconds(20);
        public TimeSpan TicketLifetime { get; set; } = TimeSpan.FromHours(1);
    }
}

/// <summary>Keeps what is logged.</summary>
internal sealed class RecordingLog : ILogger<DelegatedTickets>
{
    private readonly List<(EventId Event, string Text)> _lines = [];

    public IReadOnlyList<(EventId Event, string Text)> Lines
    {
        get
        {
            lock (_lines) return [.. _lines];
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines) _lines.Add((eventId, formatter(state, exception)));
    }

    public override string ToString() => string.Join('\n', Lines.Select(line => line.Text));
}
