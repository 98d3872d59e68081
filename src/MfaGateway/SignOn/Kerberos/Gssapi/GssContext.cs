using System.Runtime.InteropServices;

namespace MfaGateway.SignOn.Kerberos.Gssapi;

/// <summary><c>gss_ctx_id_t</c> of the initiating side. While it lives it keeps its credential and its target alive, whoever else gives them up.</summary>
internal sealed class GssContext : SafeHandle
{
    private readonly GssCredential _credential;
    private readonly GssName _target;
    private bool _wantsMore;

    private GssContext(GssCredential credential, GssName target)
        : base(0, ownsHandle: true) => (_credential, _target) = (credential, target);

    /// <summary>Also a context that the library took back holds on to its credential: it is always released.</summary>
    public override bool IsInvalid => false;

    /// <summary>Seconds that the ticket is good for.</summary>
    public uint Lifetime { get; private set; }

    /// <summary>Makes the first token. The credential may be given up by another thread at any time before; then <see cref="ObjectDisposedException"/>.</summary>
    public static GssContext Start(GssCredential credential, GssName target, uint flags, ReadOnlySpan<byte> channelBinding, out byte[] token)
    {
        var (credentialHeld, targetHeld) = (false, false);
        GssContext? context = null;
        try
        {
            credential.DangerousAddRef(ref credentialHeld);
            target.DangerousAddRef(ref targetHeld);
            context = new GssContext(credential, target);
            token = context.Step(flags, channelBinding, []);
            return context;
        }
        catch
        {
            if (context is not null)
            {
                context.Dispose();
            }
            else
            {
                if (credentialHeld) credential.DangerousRelease();
                if (targetHeld) target.DangerousRelease();
            }

            throw;
        }
    }

    /// <summary>Takes the server's token; true when the server has proved itself and nothing is left to send.</summary>
    public bool Completes(ReadOnlySpan<byte> answer)
    {
        if (answer.IsEmpty) return false; // an empty input would begin anew
        var held = false;
        try
        {
            DangerousAddRef(ref held);
            return Step(LibGssapi.MutualFlag, [], answer).Length == 0 && !_wantsMore;
        }
        catch (GssException)
        {
            return false;
        }
        finally
        {
            if (held) DangerousRelease();
        }
    }

    /// <summary>In whose name the token speaks, by the library's own account.</summary>
    public string Source()
    {
        GssException.ThrowOn(LibGssapi.gss_inquire_context(out var minor, handle, out var source, 0, 0, 0, 0, 0, 0), minor, "gss_inquire_context");
        return GssName.Show(source);
    }

    /// <summary>Encrypts a message (RFC 4121 section 4.2.4).</summary>
    public unsafe byte[] Wrap(ReadOnlySpan<byte> message, bool confidential)
    {
        fixed (byte* start = message)
        {
            var input = new GssBuffer { Length = (nuint)message.Length, Value = start };
            GssException.ThrowOn(LibGssapi.gss_wrap(out var minor, handle, confidential ? 1 : 0, 0, in input, 0, out var output), minor, "gss_wrap");
            return GssBuffer.Take(ref output);
        }
    }

    /// <summary>Decrypts and checks one.</summary>
    public unsafe byte[] Unwrap(ReadOnlySpan<byte> message)
    {
        fixed (byte* start = message)
        {
            var input = new GssBuffer { Length = (nuint)message.Length, Value = start };
            GssException.ThrowOn(LibGssapi.gss_unwrap(out var minor, handle, in input, out var output, 0, 0), minor, "gss_unwrap");
            return GssBuffer.Take(ref output);
        }
    }

    protected override bool ReleaseHandle()
    {
        if (handle != 0) LibGssapi.gss_delete_sec_context(out _, ref handle, 0);
        _credential.DangerousRelease();
        _target.DangerousRelease();
        return true;
    }

    private unsafe byte[] Step(uint flags, ReadOnlySpan<byte> channelBinding, ReadOnlySpan<byte> answer)
    {
        fixed (byte* binding = channelBinding, received = answer)
        {
            var bindings = new GssChannelBindings { ApplicationData = new GssBuffer { Length = (nuint)channelBinding.Length, Value = binding } };
            var input = new GssBuffer { Length = (nuint)answer.Length, Value = received };
            var major = LibGssapi.gss_init_sec_context(
                out var minor, _credential, ref handle, _target, GssNames.Kerberos, flags, 0, channelBinding.IsEmpty ? null : &bindings, answer.IsEmpty ? null : &input, 0,
                out var output, out _, out var lifetime);
            var token = GssBuffer.Take(ref output);
            GssException.ThrowOn(major, minor, "gss_init_sec_context");
            (Lifetime, _wantsMore) = (lifetime, (major & LibGssapi.ContinueNeeded) != 0);
            return token;
        }
    }
}
