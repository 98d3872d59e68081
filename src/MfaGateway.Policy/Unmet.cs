using System.Numerics;

namespace MfaGateway.Policy;

/// <summary>Kinds of demand that are not met. The lowest bit is the one named as the reason: first what cannot be helped, then what
/// a user must do most.</summary>
[Flags]
internal enum Unmet
{
    None = 0,
    Device = 1,
    Mfa = 2,
    Method = 4,
    Context = 8,
    MaxAge = 16,
}

/// <summary>Reading a set of unmet demands.</summary>
internal static class UnmetExtensions
{
    public static bool Includes(this Unmet unmet, Unmet kind) => (unmet & kind) != 0;

    /// <summary>Whether signing in again could meet all of it. No sign-in makes a device managed.</summary>
    public static bool IsReachable(this Unmet unmet) => !unmet.Includes(Unmet.Device);

    public static int Count(this Unmet unmet) => BitOperations.PopCount((uint)unmet);

    public static Unmet First(this Unmet unmet) => (Unmet)((int)unmet & -(int)unmet);

    public static string Reason(this Unmet unmet) => unmet.First() switch
    {
        Unmet.Device => Reasons.DeviceRequired,
        Unmet.Mfa => Reasons.MfaRequired,
        Unmet.Method => Reasons.MethodRequired,
        Unmet.Context => Reasons.ContextRequired,
        Unmet.MaxAge => Reasons.MfaTooOld,
        _ => Reasons.Permitted,
    };
}
