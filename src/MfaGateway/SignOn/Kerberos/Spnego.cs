using System.Formats.Asn1;

namespace MfaGateway.SignOn.Kerberos;

/// <summary>The envelope that HTTP wants around Kerberos tokens (RFC 4178, RFC 4559), with Kerberos as the only mechanism on offer. Made here and not by the
/// library, whose own SPNEGO hides which error a call met; with one mechanism there is no list whose integrity would need a code (section 5).</summary>
internal static class Spnego
{
    private const string SpnegoOid = "1.3.6.1.5.5.2";
    private const string KerberosOid = "1.2.840.113554.1.2.2";

    private static readonly Asn1Tag _initialToken = new(TagClass.Application, 0, isConstructed: true);
    private static readonly Asn1Tag _negTokenInit = Choice(0);
    private static readonly Asn1Tag _negTokenResp = Choice(1);

    /// <summary>NegTokenInit (section 4.2.1) with the token as <c>mechToken</c>.</summary>
    public static byte[] Wrap(ReadOnlySpan<byte> kerberosToken)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence(_initialToken))
        {
            writer.WriteObjectIdentifier(SpnegoOid);
            using (writer.PushSequence(_negTokenInit))
            using (writer.PushSequence())
            {
                using (writer.PushSequence(Choice(0)))
                using (writer.PushSequence())
                    writer.WriteObjectIdentifier(KerberosOid);
                using (writer.PushSequence(Choice(2)))
                    writer.WriteOctetString(kerberosToken);
            }
        }

        return writer.Encode();
    }

    /// <summary>The Kerberos token in the server's NegTokenResp (section 4.2.2), or the answer itself when it bears no envelope. Null when the server does
    /// not accept, names another mechanism, or sends something else.</summary>
    public static ReadOnlyMemory<byte>? Unwrap(ReadOnlyMemory<byte> answer)
    {
        try
        {
            var reader = new AsnReader(answer, AsnEncodingRules.BER);
            if (reader.PeekTag() == _initialToken) return IsKerberos(reader.ReadSequence(_initialToken)) ? answer : null;
            var response = reader.ReadSequence(_negTokenResp).ReadSequence();
            reader.ThrowIfNotEmpty();
            return ReadResponse(response);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static bool IsKerberos(AsnReader initial) => initial.ReadObjectIdentifier() == KerberosOid;

    private static ReadOnlyMemory<byte>? ReadResponse(AsnReader response)
    {
        const int AcceptCompleted = 0;
        ReadOnlyMemory<byte>? token = null;
        while (response.HasData)
        {
            var tag = response.PeekTag();
            var field = response.ReadSequence(tag);
            switch (tag.TagValue)
            {
                case 0 when (int)field.ReadEnumeratedValue<NegotiationState>() != AcceptCompleted:
                    return null;
                case 1 when field.ReadObjectIdentifier() is not (KerberosOid or "1.2.840.48018.1.2.2"): // the second is Windows' old slip (RFC 4559 section 4)
                    return null;
                case 2:
                    token = field.ReadOctetString();
                    break;
                default:
                    break;
            }
        }

        return token;
    }

    private static Asn1Tag Choice(int number) => new(TagClass.ContextSpecific, number, isConstructed: true);

    private enum NegotiationState
    {
        AcceptCompleted,
        AcceptIncomplete,
        Reject,
        RequestMic,
    }
}
