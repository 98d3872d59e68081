using Microsoft.Extensions.Logging;

namespace MfaGateway.Lifecycle;

internal static partial class Log
{
    [LoggerMessage(13001, LogLevel.Information, "Told to stop: not ready any more; requests are still taken for {Wait}")]
    public static partial void Draining(this ILogger logger, TimeSpan wait);
}
