using Microsoft.Extensions.Logging;

namespace MfaGateway.Access;

internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Error, "The policy engine '{Engine}' is not asked for {Duration}: too many answers stayed away, the last one because {Problem}")]
    public static partial void EngineGivenUp(this ILogger logger, string engine, TimeSpan duration, string problem);

    [LoggerMessage(4002, LogLevel.Information, "The policy engine '{Engine}' answers again")]
    public static partial void EngineBack(this ILogger logger, string engine);
}
