using System.Globalization;

namespace MfaGateway.Policy.Documents;

/// <summary>Durations in a document: <c>hh:mm:ss</c> or <c>d.hh:mm:ss</c>, nothing that could be read in two ways.</summary>
internal static class Durations
{
    private static readonly string[] Formats = [@"hh\:mm\:ss", @"d\.hh\:mm\:ss"];

    public static TimeSpan? Read(DocumentNode node)
    {
        if (!node.IsText())
            return null;
        if (TimeSpan.TryParseExact(node.Text, Formats, CultureInfo.InvariantCulture, out var duration))
            return duration;
        node.Report(
            $"{DocumentNode.Quote(node.Text)} is not a duration",
            "Write `hh:mm:ss`, or `d.hh:mm:ss` from 24 hours on, for example `00:15:00` or `1.00:00:00`");
        return null;
    }
}
