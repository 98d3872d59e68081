using MfaGateway.Exchange;

namespace MfaGateway.SignOn.Kerberos.Connections;

/// <summary>The body of an answer that knows when it was read to its end: then, and only then, its connection may be used again.</summary>
internal sealed class LeasedContent(HttpContent inner, Lease lease) : PassingContent(inner)
{
    protected override async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        if (read == 0 && !buffer.IsEmpty) lease.GiveBack(); // the forwarder first waits with an empty buffer, which says nothing
        return read;
    }

    /// <summary>Without effect once the connection was given back.</summary>
    protected override void Closed() => lease.Dispose();
}
