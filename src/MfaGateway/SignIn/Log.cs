using Microsoft.Extensions.Logging;

namespace MfaGateway.SignIn;

internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Warning, "Provider {Provider} refused a sign-in: {Error}")]
    public static partial void SignInRefused(this ILogger logger, string provider, string error);

    [LoggerMessage(2002, LogLevel.Warning, "A sign-in at provider {Provider} failed: {Why} (reference {Reference})")]
    public static partial void SignInFailed(this ILogger logger, string provider, string why, string reference);

    [LoggerMessage(2003, LogLevel.Error, "Identity provider {Provider} does not answer, or not as one: {Why}; sign-ins are answered 503 until it does")]
    public static partial void ProviderDown(this ILogger logger, string provider, string why);

    [LoggerMessage(2004, LogLevel.Information, "Identity provider {Provider} answers again")]
    public static partial void ProviderBack(this ILogger logger, string provider);

    [LoggerMessage(2005, LogLevel.Warning, "Provider {Provider} gives no refresh tokens, so it cannot be asked about its users again: every {Every} a page sends them there instead")]
    public static partial void NoRefreshToken(this ILogger logger, string provider, TimeSpan every);
}
