using System.Runtime.InteropServices;
using MfaGateway.SignOn.Kerberos.Gssapi;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>What a program does that passes no credential, or one of another mechanism: the library takes the process's default one.</summary>
internal static unsafe partial class CarelessProgram
{
    /// <summary>In whose name a token speaks that was made without naming a credential.</summary>
    public static string SpeaksFor()
    {
        using var target = GssUserTicket.ImportService(Domain.MailService);
        var (context, held) = (default(nint), false);
        target.DangerousAddRef(ref held);
        try
        {
            var output = new GssBuffer();
            var major = gss_init_sec_context(out _, 0, ref context, target.DangerousGetHandle(), GssNames.Kerberos, 0, 0, null, null, 0, &output, out _, out _);
            GssBuffer.Take(ref output);
            if (major >> 16 != 0) return "nobody";
            Assert.Equal(0u, LibGssapi.gss_inquire_context(out _, context, out var source, 0, 0, 0, 0, 0, 0));
            return GssName.Show(source);
        }
        finally
        {
            target.DangerousRelease();
            if (context != 0) LibGssapi.gss_delete_sec_context(out _, ref context, 0);
        }
    }

    public static void Set(string name, string value) => Assert.Equal(0, SetVariable(name, value, 1));

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libgssapi_krb5.so.2")]
    private static partial uint gss_init_sec_context(
        out uint minor, nint credential, ref nint context, nint target, GssOid* mechanism, uint flags, uint time, GssChannelBindings* bindings, GssBuffer* input,
        nint actualMechanism, GssBuffer* output, out uint actualFlags, out uint lifetime);
}
