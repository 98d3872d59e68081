using Microsoft.Extensions.Logging;

namespace MfaGateway.Nodes;

internal static partial class Log
{
    [LoggerMessage(12001, LogLevel.Critical, "This gateway stops, because it and the others do not understand each other: {Problem} {Remedy}")]
    public static partial void Disagreement(this ILogger logger, string problem, string remedy);

    [LoggerMessage(12002, LogLevel.Warning, "{Count} keys were gone from Redis and were put back: was it emptied? Sessions that were in it are lost, and those people sign in again")]
    public static partial void KeysRestored(this ILogger logger, int count);

    [LoggerMessage(12003, LogLevel.Warning, "A key in Redis is not used, because no certificate of this gateway signed it: another certificate in Keys, or somebody who should not writes there")]
    public static partial void ForeignKey(this ILogger logger);
}
