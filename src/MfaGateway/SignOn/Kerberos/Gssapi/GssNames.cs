using System.Runtime.InteropServices;

namespace MfaGateway.SignOn.Kerberos.Gssapi;

/// <summary>Object identifiers at addresses that never move: the library keeps pointers to some of them.</summary>
internal static unsafe class GssNames
{
    /// <summary>The one mechanism that is ever used (RFC 4121). A credential of one mechanism used with another makes the library fall back, in silence, to
    /// the process's default credential.</summary>
    public static readonly GssOid* Kerberos = Make([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02]);

    public static readonly GssOidSet* OnlyKerberos = MakeSet(Kerberos);

    /// <summary><c>HTTP@mail.contoso.com</c> (RFC 2743 section 4.1).</summary>
    public static readonly GssOid* HostBasedService = Make([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x01, 0x04]);

    /// <summary><c>svc-gateway@CONTOSO.COM</c> (RFC 1964 section 2.1.1).</summary>
    public static readonly GssOid* Principal = Make([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x01]);

    /// <summary>Any user principal name, whatever stands behind its <c>@</c> (RFC 6806 section 5; MIT's GSS_KRB5_NT_ENTERPRISE_NAME).</summary>
    public static readonly GssOid* Enterprise = Make([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x06]);

    private static GssOid* Make(ReadOnlySpan<byte> elements)
    {
        var oid = (GssOid*)NativeMemory.Alloc((nuint)sizeof(GssOid));
        oid->Length = (uint)elements.Length;
        oid->Elements = (byte*)NativeMemory.Alloc((nuint)elements.Length);
        elements.CopyTo(new Span<byte>(oid->Elements, elements.Length));
        return oid;
    }

    private static GssOidSet* MakeSet(GssOid* only)
    {
        var set = (GssOidSet*)NativeMemory.Alloc((nuint)sizeof(GssOidSet));
        set->Count = 1;
        set->Elements = only;
        return set;
    }
}
