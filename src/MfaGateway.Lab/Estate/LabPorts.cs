using System.Net;
using System.Net.Sockets;

namespace MfaGateway.Lab.Estate;

/// <summary>
/// Who listens where. The identity provider is on <c>127.0.0.1</c> and the gateway on <c>localhost</c>: to a browser those are two sites, as in life.
/// </summary>
internal sealed record LabPorts(int Port, int Servers)
{
    private const int FirstServer = 10;

    /// <summary>The largest port that leaves room for the servers.</summary>
    public static int Largest(int servers) => IPEndPoint.MaxPort - FirstServer - servers + 1;

    public Uri Gateway => new($"https://localhost:{Port}");

    public Uri IdentityProvider => new($"https://127.0.0.1:{Port + 1}");

    public Uri Management => new($"http://127.0.0.1:{Port + 2}");

    public IReadOnlyList<Uri> Exchange => [.. Enumerable.Range(0, Servers).Select(n => new Uri($"https://127.0.0.1:{Port + FirstServer + n}"))];

    /// <summary>Ports that somebody else listens on, with what the lab needs them for.</summary>
    public IReadOnlyList<(int Port, string Purpose)> Taken() => [.. All().Where(entry => !IsFree(entry.Port))];

    /// <summary>A free block of ports, for tests that must not collide. Somebody else may still take one before it is used.</summary>
    public static LabPorts FindFree(int servers)
    {
        for (var tries = 0; tries < 200; tries++)
        {
            // Above the ports that services register and below those the system hands out to outgoing connections.
#pragma warning disable CA5394 // not a secret
            var ports = new LabPorts(Random.Shared.Next(12_000, 31_000), servers);
#pragma warning restore CA5394
            if (ports.Taken().Count == 0) return ports;
        }

        throw new IOException("There is no free block of ports on this machine.");
    }

    private IEnumerable<(int Port, string Purpose)> All()
    {
        yield return (Port, "the gateway");
        yield return (Port + 1, "the identity provider");
        yield return (Port + 2, "the gateway's management");
        for (var n = 0; n < Servers; n++) yield return (Port + FirstServer + n, $"Exchange server {n}");
    }

    private static bool IsFree(int port) =>
        CanBind(new IPEndPoint(IPAddress.Loopback, port)) && (!Socket.OSSupportsIPv6 || CanBind(new IPEndPoint(IPAddress.IPv6Loopback, port)));

    private static bool CanBind(IPEndPoint endpoint)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endpoint);
            socket.Listen();
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable)
        {
            return true; // no such loopback on this machine, so nobody can be on it
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
