namespace MfaGateway.SignOn.Kerberos.Gssapi;

/// <summary>A user's impersonated credential with the ticket for one service in its own memory cache.</summary>
internal sealed class GssUserTicket : IUserTicket
{
    private const uint OneWay = LibGssapi.IntegrityFlag;
    private const uint Mutual = LibGssapi.IntegrityFlag | LibGssapi.MutualFlag;

    private readonly GssCredential _credential;
    private readonly GssName _service;

    private GssUserTicket(GssCredential credential, GssName service) => (_credential, _service) = (credential, service);

    public string Owner { get; private init; } = "";

    public DateTimeOffset Expires { get; private init; }

    /// <summary>Obtains the service ticket (S4U2Proxy), so that tokens made later need no domain controller. Takes the credential over. The token made on the
    /// way is one that needs no answer: its context is established at once, and only then does the library say for whom it speaks.</summary>
    public static GssUserTicket Obtain(GssCredential credential, string owner, string servicePrincipalName, TimeProvider time)
    {
#pragma warning disable CA2000 // the ticket takes it over
        var service = ImportService(servicePrincipalName);
#pragma warning restore CA2000
        try
        {
            using var first = GssContext.Start(credential, service, OneWay, [], out _);
            EnsureSpeaksFor(first, owner);
            return new GssUserTicket(credential, service) { Owner = owner, Expires = time.GetUtcNow().AddSeconds(first.Lifetime) };
        }
        catch
        {
            service.Dispose();
            credential.Dispose();
            throw;
        }
    }

    public ITicketContext Start(ReadOnlySpan<byte> channelBinding)
    {
#pragma warning disable CA2000 // who gets the token disposes it
        var context = GssContext.Start(_credential, _service, Mutual, channelBinding, out var token);
#pragma warning restore CA2000
        return new TicketContext(context, Owner, Spnego.Wrap(token));
    }

    public void Dispose()
    {
        _credential.Dispose();
        _service.Dispose();
    }

    /// <summary>GSS-API knows services as <c>service@host</c>.</summary>
    internal static unsafe GssName ImportService(string servicePrincipalName)
    {
        var slash = servicePrincipalName.IndexOf('/', StringComparison.Ordinal);
        return GssName.Import(string.Concat(servicePrincipalName.AsSpan(0, slash), "@", servicePrincipalName.AsSpan(slash + 1)), GssNames.HostBasedService);
    }

    /// <summary>The last line of defence against the library's habit of using the process's default credential where it finds no other.</summary>
    private static void EnsureSpeaksFor(GssContext context, string owner)
    {
        if (context.Source() is var source && !source.Equals(owner, StringComparison.Ordinal)) throw new WrongIdentityException(owner, source);
    }

    private sealed class TicketContext(GssContext context, string owner, byte[] token) : ITicketContext
    {
        public ReadOnlyMemory<byte> Token => token;

        public bool Completes(ReadOnlySpan<byte> answer) =>
            Spnego.Unwrap(answer.ToArray()) is { } kerberos && context.Completes(kerberos.Span) && context.Source().Equals(owner, StringComparison.Ordinal);

        public void Dispose() => context.Dispose();
    }
}
