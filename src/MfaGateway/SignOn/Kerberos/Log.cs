using Microsoft.Extensions.Logging;

namespace MfaGateway.SignOn.Kerberos;

/// <summary>Numbers 6001 to 6099 are the failures in <see cref="SignOnFailure"/>.</summary>
internal static partial class Log
{
    [LoggerMessage(6100, LogLevel.Information, "The gateway's account {Principal} has a ticket until {Expires}: users can be signed on with Kerberos")]
    public static partial void AccountWorks(this ILogger logger, string principal, DateTimeOffset expires);

    [LoggerMessage(6101, LogLevel.Warning, "The ticket of {Principal} could not be renewed and ends at {Expires}: {Problem}")]
    public static partial void ServiceTicketNotRenewed(this ILogger logger, string principal, DateTimeOffset expires, string problem);

    [LoggerMessage(6102, LogLevel.Information, "The gateway's own ticket was no longer good and is obtained anew: {Problem}")]
    public static partial void ServiceTicketDropped(this ILogger logger, string problem);

    [LoggerMessage(6103, LogLevel.Warning, "The ticket of '{User}' could not be renewed ({Reason}) and is used until {Expires}: {Problem}")]
    public static partial void UserTicketKept(this ILogger logger, string user, string reason, DateTimeOffset expires, string problem);

    [LoggerMessage(6104, LogLevel.Critical, "Signing on was stopped: {Problem}")]
    public static partial void WrongIdentity(this ILogger logger, string problem);
}
