using MfaGateway.SignOn.Kerberos;

namespace MfaGateway.Tests.SignOn.Kerberos;

/// <summary>Stands for the operating system and the domain controllers behind it: answers as it is told, after being let.</summary>
internal sealed class ScriptedController : IDisposable
{
    private readonly ManualResetEventSlim _answering = new(true);
    private int _calls;
    private int _waiting;

    /// <summary>What it says of a user. Default: a ticket for ten hours.</summary>
    public Func<string, Delegated>? Answer { get; set; }

    public required TimeProvider Time { get; init; }

    public List<ScriptedTicket> Tickets { get; } = [];

    public int Calls => Volatile.Read(ref _calls);

    public int Waiting => Volatile.Read(ref _waiting);

    public IDelegation Open() => new Delegation(this);

    /// <summary>From now on it accepts and stays silent.</summary>
    public void Freeze() => _answering.Reset();

    public void Thaw() => _answering.Set();

    public static Delegated Refuse(SignOnFailure failure) => new Delegated.Refused(failure, "scripted");

    public Delegated Grant(string user, TimeSpan life)
    {
        var ticket = new ScriptedTicket(user, Time.GetUtcNow() + life);
        lock (Tickets) Tickets.Add(ticket);
        return new Delegated.Granted(ticket);
    }

    public void Dispose()
    {
        Thaw();
        _answering.Dispose();
    }

    private Delegated Obtain(string user)
    {
        Interlocked.Increment(ref _calls);
        Interlocked.Increment(ref _waiting);
        _answering.Wait();
        Interlocked.Decrement(ref _waiting);
        return Answer?.Invoke(user) ?? Grant(user, TimeSpan.FromHours(10));
    }

    private sealed class Delegation(ScriptedController controller) : IDelegation
    {
        public Delegated Obtain(string user, string servicePrincipalName) => controller.Obtain(user);

        public void Dispose()
        {
        }
    }
}

internal sealed class ScriptedTicket(string owner, DateTimeOffset expires) : IUserTicket
{
    private int _made;

    public string Owner => owner;

    public DateTimeOffset Expires => expires;

    public bool Disposed { get; private set; }

    public int Made => _made;

    public ITicketContext Start(ReadOnlySpan<byte> channelBinding)
    {
        ObjectDisposedException.ThrowIf(Disposed, this);
        return new Context($"{owner} {Interlocked.Increment(ref _made)} {System.Text.Encoding.ASCII.GetString(channelBinding)}");
    }

    public void Dispose() => Disposed = true;

    private sealed class Context(string token) : ITicketContext
    {
        public ReadOnlyMemory<byte> Token { get; } = System.Text.Encoding.ASCII.GetBytes(token);

        public bool Completes(ReadOnlySpan<byte> answer) => false;

        public void Dispose()
        {
        }
    }
}
