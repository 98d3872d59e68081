namespace MfaGateway.Host.Sizing;

/// <summary>What things cost a gateway, as measured (<c>docs/sizing.md</c> says how): on a slow machine, so that one that is bought today has some left.</summary>
internal static class Cost
{
    /// <summary>Processor time of a request of Outlook's mix, in microseconds: pages, scripts, calls of 2 to 20 KB, polls, attachments.</summary>
    public const double Request = 160;

    /// <summary>Processor time of a whole sign-in with its new connections, in microseconds.</summary>
    public const double SignIn = 20_000;

    /// <summary>Of a gateway at rest, warm.</summary>
    public const double AtRest = 200e6;

    /// <summary>Of an open tab: its connection with TLS, the one to Exchange, and what is kept for both.</summary>
    public const double Tab = 137e3;

    /// <summary>Of a session that is known here, under load: its 6 KB, and the room that the collector leaves beside them.</summary>
    public const double Session = 28e3;

    /// <summary>Of a user signed on with Kerberos, beside his session.</summary>
    public const double Ticket = 12e3;

    /// <summary>Of a session in Redis, with few groups.</summary>
    public const double RedisSession = 5.7e3;

    /// <summary>Of the lines that the audit trail keeps of a person and a day.</summary>
    public const double AuditOfDay = 15e3;

    /// <summary>Descriptors of a tab: one to the browser, one to Exchange.</summary>
    public const double TabDescriptors = 2;
}
