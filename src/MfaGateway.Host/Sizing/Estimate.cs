namespace MfaGateway.Host.Sizing;

/// <summary>What an estate needs.</summary>
/// <param name="RequestsPerSecond">Of everybody together.</param>
/// <param name="SignInsPerSecond">In the morning.</param>
/// <param name="Cores">Of each gateway while one is away.</param>
/// <param name="Memory">Of each gateway while one is away, in bytes.</param>
/// <param name="Descriptors">Of each gateway while one is away (<c>LimitNOFILE</c>), an eighth of them kept free.</param>
/// <param name="RedisMemory">In bytes; a session and what names it, for everybody.</param>
/// <param name="AuditPerDay">Bytes of audit trail a day, of all gateways together.</param>
internal sealed record Estimate(double RequestsPerSecond, double SignInsPerSecond, int Cores, double Memory, long Descriptors, double RedisMemory, double AuditPerDay)
{
    private const double Microseconds = 1e6;
    private const double KeptFree = 8d / 7;
    private const double RedisAtRest = 10e6;

    /// <summary>At least two cores: one would stand still while it collects garbage or shakes hands.</summary>
    private const int LeastCores = 2;

    public static Estimate Of(UseOfMail use)
    {
        var people = use.Users * use.Active;
        var requests = people * use.RequestsPerMinute / 60;
        var signIns = people / (use.SignInMinutes * 60);
        double carrying = Math.Max(1, use.Gateways - 1);
        var processors = ((requests * Cost.Request) + (signIns * Cost.SignIn)) / Microseconds;
        var tabs = people * use.Tabs;
        var memory = (tabs * Cost.Tab) + (people * (Cost.Session + (use.Kerberos ? Cost.Ticket : 0)));
        return new Estimate(
            requests,
            signIns,
            Math.Max(LeastCores, (int)Math.Ceiling(processors / use.Busy / carrying)),
            Cost.AtRest + (memory / carrying),
            (long)Math.Ceiling(((tabs * Cost.TabDescriptors) + people) / carrying * KeptFree),
            RedisAtRest + (use.Users * Cost.RedisSession),
            people * Cost.AuditOfDay);
    }
}
