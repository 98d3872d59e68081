using Microsoft.Extensions.Logging;

namespace MfaGateway.Outcome;

internal static partial class Log
{
    [LoggerMessage(8001, LogLevel.Error, "Request refused: {Reason}, reference {Reference}")]
    public static partial void Refused(this ILogger logger, string reason, string reference, Exception exception);
}
