using Microsoft.Extensions.Logging;

namespace MfaGateway.PlugIns;

internal static partial class Log
{
    [LoggerMessage(10001, LogLevel.Information, "Plug-in {Name} {Version} adds the conditions {Conditions}; SHA-256 {Sha256}")]
    public static partial void PlugInLoaded(this ILogger logger, string name, string version, string conditions, string sha256);
}
