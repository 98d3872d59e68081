using System.Runtime.InteropServices;
using System.Text;
using MfaGateway.SignOn.Kerberos.Gssapi;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace MfaGateway.Lab.Kerberos;

/// <summary>A service's side of Kerberos: MIT's own acceptor with the service's key. .NET's acceptor will not do: on Linux it looks at no channel bindings, and
/// takes its key from wherever the environment says.</summary>
internal sealed unsafe partial class TicketAcceptor : IDisposable
{
    /// <summary>MIT: the initiator sent bindings, and they were ours.</summary>
    private const uint ChannelBoundFlag = 0x800;

    private readonly GssCredential _credential;

    /// <param name="keytab">The service's key.</param>
    /// <param name="replayCache">Where tokens are remembered, because a token is good once: <c>file2:PATH</c>, or <c>none:</c> for nowhere.</param>
    public TicketAcceptor(string keytab, string replayCache)
    {
        fixed (byte* keytabKey = "keytab\0"u8, file = Encoding.UTF8.GetBytes($"FILE:{keytab}\0"), cacheKey = "rcache\0"u8, cache = Encoding.UTF8.GetBytes($"{replayCache}\0"))
        {
            const int UsageAccept = 2;
            var pairs = stackalloc GssKeyValue[] { new() { Key = keytabKey, Value = file }, new() { Key = cacheKey, Value = cache } };
            var store = new GssKeyValueSet { Count = 2, Elements = pairs };
            var major = gss_acquire_cred_from(out var minor, 0, LibGssapi.Indefinite, null, UsageAccept, &store, out var credential, 0, out _);
            GssException.ThrowOn(major, minor, "gss_acquire_cred_from");
            _credential = new GssCredential(credential);
        }
    }

    /// <param name="User">In whose name the token speaks.</param>
    /// <param name="Bound">It was made for this very connection.</param>
    /// <param name="Answer">What the server sends back.</param>
    internal sealed record Accepted(string User, bool Bound, byte[] Answer);

    /// <summary>Takes a token as a web server does.</summary>
    /// <param name="token">From the initiator.</param>
    /// <param name="binding">Of the connection it came over; empty for a server that does not look.</param>
    /// <exception cref="GssException">It is not accepted.</exception>
    public Accepted Accept(ReadOnlySpan<byte> token, ReadOnlySpan<byte> binding)
    {
        nint context = 0;
        fixed (byte* start = token, application = binding)
        {
            var input = new GssBuffer { Length = (nuint)token.Length, Value = start };
            var bindings = new GssChannelBindings { ApplicationData = new GssBuffer { Length = (nuint)binding.Length, Value = application } };
            var output = new GssBuffer();
            try
            {
                var major = gss_accept_sec_context(
                    out var minor, ref context, _credential, &input, binding.IsEmpty ? null : &bindings, out var name, 0, &output, out var flags, 0, 0);
                var user = GssName.Show(name);
                var answer = GssBuffer.Take(ref output);
                GssException.ThrowOn(major, minor, "gss_accept_sec_context");
                return new Accepted(user, (flags & ChannelBoundFlag) != 0, answer);
            }
            finally
            {
                _ = LibGssapi.gss_delete_sec_context(out _, ref context, 0); // of nothing is nothing
            }
        }
    }

    public void Dispose() => _credential.Dispose();

    [LibraryImport("libgssapi_krb5.so.2")]
    private static partial uint gss_acquire_cred_from(
        out uint minor, nint name, uint time, GssOidSet* mechanisms, int usage, GssKeyValueSet* store, out nint credential, nint actualMechanisms, out uint lifetime);

    [LibraryImport("libgssapi_krb5.so.2")]
    private static partial uint gss_accept_sec_context(
        out uint minor, ref nint context, GssCredential credential, GssBuffer* input, GssChannelBindings* bindings, out nint name, nint mechanism, GssBuffer* output,
        out uint flags, nint lifetime, nint delegated);
}
