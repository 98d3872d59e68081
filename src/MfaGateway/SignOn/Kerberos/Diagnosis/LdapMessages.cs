using System.Formats.Asn1;
using System.Text;

namespace MfaGateway.SignOn.Kerberos.Diagnosis;

/// <summary>An entry of the directory.</summary>
/// <param name="Name">Its distinguished name.</param>
/// <param name="Attributes">Values by attribute name.</param>
internal sealed record LdapEntry(string Name, IReadOnlyDictionary<string, IReadOnlyList<byte[]>> Attributes)
{
    public IReadOnlyList<byte[]> Values(string attribute) => Attributes.GetValueOrDefault(attribute, []);

    public IEnumerable<string> Texts(string attribute) => Values(attribute).Select(Encoding.UTF8.GetString);

    public string? Text(string attribute) => Texts(attribute).FirstOrDefault();

    public int Number(string attribute) => int.TryParse(Text(attribute), System.Globalization.NumberStyles.AllowLeadingSign, null, out var number) ? number : 0;
}

/// <summary>The few messages of LDAP (RFC 4511) that a diagnosis needs.</summary>
internal static class LdapMessages
{
    public static readonly Asn1Tag BindResponse = Application(1);
    public static readonly Asn1Tag SearchEntry = Application(4);
    public static readonly Asn1Tag SearchDone = Application(5);

    private static readonly Asn1Tag _saslCredentials = new(TagClass.ContextSpecific, 7);

    private enum Scope
    {
        Base = 0,
        Subtree = 2,
    }

    private enum Never
    {
        Dereference = 0,
    }

    private enum ResultCode
    {
        Success = 0,
    }

    /// <summary>BindRequest with SASL (section 4.2).</summary>
    public static byte[] Bind(int id, string mechanism, ReadOnlySpan<byte> credentials)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(id);
            using (writer.PushSequence(Application(0)))
            {
                writer.WriteInteger(3);
                writer.WriteOctetString([]); // the name is in the credentials
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3)))
                {
                    writer.WriteOctetString(Encoding.ASCII.GetBytes(mechanism));
                    writer.WriteOctetString(credentials);
                }
            }
        }

        return writer.Encode();
    }

    /// <summary>SearchRequest (section 4.5.1): entries in which any of the attributes has its value; without any, the base alone.</summary>
    public static byte[] Search(int id, string at, IReadOnlyList<(string Attribute, string Value)> any, IReadOnlyList<string> attributes)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(id);
            using (writer.PushSequence(Application(3)))
            {
                Write(writer, at);
                writer.WriteEnumeratedValue(any.Count == 0 ? Scope.Base : Scope.Subtree);
                writer.WriteEnumeratedValue(Never.Dereference);
                writer.WriteInteger(10); // entries
                writer.WriteInteger(10); // seconds
                writer.WriteBoolean(false);
                WriteFilter(writer, any);
                using (writer.PushSequence())
                {
                    foreach (var attribute in attributes) Write(writer, attribute);
                }
            }
        }

        return writer.Encode();
    }

    /// <summary>The result of a bind: whether it goes on, and what the server sent along.</summary>
    public static (int Code, string Message, byte[] Credentials) ReadBind(AsnReader response)
    {
        var (code, message) = ReadResult(response);
        while (response.HasData)
        {
            if (response.PeekTag().HasSameClassAndValue(_saslCredentials)) return (code, message, response.ReadOctetString(_saslCredentials));
            response.ReadEncodedValue();
        }

        return (code, message, []);
    }

    /// <summary>LDAPResult (section 4.1.9).</summary>
    public static (int Code, string Message) ReadResult(AsnReader response)
    {
        var code = (int)response.ReadEnumeratedValue<ResultCode>();
        response.ReadOctetString();
        return (code, Encoding.UTF8.GetString(response.ReadOctetString()));
    }

    public static LdapEntry ReadEntry(AsnReader entry)
    {
        var name = Encoding.UTF8.GetString(entry.ReadOctetString());
        var attributes = new Dictionary<string, IReadOnlyList<byte[]>>(StringComparer.OrdinalIgnoreCase);
        for (var list = entry.ReadSequence(); list.HasData;)
        {
            var attribute = list.ReadSequence();
            var type = Encoding.UTF8.GetString(attribute.ReadOctetString());
            var values = new List<byte[]>();
            for (var set = attribute.ReadSetOf(skipSortOrderValidation: true); set.HasData;) values.Add(set.ReadOctetString());
            attributes[type] = values;
        }

        return new LdapEntry(name, attributes);
    }

    private static void WriteFilter(AsnWriter writer, IReadOnlyList<(string Attribute, string Value)> any)
    {
        if (any.Count == 0)
        {
            writer.WriteOctetString("objectClass"u8, new Asn1Tag(TagClass.ContextSpecific, 7)); // present
            return;
        }

        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1))) // or
        {
            foreach (var (attribute, value) in any)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3))) // equalityMatch: values are values, never parts of a filter's text
                {
                    Write(writer, attribute);
                    Write(writer, value);
                }
            }
        }
    }

    private static void Write(AsnWriter writer, string text) => writer.WriteOctetString(Encoding.UTF8.GetBytes(text));

    private static Asn1Tag Application(int number) => new(TagClass.Application, number, isConstructed: true);
}
