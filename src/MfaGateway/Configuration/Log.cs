using Microsoft.Extensions.Logging;

namespace MfaGateway.Configuration;

internal static partial class Log
{
    [LoggerMessage(9001, LogLevel.Information, "Configuration and policy were read again")]
    public static partial void Reloaded(this ILogger logger);

    [LoggerMessage(9002, LogLevel.Error, "Changed files were refused; what was in force stays. Problems:\n{Problems}")]
    public static partial void ReloadRefused(this ILogger logger, string problems);
}
