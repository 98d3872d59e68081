using MfaGateway.Sessions;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Recheck;

internal static partial class Log
{
    [LoggerMessage(14001, LogLevel.Error, "Provider {Provider} cannot be asked about its users again: {Why} They go on for Sessions:Recheck:Grace, then they are answered 503 until it answers")]
    public static partial void ProviderSilent(this ILogger logger, string provider, string why);

    [LoggerMessage(14002, LogLevel.Information, "Provider {Provider} answers about its users again")]
    public static partial void ProviderAnswers(this ILogger logger, string provider);

    [LoggerMessage(14003, LogLevel.Information, "Session {Session} ends: provider {Provider} no longer vouches for its user ({Error})")]
    public static partial void UserRefused(this ILogger logger, SessionKey session, string provider, string error);

    [LoggerMessage(14004, LogLevel.Warning, "Session {Session} ends: what provider {Provider} says contradicts it. {Why}")]
    public static partial void UserContradicted(this ILogger logger, SessionKey session, string provider, string why);

    [LoggerMessage(14005, LogLevel.Warning, "Session {Session}: the refresh token was used up by a question whose answer was lost; its user is sent to provider {Provider} with the next page")]
    public static partial void TokenLost(this ILogger logger, SessionKey session, string provider);
}
