namespace MfaGateway.SignOn.Kerberos.Connections;

/// <summary>
/// What to do about tickets that a server refuses: the first refusal asks for a new ticket (the service's password may have changed), further ones only now and then. A
/// server that refuses everything would otherwise send every request of every user to the domain controller.
/// </summary>
internal sealed class Refusals(TimeProvider time)
{
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private DateTimeOffset _renewed;
    private bool _due;

    /// <summary>A ticket was refused with a request that cannot be repeated: the next token is made from a new ticket.</summary>
    public void Note()
    {
        lock (_lock) _due = MayRenew;
    }

    /// <summary>Whether a new ticket is to be had for the token that is made now.</summary>
    /// <param name="refused">The server has just refused one.</param>
    public bool TakeRenewal(bool refused)
    {
        lock (_lock)
        {
            if (!(refused ? MayRenew : _due)) return false;
            (_due, _renewed) = (false, time.GetUtcNow());
            return true;
        }
    }

    private bool MayRenew => time.GetUtcNow() - _renewed >= Pause;
}
