using Microsoft.Extensions.Logging;

namespace MfaGateway.Audit;

internal static partial class Log
{
    [LoggerMessage(7001, LogLevel.Error, "Audit sink {Kind} failed (required: {Required})")]
    public static partial void SinkFailed(this ILogger logger, string kind, bool required, Exception exception);
}
