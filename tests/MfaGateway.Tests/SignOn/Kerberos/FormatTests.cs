using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using MfaGateway.SignOn.Kerberos;
using MfaGateway.SignOn.Kerberos.Gssapi;
using MfaGateway.SignOn.Kerberos.Windows;

namespace MfaGateway.Tests.SignOn.Kerberos;

/// <summary>Bytes and files that others read or write.</summary>
public class FormatTests
{
    private const string KerberosToken = "6014 0609 2a864886f71201020201 00 aabbccddeeff112233";

    [Fact]
    public void A_token_travels_in_the_envelope_of_rfc_4178()
    {
        var wrapped = Spnego.Wrap([1, 2, 3]);

        // InitialContextToken { SPNEGO, NegTokenInit { mechTypes { Kerberos }, mechToken 01 02 03 } }
        Assert.Equal("60 22 0606 2b0601050502 a0 18 30 16 a0 0d 30 0b 0609 2a864886f712010202 a2 05 04 03 010203".Replace(" ", "", StringComparison.Ordinal), Convert.ToHexStringLower(wrapped));
    }

    [Theory]
    [InlineData("a1 0e 30 0c a0 03 0a 01 00 a2 05 04 03 010203", "010203")] // accept-completed
    [InlineData("a1 1b 30 19 a0 03 0a 01 00 a1 0b 0609 2a864886f712010202 a2 05 04 03 010203", "010203")]
    [InlineData("a1 1b 30 19 a0 03 0a 01 00 a1 0b 0609 2a864882f712010202 a2 05 04 03 010203", "010203")] // Windows' old number of Kerberos
    [InlineData("a1 0e 30 0c a0 03 0a 01 01 a2 05 04 03 010203", null)] // accept-incomplete
    [InlineData("a1 07 30 05 a0 03 0a 01 02", null)] // reject
    [InlineData("a1 1c 30 1a a0 03 0a 01 00 a1 0c 060a 2b06010401823702020a a2 05 04 03 010203", null)] // NTLM
    [InlineData("a1 07 30 05 a0 03 0a 01 00", null)] // accepted without a proof
    [InlineData("a1 0e 30 0c a0 03 0a 01 00 a2 05 04 03 0102", null)] // cut off
    [InlineData("", null)]
    [InlineData("4e544c4d53535000", null)]
    public void Only_an_accepting_answer_of_kerberos_is_unwrapped(string answer, string? expected) =>
        Assert.Equal(expected, Spnego.Unwrap(Convert.FromHexString(answer.Replace(" ", "", StringComparison.Ordinal))) is { } token ? Convert.ToHexStringLower(token.Span) : null);

    [Fact]
    public void An_answer_without_envelope_is_kerberos_itself()
    {
        var token = Convert.FromHexString(KerberosToken.Replace(" ", "", StringComparison.Ordinal));

        Assert.Equal(token, Spnego.Unwrap(token)!.Value.ToArray());
    }

    [Fact]
    public void A_keytab_shows_whose_keys_it_holds()
    {
        byte[] file = [5, 2, .. Entry("CONTOSO.COM", ["svc-gateway"], 3, 18, null), .. Hole(40), .. Entry("CONTOSO.COM", ["HTTP", "mail.contoso.com"], 1, 23, 300)];

        Assert.Equal(
            [new KeytabEntry("svc-gateway@CONTOSO.COM", 3, 18), new KeytabEntry("HTTP/mail.contoso.com@CONTOSO.COM", 300, 23)], Keytab.Read(file));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0501")]
    [InlineData("7b22")]
    [InlineData("0502 000000ff 0001")]
    [InlineData("0502 00000004 0001 00ff")]
    public void Something_else_is_no_keytab(string file) =>
        Assert.Throws<InvalidDataException>(() => Keytab.Read(Convert.FromHexString(file.Replace(" ", "", StringComparison.Ordinal))));

    [Fact]
    public void The_librarys_configuration_leaves_nothing_to_dns_and_no_default_credential()
    {
        var text = KerberosEnvironment.Write(new KerberosOptions { Realm = "CONTOSO.COM", Kdcs = { "dc1.contoso.com", "dc2.contoso.com:1088" } });

        Assert.All(
            (string[])["default_realm = CONTOSO.COM", "forwardable = true", "dns_lookup_kdc = false", "dns_lookup_realm = false", "dns_canonicalize_hostname = false", "rdns = false",
                "default_ccache_name = FILE:/dev/null/nobody", "default_client_keytab_name = FILE:/dev/null/nobody", "kdc = dc1.contoso.com", "kdc = dc2.contoso.com:1088"],
            line => Assert.Contains(line, text.Split('\n').Select(l => l.Trim())));
        Assert.DoesNotContain("rc4", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Domain_controllers_are_looked_up_where_none_is_named() =>
        Assert.Contains("dns_lookup_kdc = true", KerberosEnvironment.Write(new KerberosOptions { Realm = "CONTOSO.COM" }), StringComparison.Ordinal);

    [Fact]
    public void A_channel_binding_has_the_shape_that_windows_wants()
    {
        using var binding = new SspiBinding("tls-server-end-point:abc"u8);

        var bytes = new byte[binding.Size];
        Marshal.Copy(binding.DangerousGetHandle(), bytes, 0, bytes.Length);

        Assert.Equal(24, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(24))); // cbApplicationDataLength
        Assert.Equal(32, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(28))); // dwApplicationDataOffset
        Assert.Equal("tls-server-end-point:abc", Encoding.ASCII.GetString(bytes, 32, 24));
        Assert.All(bytes[..24], b => Assert.Equal(0, b));
    }

    private static byte[] Entry(string realm, string[] parts, byte version, short type, int? wideVersion)
    {
        byte[] key = [1, 2, 3, 4];
        byte[] body =
        [
            .. Short(parts.Length), .. Text(realm), .. parts.SelectMany(Text), 0, 0, 0, 1, 0, 0, 0, 0, version, .. Short(type), .. Short(key.Length), .. key,
            .. wideVersion is { } wide ? Int(wide) : [],
        ];
        return [.. Int(body.Length), .. body];
    }

    private static byte[] Hole(int length) => [.. Int(-length), .. new byte[length]];

    private static byte[] Text(string text) => [.. Short(text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Short(int number) => [(byte)(number >> 8), (byte)number];

    private static byte[] Int(int number) => [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];
}
