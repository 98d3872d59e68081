using Microsoft.Extensions.Logging;

namespace MfaGateway.Clock;

internal static partial class Log
{
    [LoggerMessage(15001, LogLevel.Warning, "The system's clock jumped by {Difference}; the gateway keeps its own time until the clock is right again, or Exchange's servers agree with it")]
    public static partial void ClockJumped(this ILogger logger, TimeSpan difference);

    [LoggerMessage(15002, LogLevel.Information, "The system's clock agrees with the gateway's time again")]
    public static partial void ClockIsBack(this ILogger logger);

    [LoggerMessage(15003, LogLevel.Warning, "Exchange's servers agree with the system's clock: the gateway's time moves by {Difference}; sessions whose time is up by that are over")]
    public static partial void ClockFollowed(this ILogger logger, TimeSpan difference);
}
