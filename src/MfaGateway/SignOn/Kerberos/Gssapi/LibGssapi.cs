using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace MfaGateway.SignOn.Kerberos.Gssapi;

/// <summary>MIT Kerberos' GSS-API as it is on 64-bit Linux (RFC 2744, RFC 5588, RFC 7546). Handles go in as <see cref="SafeHandle"/>, so that none is
/// released while a call uses it, and never as zero: zero means the process's default credential, which is somebody else's.</summary>
internal static unsafe partial class LibGssapi
{
    private const string Gssapi = "libgssapi_krb5.so.2"; // the name of the runtime package; libgssapi_krb5.so comes with the one for developers

    public const int UsageInitiate = 1;
    public const uint Indefinite = 0xffffffff;
    public const uint MutualFlag = 2;
    public const uint ConfidentialityFlag = 16;
    public const uint IntegrityFlag = 32;
    public const uint ContinueNeeded = 1;

    [LibraryImport(Gssapi)]
    public static partial uint gss_import_name(out uint minor, in GssBuffer name, GssOid* type, out nint result);

    [LibraryImport(Gssapi)]
    public static partial uint gss_release_name(out uint minor, ref nint name);

    [LibraryImport(Gssapi)]
    public static partial uint gss_display_name(out uint minor, nint name, out GssBuffer text, nint type);

    [LibraryImport(Gssapi)]
    public static partial uint gss_display_status(out uint minor, uint status, int type, GssOid* mechanism, ref uint messageContext, out GssBuffer text);

    [LibraryImport(Gssapi)]
    public static partial uint gss_release_buffer(out uint minor, ref GssBuffer buffer);

    [LibraryImport(Gssapi)]
    public static partial uint gss_acquire_cred_from(
        out uint minor, GssName name, uint time, GssOidSet* mechanisms, int usage, GssKeyValueSet* store, out nint credential, nint actualMechanisms, out uint lifetime);

    [LibraryImport(Gssapi)]
    public static partial uint gss_acquire_cred_impersonate_name(
        out uint minor, GssCredential impersonator, GssName name, uint time, GssOidSet* mechanisms, int usage, out nint credential, nint actualMechanisms, out uint lifetime);

    [LibraryImport(Gssapi)]
    public static partial uint gss_inquire_cred(out uint minor, GssCredential credential, out nint name, out uint lifetime, nint usage, nint mechanisms);

    [LibraryImport(Gssapi)]
    public static partial uint gss_release_cred(out uint minor, ref nint credential);

    [LibraryImport(Gssapi)]
    public static partial uint gss_init_sec_context(
        out uint minor, GssCredential credential, ref nint context, GssName target, GssOid* mechanism, uint flags, uint time, GssChannelBindings* bindings,
        GssBuffer* input, nint actualMechanism, out GssBuffer output, out uint actualFlags, out uint lifetime);

    [LibraryImport(Gssapi)]
    public static partial uint gss_inquire_context(
        out uint minor, nint context, out nint source, nint target, nint lifetime, nint mechanism, nint flags, nint locallyInitiated, nint open);

    [LibraryImport(Gssapi)]
    public static partial uint gss_delete_sec_context(out uint minor, ref nint context, nint output);

    [LibraryImport(Gssapi)]
    public static partial uint gss_wrap(out uint minor, nint context, int confidential, uint protection, in GssBuffer input, nint actual, out GssBuffer output);

    [LibraryImport(Gssapi)]
    public static partial uint gss_unwrap(out uint minor, nint context, in GssBuffer input, out GssBuffer output, nint confidential, nint protection);
}

/// <summary><c>gss_buffer_desc</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GssBuffer
{
    public nuint Length;
    public byte* Value;

    /// <summary>Copies what the library allocated, and gives it back.</summary>
    public static byte[] Take(ref GssBuffer buffer)
    {
        if (buffer.Value is null) return [];
        var copy = new ReadOnlySpan<byte>(buffer.Value, checked((int)buffer.Length)).ToArray();
        LibGssapi.gss_release_buffer(out _, ref buffer);
        return copy;
    }
}

/// <summary><c>gss_OID_desc</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GssOid
{
    public uint Length;
    public byte* Elements;
}

/// <summary><c>gss_OID_set_desc</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GssOidSet
{
    public nuint Count;
    public GssOid* Elements;
}

/// <summary><c>gss_key_value_element_desc</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GssKeyValue
{
    public byte* Key;
    public byte* Value;
}

/// <summary><c>gss_key_value_set_desc</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GssKeyValueSet
{
    public uint Count;
    public GssKeyValue* Elements;
}

/// <summary><c>gss_channel_bindings_struct</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GssChannelBindings
{
    public uint InitiatorAddressType;
    public GssBuffer InitiatorAddress;
    public uint AcceptorAddressType;
    public GssBuffer AcceptorAddress;
    public GssBuffer ApplicationData;
}
