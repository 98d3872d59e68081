using MfaGateway.Exchange;
using MfaGateway.Sessions;

namespace MfaGateway.SignOn;

/// <summary>Exchange keeps its own logon behind the gateway: forms, AD FS claims, or hybrid modern authentication. Its logon pages are published to
/// signed-in sessions and its cookies pass; the client's <c>Authorization</c> never does.</summary>
internal sealed class PassThroughSignOn : IBackendSignOn
{
    public const string MethodName = "PassThrough";

    public string Name => MethodName;

    /// <summary>Whether it is the method in force: whether Exchange's own logon is behind the gateway.</summary>
    public static bool Serves(SignOnOptions options) => options.Method.Equals(MethodName, StringComparison.OrdinalIgnoreCase);

    public ISessionConnections? ConnectionsOf(LiveSession session) => null;
}
