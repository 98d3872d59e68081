using Microsoft.Extensions.Logging;

namespace MfaGateway.Audit;

internal static partial class Log
{
    [LoggerMessage(7001, LogLevel.Error, "Audit sink {Kind} does not keep lines (required: {Required}); with a required one requests are answered 503 until it does")]
    public static partial void SinkFailed(this ILogger logger, string kind, bool required, Exception exception);

    [LoggerMessage(7002, LogLevel.Information, "Audit sink {Kind} keeps lines again; {Lost} were not kept")]
    public static partial void SinkBack(this ILogger logger, string kind, int lost);
}
