using System.Globalization;
using System.Text.Json;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Conditions;

/// <summary><c>time</c>: the request falls into one of these windows of the week, by the clock on the wall of a time zone.</summary>
internal sealed class TimeFactory : IConditionFactory
{
    private static readonly TimeSpan Midnight = TimeSpan.FromDays(1);

    public string Name => "time";

    public ICondition Create(ConditionArguments arguments)
    {
        var windows = arguments.Node.Items().Select(ReadWindow).OfType<TimeWindow>();
        return new TimeCondition([.. windows]);
    }

    private static TimeWindow? ReadWindow(DocumentNode node)
    {
        var fields = node.Fields(Words.TimeKeys);
        if (node.Json.ValueKind is not JsonValueKind.Object)
            return null;
        var zone = ReadZone(node, fields);
        var from = fields.TryGetValue("from", out var fromNode) ? ReadTime(fromNode) : TimeSpan.Zero;
        var to = fields.TryGetValue("to", out var toNode) ? ReadTime(toNode) : Midnight;
        if (from is not { } begin || to is not { } end || zone is null)
            return null;
        if (begin == Midnight)
            fromNode.Report("a window cannot begin at `24:00`", "Write `00:00`, and the following day in `weekdays`");
        else if (begin == end)
            toNode.Report("the window ends when it begins", "Leave `from` and `to` out for the whole day");
        return new TimeWindow(new WallClock(zone), ReadDays(fields), begin, end);
    }

    private static TimeZoneInfo? ReadZone(DocumentNode node, Dictionary<string, DocumentNode> fields)
    {
        if (!fields.TryGetValue("timeZone", out var field))
        {
            node.Report("`timeZone` is missing", "Write for example `Europe/Berlin`, `Pacific Standard Time` or `UTC`");
            return null;
        }

        if (!field.IsText())
            return null;
        if (TimeZones.Find(field.Text) is { } zone)
            return zone;
        field.Report(
            $"unknown time zone {DocumentNode.Quote(field.Text)}",
            () => DidYouMean.Nearest(TimeZones.Names, field.Text) is { } nearest
                ? $"Did you mean `{nearest}`?"
                : "Write an IANA or a Windows time zone, for example `Europe/Berlin` or `W. Europe Standard Time`; this machine may lack the package `tzdata`");
        return null;
    }

    private static TimeSpan? ReadTime(DocumentNode node)
    {
        if (!node.IsText())
            return null;
        if (node.Text == "24:00")
            return Midnight;
        if (TimeSpan.TryParseExact(node.Text, @"hh\:mm", CultureInfo.InvariantCulture, out var time))
            return time;
        node.Report($"{DocumentNode.Quote(node.Text)} is not a time of day", "Write `hh:mm` from `00:00` to `24:00`, for example `08:30`");
        return null;
    }

    private static DayOfWeek[] ReadDays(Dictionary<string, DocumentNode> fields) => fields.TryGetValue("weekdays", out var days)
        ? [.. days.Strings().Select(day => Words.Read(day, Words.Weekdays)).OfType<DayOfWeek>()]
        : Enum.GetValues<DayOfWeek>();

    private sealed class TimeCondition(TimeWindow[] windows) : ICondition
    {
        public Match Evaluate(AccessRequest request)
        {
            foreach (var window in windows)
            {
                if (window.Contains(request.Now))
                    return Match.Yes;
            }

            return Match.No;
        }

        public string Describe(AccessRequest request) => string.Join("; ", windows.Select(window => window.Clock).DistinctBy(clock => clock.Name).Select(clock =>
            $"{clock.At(request.Now).ToString("dddd HH:mm", CultureInfo.InvariantCulture)} {clock.Name}"));
    }
}
