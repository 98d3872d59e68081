using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Net.Sockets;
using System.Text;

namespace MfaGateway.SignOn.Kerberos.Diagnosis;

/// <summary>Asks a domain controller something that it must refuse (an AS-REQ without proof, RFC 4120 section 5.4.1): that it answers at all shows that it is
/// there, and its refusal says what time it has.</summary>
internal static class KdcProbe
{
    private const int Port = 88;

    private static readonly Asn1Tag _error = new(TagClass.Application, 30, isConstructed: true);

    /// <summary>The domain controller's clock.</summary>
    /// <param name="kdc">host or host:port.</param>
    /// <param name="account">The account to ask for.</param>
    /// <param name="realm">Its realm.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<DateTimeOffset> ClockAsync(string kdc, string account, string realm, CancellationToken cancellationToken)
    {
        var parts = kdc.Split(':');
        using var client = new TcpClient();
        await client.ConnectAsync(parts[0], parts.Length > 1 ? int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : Port, cancellationToken);
        var request = Request(account, realm);
        var message = new byte[sizeof(int) + request.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, request.Length);
        request.CopyTo(message, sizeof(int));
        await client.GetStream().WriteAsync(message, cancellationToken);
        var head = new byte[sizeof(int)];
        await client.GetStream().ReadExactlyAsync(head, cancellationToken);
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is <= 0 or > 65_536) throw new InvalidDataException("the answer is not Kerberos");
        var answer = new byte[length];
        await client.GetStream().ReadExactlyAsync(answer, cancellationToken);
        return ClockIn(answer);
    }

    /// <summary>Field <c>stime</c> of a KRB-ERROR (section 5.9.1).</summary>
    private static DateTimeOffset ClockIn(byte[] answer)
    {
        try
        {
            var fields = new AsnReader(answer, AsnEncodingRules.DER).ReadSequence(_error).ReadSequence();
            while (fields.HasData)
            {
                var tag = fields.PeekTag();
                var field = fields.ReadSequence(tag);
                if (tag.TagValue == 4) return field.ReadGeneralizedTime();
            }
        }
        catch (AsnContentException e)
        {
            throw new InvalidDataException("the answer is not Kerberos", e);
        }

        throw new InvalidDataException("the answer has no time");
    }

    private static byte[] Request(string account, string realm)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence(new Asn1Tag(TagClass.Application, 10)))
        using (writer.PushSequence())
        {
            Field(writer, 1, () => writer.WriteInteger(5));
            Field(writer, 2, () => writer.WriteInteger(10));
            Field(writer, 4, () =>
            {
                using (writer.PushSequence())
                {
                    Field(writer, 0, () => writer.WriteBitString([0, 0, 0, 0]));
                    Field(writer, 1, () => WriteName(writer, 1, account));
                    Field(writer, 2, () => WriteText(writer, realm));
                    Field(writer, 3, () => WriteName(writer, 2, "krbtgt", realm));
                    Field(writer, 5, () => writer.WriteGeneralizedTime(new DateTimeOffset(2037, 9, 13, 2, 48, 5, TimeSpan.Zero), omitFractionalSeconds: true));
                    Field(writer, 7, () => writer.WriteInteger(1));
                    Field(writer, 8, () =>
                    {
                        using (writer.PushSequence())
                        {
                            writer.WriteInteger(18);
                            writer.WriteInteger(17);
                        }
                    });
                }
            });
        }

        return writer.Encode();
    }

    private static void WriteName(AsnWriter writer, int type, params string[] parts)
    {
        using (writer.PushSequence())
        {
            Field(writer, 0, () => writer.WriteInteger(type));
            Field(writer, 1, () =>
            {
                using (writer.PushSequence())
                {
                    foreach (var part in parts) WriteText(writer, part);
                }
            });
        }
    }

    /// <summary>KerberosString is a GeneralString (section 5.2.1), which AsnWriter does not know: an octet string with another tag.</summary>
    private static void WriteText(AsnWriter writer, string text)
    {
        var octets = new AsnWriter(AsnEncodingRules.DER);
        octets.WriteOctetString(Encoding.ASCII.GetBytes(text));
        var encoded = octets.Encode();
        encoded[0] = (byte)UniversalTagNumber.GeneralString;
        writer.WriteEncodedValue(encoded);
    }

    private static void Field(AsnWriter writer, int number, Action write)
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, number))) write();
    }
}
