using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Net.Sockets;
using MfaGateway.SignOn.Kerberos.Gssapi;

namespace MfaGateway.SignOn.Kerberos.Diagnosis;

/// <summary>Asks a domain controller's directory as the gateway's account, sealed with Kerberos (RFC 4752), as domain controllers demand. It is a client of
/// our own because those that .NET could use take the process's default credential, which this process must not have.</summary>
internal sealed class LdapConnection : IDisposable
{
    public const int Port = 389;

    private const int InProgress = 14;
    private const byte Confidentiality = 4;
    private const int LargestMessage = 1 << 24;

    private readonly TcpClient _client = new();
    private byte[] _received = [];
    private GssContext? _context;
    private bool _sealed;
    private int _id;

    private LdapConnection()
    {
    }

    /// <summary>Where the directory's own entries are.</summary>
    public string Root { get; private set; } = "";

    /// <exception cref="LdapException">The directory refuses, or does not speak as it should.</exception>
    public static async Task<LdapConnection> OpenAsync(string host, GssCredential credential, CancellationToken cancellationToken)
    {
        var connection = new LdapConnection();
        try
        {
            await connection._client.ConnectAsync(host, Port, cancellationToken);
            if (await connection.SearchAsync("", [], ["dnsHostName", "defaultNamingContext"], cancellationToken) is not [var about]
                || about.Text("dnsHostName") is not { } name || about.Text("defaultNamingContext") is not { } root) throw new LdapException($"{host} is not a domain controller");
            connection.Root = root;
            await connection.BindAsync(name, credential, cancellationToken);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <param name="at">Distinguished name below which to look.</param>
    /// <param name="any">Attributes of which any must have its value; none: only the entry itself.</param>
    /// <param name="attributes">What to return.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<LdapEntry>> SearchAsync(
        string at, IReadOnlyList<(string Attribute, string Value)> any, IReadOnlyList<string> attributes, CancellationToken cancellationToken)
    {
        await SendAsync(LdapMessages.Search(++_id, at, any, attributes), cancellationToken);
        var entries = new List<LdapEntry>();
        while (true)
        {
            var message = await ReceiveAsync(cancellationToken);
            var tag = message.PeekTag();
            if (tag == LdapMessages.SearchEntry)
            {
                entries.Add(LdapMessages.ReadEntry(message.ReadSequence(tag)));
            }
            else if (tag == LdapMessages.SearchDone)
            {
                var (code, text) = LdapMessages.ReadResult(message.ReadSequence(tag));
                return code == 0 ? entries : throw new LdapException($"the search was answered {code}: {text}");
            }
        }
    }

    public void Dispose()
    {
        _context?.Dispose();
        _client.Dispose();
    }

    private async Task BindAsync(string host, GssCredential credential, CancellationToken cancellationToken)
    {
        using var service = GssUserTicket.ImportService($"ldap/{host}");
        _context = GssContext.Start(credential, service, LibGssapi.MutualFlag | LibGssapi.IntegrityFlag | LibGssapi.ConfidentialityFlag, [], out var token);
        if (!_context.Completes(await BindStepAsync(token, InProgress, cancellationToken))) throw new LdapException($"{host} did not prove itself");
        var offer = _context.Unwrap(await BindStepAsync([], InProgress, cancellationToken));
        if (offer.Length != 4 || (offer[0] & Confidentiality) == 0) throw new LdapException($"{host} offers no encryption");
        // RFC 4752 section 3.1: what we choose, and the largest message that we take
        await BindStepAsync(_context.Wrap([Confidentiality, 0xff, 0xff, 0xff], confidential: false), 0, cancellationToken);
        _sealed = true;
    }

    private async Task<byte[]> BindStepAsync(byte[] token, int expected, CancellationToken cancellationToken)
    {
        await SendAsync(LdapMessages.Bind(++_id, "GSSAPI", token), cancellationToken);
        var message = await ReceiveAsync(cancellationToken);
        var (code, text, credentials) = LdapMessages.ReadBind(message.ReadSequence(LdapMessages.BindResponse));
        return code == expected ? credentials : throw new LdapException($"the bind was answered {code}: {text}");
    }

    private async Task SendAsync(byte[] message, CancellationToken cancellationToken)
    {
        if (_sealed)
        {
            var wrapped = _context!.Wrap(message, confidential: true);
            message = new byte[sizeof(int) + wrapped.Length];
            BinaryPrimitives.WriteInt32BigEndian(message, wrapped.Length);
            wrapped.CopyTo(message, sizeof(int));
        }

        await _client.GetStream().WriteAsync(message, cancellationToken);
    }

    /// <summary>The next message, behind its number.</summary>
    private async Task<AsnReader> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (AsnDecoder.TryReadEncodedValue(_received, AsnEncodingRules.BER, out _, out _, out _, out var length))
            {
                var message = new AsnReader(_received.AsMemory(0, length), AsnEncodingRules.BER).ReadSequence();
                _received = _received[length..];
                message.ReadInteger();
                return message;
            }

            _received = [.. _received, .. await MoreAsync(cancellationToken)];
        }
    }

    private async Task<byte[]> MoreAsync(CancellationToken cancellationToken)
    {
        var stream = _client.GetStream();
        if (!_sealed)
        {
            var buffer = new byte[16_384];
            var read = await stream.ReadAsync(buffer, cancellationToken);
            return read > 0 ? buffer[..read] : throw new LdapException("the connection was closed");
        }

        var head = new byte[sizeof(int)];
        await stream.ReadExactlyAsync(head, cancellationToken);
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is <= 0 or > LargestMessage) throw new LdapException("a message has an impossible length");
        var wrapped = new byte[length];
        await stream.ReadExactlyAsync(wrapped, cancellationToken);
        return _context!.Unwrap(wrapped);
    }
}

/// <summary>The directory refused, or does not speak as it should.</summary>
internal sealed class LdapException(string message) : Exception(message);
