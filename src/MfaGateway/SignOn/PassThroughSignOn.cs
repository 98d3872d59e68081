using MfaGateway.Sessions;

namespace MfaGateway.SignOn;

/// <summary>Exchange keeps its own logon behind the gateway: forms, AD FS claims, or hybrid modern authentication. Its logon pages are published to
/// signed-in sessions and its cookies pass; the client's <c>Authorization</c> never does.</summary>
internal sealed class PassThroughSignOn : IBackendSignOn
{
    public const string MethodName = "PassThrough";

    public string Name => MethodName;

    public ISessionConnections? ConnectionsOf(LiveSession session) => null;
}
