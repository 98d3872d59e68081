using System.Runtime.InteropServices;
using System.Text;

namespace MfaGateway.SignOn.Kerberos.Gssapi;

/// <summary>A handle of the library, never zero.</summary>
internal abstract class GssHandle : SafeHandle
{
    private protected GssHandle(nint value)
        : base(0, ownsHandle: true)
    {
        if (value == 0) throw new InvalidOperationException("The library reported success and gave no handle.");
        SetHandle(value);
    }

    public override bool IsInvalid => handle == 0;
}

/// <summary><c>gss_name_t</c>.</summary>
internal sealed class GssName : GssHandle
{
    private GssName(nint value)
        : base(value)
    {
    }

    public static unsafe GssName Import(string text, GssOid* type)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* start = bytes)
        {
            var buffer = new GssBuffer { Length = (nuint)bytes.Length, Value = start };
            GssException.ThrowOn(LibGssapi.gss_import_name(out var minor, in buffer, type, out var name), minor, "gss_import_name");
            return new GssName(name);
        }
    }

    /// <summary>Shows a name that a call returned, and releases it.</summary>
    public static string Show(nint returned)
    {
        if (returned == 0) return "";
        try
        {
            GssException.ThrowOn(LibGssapi.gss_display_name(out var minor, returned, out var text, 0), minor, "gss_display_name");
            return Encoding.UTF8.GetString(GssBuffer.Take(ref text));
        }
        finally
        {
            LibGssapi.gss_release_name(out _, ref returned);
        }
    }

    protected override bool ReleaseHandle() => LibGssapi.gss_release_name(out _, ref handle) == 0;
}

/// <summary><c>gss_cred_id_t</c>: the gateway's own, or a user's.</summary>
internal sealed class GssCredential : GssHandle
{
    public GssCredential(nint value)
        : base(value)
    {
    }

    /// <summary>Whose it is, by the library's own account.</summary>
    public string Name()
    {
        GssException.ThrowOn(LibGssapi.gss_inquire_cred(out var minor, this, out var name, out _, 0, 0), minor, "gss_inquire_cred");
        return GssName.Show(name);
    }

    protected override bool ReleaseHandle() => LibGssapi.gss_release_cred(out _, ref handle) == 0;
}
