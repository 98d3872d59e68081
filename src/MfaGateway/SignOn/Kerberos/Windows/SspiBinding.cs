using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Authentication.ExtendedProtection;

namespace MfaGateway.SignOn.Kerberos.Windows;

/// <summary>A channel binding in the shape that SSPI takes: SEC_CHANNEL_BINDINGS (sspi.h), eight 32-bit numbers, and the application data behind them.</summary>
internal sealed class SspiBinding : ChannelBinding
{
    private const int HeaderSize = 32;
    private const int LengthAt = 24;
    private const int OffsetAt = 28;

    public SspiBinding(ReadOnlySpan<byte> applicationData)
        : base(ownsHandle: true)
    {
        Size = HeaderSize + applicationData.Length;
        var all = new byte[Size];
        BinaryPrimitives.WriteInt32LittleEndian(all.AsSpan(LengthAt), applicationData.Length);
        BinaryPrimitives.WriteInt32LittleEndian(all.AsSpan(OffsetAt), HeaderSize);
        applicationData.CopyTo(all.AsSpan(HeaderSize));
        SetHandle(Marshal.AllocHGlobal(Size));
        Marshal.Copy(all, 0, handle, Size);
    }

    public override int Size { get; }

    protected override bool ReleaseHandle()
    {
        Marshal.FreeHGlobal(handle);
        return true;
    }
}
