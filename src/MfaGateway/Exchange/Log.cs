using Microsoft.Extensions.Logging;

namespace MfaGateway.Exchange;

internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Warning, "Exchange server {Server} is left out for {Protocol}: {Why}")]
    public static partial void ServerLeftOut(this ILogger logger, string server, string protocol, string why);

    [LoggerMessage(5002, LogLevel.Information, "Exchange server {Server} serves {Protocol} again")]
    public static partial void ServerBack(this ILogger logger, string server, string protocol);

    [LoggerMessage(5003, LogLevel.Warning, "A request for {Protocol} failed at Exchange server {Server}: {Why}; further ones are counted until they end")]
    public static partial void RequestsFail(this ILogger logger, string server, string protocol, string why);

    [LoggerMessage(5004, LogLevel.Information, "Requests for {Protocol} no longer fail at Exchange server {Server}; {Count} did")]
    public static partial void RequestsSucceed(this ILogger logger, string server, string protocol, int count);
}
