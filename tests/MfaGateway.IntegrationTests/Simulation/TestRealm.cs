using System.Collections.Concurrent;
using System.Security.Cryptography;
using MfaGateway.SignOn.Kerberos;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>What a token says to the server that it was made for.</summary>
internal sealed record Issued(string User, string Service, byte[] Binding, int Generation, byte[] Proof);

/// <summary>
/// Stands for the domain controllers: makes tokens and tells a server whose they are. As strict as Kerberos: a token is good once, for one user, one service and one TLS
/// connection's certificate; a user's ticket is kept until somebody asks for a new one.
/// </summary>
internal sealed class TestRealm : IDelegatedTickets
{
    private readonly ConcurrentDictionary<string, Issued> _tokens = new();
    private readonly ConcurrentDictionary<string, int> _tickets = new();
    private int _made;
    private int _renewals;
    private int _notDisposed;

    /// <summary>The service's key changes: tickets from before are worth nothing.</summary>
    public int Generation { get; set; }

    /// <summary>Refuses a user.</summary>
    public Func<string, SignOnFailure?>? Refuse { get; set; }

    public int TokensMade => _made;

    public int Renewals => _renewals;

    /// <summary>Contexts that were started and not disposed.</summary>
    public int NotDisposed => _notDisposed;

    public ValueTask<TicketResult> InitiateAsync(string user, string servicePrincipalName, ReadOnlyMemory<byte> channelBinding, bool renew, CancellationToken cancellationToken)
    {
        if (renew)
        {
            Interlocked.Increment(ref _renewals);
            _tickets[user] = Generation;
        }

        if (Refuse?.Invoke(user) is { } failure) return ValueTask.FromResult<TicketResult>(new TicketResult.Refused(failure));
        var token = RandomNumberGenerator.GetBytes(48);
        var issued = new Issued(user, servicePrincipalName, channelBinding.ToArray(), _tickets.GetOrAdd(user, Generation), RandomNumberGenerator.GetBytes(32));
        _tokens[Convert.ToBase64String(token)] = issued;
        Interlocked.Increment(ref _made);
        Interlocked.Increment(ref _notDisposed);
        return ValueTask.FromResult<TicketResult>(new TicketResult.Granted(new Context(token, issued.Proof, () => Interlocked.Decrement(ref _notDisposed))));
    }

    /// <summary>What a server makes of a token; null when it is not worth anything, or not any more.</summary>
    public Issued? Redeem(string token) => _tokens.TryRemove(token, out var issued) && issued.Generation == Generation ? issued : null;

    private sealed class Context(byte[] token, byte[] proof, Action disposed) : ITicketContext
    {
        public ReadOnlyMemory<byte> Token => token;

        public bool Completes(ReadOnlySpan<byte> answer) => answer.SequenceEqual(proof);

        public void Dispose() => disposed();
    }
}
