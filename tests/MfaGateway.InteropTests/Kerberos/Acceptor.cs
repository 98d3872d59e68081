using System.Runtime.InteropServices;
using System.Text;
using MfaGateway.SignOn.Kerberos.Gssapi;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>The mail server's side of Kerberos: MIT's own acceptor with the mail server's key.</summary>
internal sealed unsafe partial class Acceptor : IDisposable
{
    private const uint ChannelBoundFlag = 0x800; // MIT: the initiator sent bindings, and they were ours

    private nint _credential;

    /// <param name="keytab">The service's key.</param>
    /// <param name="replayCache">Where tokens are remembered; <c>none:</c> for nowhere.</param>
    public Acceptor(string keytab, string replayCache = "none:")
    {
        fixed (byte* keytabKey = "keytab\0"u8, file = Encoding.UTF8.GetBytes($"FILE:{keytab}\0"), cacheKey = "rcache\0"u8, cache = Encoding.UTF8.GetBytes($"{replayCache}\0"))
        {
            var pairs = stackalloc GssKeyValue[] { new() { Key = keytabKey, Value = file }, new() { Key = cacheKey, Value = cache } };
            var store = new GssKeyValueSet { Count = 2, Elements = pairs };
            const int UsageAccept = 2;
            GssException.ThrowOn(
                gss_acquire_cred_from(out var minor, 0, LibGssapi.Indefinite, null, UsageAccept, &store, out _credential, 0, out _), minor, "acquire");
        }
    }

    /// <param name="User">In whose name the token speaks.</param>
    /// <param name="Bound">It was made for this very connection.</param>
    /// <param name="Answer">What the server sends back.</param>
    public sealed record Accepted(string User, bool Bound, byte[] Answer);

    /// <summary>Takes a token as a web server does.</summary>
    /// <exception cref="GssException">It is not accepted.</exception>
    public Accepted Accept(ReadOnlySpan<byte> token, ReadOnlySpan<byte> binding)
    {
        nint context = 0, mechanism = 0;
        fixed (byte* start = token, application = binding)
        {
            var input = new GssBuffer { Length = (nuint)token.Length, Value = start };
            var bindings = new GssChannelBindings { ApplicationData = new GssBuffer { Length = (nuint)binding.Length, Value = application } };
            var output = new GssBuffer();
            try
            {
                var major = gss_accept_sec_context(
                    out var minor, ref context, _credential, &input, binding.IsEmpty ? null : &bindings, out var name, ref mechanism, &output, out var flags, out _, 0);
                var user = GssName.Show(name);
                var answer = GssBuffer.Take(ref output);
                GssException.ThrowOn(major, minor, "gss_accept_sec_context");
                return new Accepted(user, (flags & ChannelBoundFlag) != 0, answer);
            }
            finally
            {
                if (context != 0) LibGssapi.gss_delete_sec_context(out _, ref context, 0);
            }
        }
    }

    public void Dispose() => LibGssapi.gss_release_cred(out _, ref _credential);

    [LibraryImport("libgssapi_krb5.so.2")]
    private static partial uint gss_acquire_cred_from(
        out uint minor, nint name, uint time, GssOidSet* mechanisms, int usage, GssKeyValueSet* store, out nint credential, nint actual, out uint lifetime);

    [LibraryImport("libgssapi_krb5.so.2")]
    private static partial uint gss_accept_sec_context(
        out uint minor, ref nint context, nint credential, GssBuffer* input, GssChannelBindings* bindings, out nint name, ref nint mechanism, GssBuffer* output,
        out uint flags, out uint lifetime, nint delegated);
}
