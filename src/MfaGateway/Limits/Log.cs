using Microsoft.Extensions.Logging;

namespace MfaGateway.Limits;

internal static partial class Log
{
    [LoggerMessage(16001, LogLevel.Error, "Nearly all of the {Limit} descriptors this process may have are in use: new connections of browsers are closed until some are free")]
    public static partial void DescriptorsShort(this ILogger logger, long limit);

    [LoggerMessage(16002, LogLevel.Warning, "There are descriptors for new connections again; {Refused} connections were closed meanwhile")]
    public static partial void DescriptorsBack(this ILogger logger, long refused);
}
