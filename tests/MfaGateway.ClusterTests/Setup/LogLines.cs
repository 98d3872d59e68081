namespace MfaGateway.ClusterTests.Setup;

/// <summary>What a gateway said in its log.</summary>
internal static class LogLines
{
    public static int Count(string log, string word) => log.Split(word).Length - 1;

    /// <summary>From the first warning or error on, for messages of tests.</summary>
    public static string Troubles(Node node) =>
        $"--- {node.Name}\n{string.Join('\n', node.Log.Split('\n').SkipWhile(line => !line.Contains(" ERR] ", StringComparison.Ordinal) && !line.Contains(" WRN] ", StringComparison.Ordinal)))}";

    /// <summary>Warnings and errors.</summary>
    public static int Problems(string log) => Count(log, " WRN] ") + Count(log, " ERR] ") + Count(log, " FTL] ");
}
