namespace MfaGateway;

/// <summary>How the gateway reaches others. Tests put a simulated network in place; null means real connections.</summary>
internal sealed class GatewayTransports
{
    /// <summary>By provider name, a handler for that provider's back channel.</summary>
    public Func<string, HttpMessageHandler>? BackChannel { get; init; }

    /// <summary>A handler for the connections to Exchange.</summary>
    public Func<HttpMessageHandler>? Exchange { get; init; }
}
