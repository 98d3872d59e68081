using MfaGateway.Sessions;

namespace MfaGateway.Tests;

/// <summary>People who are signed in, where it does not matter how or since when.</summary>
internal static class People
{
    public static LiveSession SignedIn(string subject, string provider = "adfs")
    {
        var now = new DateTimeOffset(2027, 3, 1, 9, 0, 0, TimeSpan.Zero);
        var facts = new GatewaySession { User = subject, Subject = subject, Provider = provider, CreatedAt = now };
        return new LiveSession(SessionHandle.Create().Key(), facts, default, now, now.AddHours(10), now);
    }
}
