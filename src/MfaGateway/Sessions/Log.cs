using Microsoft.Extensions.Logging;

namespace MfaGateway.Sessions;

internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Information, "Session {Session} begins")]
    public static partial void SessionCreated(this ILogger logger, SessionKey session);

    [LoggerMessage(3002, LogLevel.Information, "Session {Session} is over: idle or absolute limit")]
    public static partial void SessionOver(this ILogger logger, SessionKey session);

    [LoggerMessage(3003, LogLevel.Warning, "Session {Session} cannot be read and is dropped; was the key ring in DataDirectory replaced?")]
    public static partial void SessionUnreadable(this ILogger logger, SessionKey session, Exception exception);

    [LoggerMessage(3005, LogLevel.Error, "The session store does not answer; requests with a session are answered 503 until it does")]
    public static partial void StoreDown(this ILogger logger, Exception exception);

    [LoggerMessage(3006, LogLevel.Information, "The session store answers again")]
    public static partial void StoreBack(this ILogger logger);

    [LoggerMessage(3007, LogLevel.Error, "The session store answers but takes no changes: nobody can sign in or out; who is signed in goes on")]
    public static partial void StoreTakesNoChanges(this ILogger logger, Exception exception);

    [LoggerMessage(3008, LogLevel.Information, "The session store takes changes again")]
    public static partial void StoreTakesChangesAgain(this ILogger logger);

    [LoggerMessage(3009, LogLevel.Error, "The session file {File} is damaged ({Problem}); it is now {Aside}, and everybody signs in again")]
    public static partial void StoreDamaged(this ILogger logger, string file, string aside, string problem);
}
