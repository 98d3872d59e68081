using Microsoft.Extensions.Logging;

namespace MfaGateway.Nodes;

internal static partial class Log
{
    [LoggerMessage(12001, LogLevel.Critical, "This gateway stops, because it and the others do not understand each other: {Problem} {Remedy}")]
    public static partial void Disagreement(this ILogger logger, string problem, string remedy);
}
