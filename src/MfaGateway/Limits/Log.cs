using System.Net;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Limits;

internal static partial class Log
{
    [LoggerMessage(16001, LogLevel.Error, "Nearly all of the {Limit} descriptors this process may have are in use: new connections of browsers are closed until some are free")]
    public static partial void DescriptorsShort(this ILogger logger, long limit);

    [LoggerMessage(16002, LogLevel.Warning, "There are descriptors for new connections again; {Refused} connections were closed meanwhile")]
    public static partial void DescriptorsBack(this ILogger logger, long refused);

    [LoggerMessage(16003, LogLevel.Warning, "There are too many connections, in all or of {Address}: more are closed. Told once a minute for each address")]
    public static partial void TooManyConnections(this ILogger logger, IPAddress? address);

    [LoggerMessage(16004, LogLevel.Warning, "Too many HTTP/2 frames of {Address} carry no work (settings, pings, resets): the connection is closed. Told once a minute for each address")]
    public static partial void TooManyFrames(this ILogger logger, IPAddress? address);
}
