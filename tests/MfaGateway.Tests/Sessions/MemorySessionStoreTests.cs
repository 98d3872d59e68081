using MfaGateway.Sessions;

namespace MfaGateway.Tests.Sessions;

public sealed class MemorySessionStoreTests : SessionStoreContract
{
    private protected override ISessionStore Create() => new MemorySessionStore();
}
