namespace MfaGateway.ClusterTests.Setup;

/// <summary>What a gateway said in its log.</summary>
internal static class LogLines
{
    public static int Count(string log, string word) => log.Split(word).Length - 1;

    /// <summary>Warnings and errors.</summary>
    public static int Problems(string log) => Count(log, " WRN] ") + Count(log, " ERR] ") + Count(log, " FTL] ");
}
