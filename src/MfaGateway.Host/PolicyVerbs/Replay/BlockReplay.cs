using System.Globalization;
using MfaGateway.Access;
using MfaGateway.Audit;
using MfaGateway.Policy;

namespace MfaGateway.Host.PolicyVerbs.Replay;

/// <summary>Makes the decisions of some lines again.</summary>
/// <param name="policy">The document that is tried.</param>
/// <param name="against">The one it is compared with; null for the decisions as they were recorded.</param>
internal sealed class BlockReplay(ReplayedPolicy policy, ReplayedPolicy? against)
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public ReplayTally Judge(LineBlock block, int file)
    {
        var tally = new ReplayTally();
        var at = new LinePlace(file, block.FirstLine, block.Offset);
        var rest = block.Bytes.Span;
        if (rest.IsEmpty)
        {
            tally.NoteLine();
            tally.NoteUnreadable(at, string.Create(CultureInfo.InvariantCulture, $"longer than {LineBlocks.Size:N0} bytes; the gateway writes no such line"));
        }

        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            var length = end < 0 ? rest.Length : end + 1;
            JudgeLine(rest[..length], at, tally);
            rest = rest[length..];
            at = at with { Line = at.Line + 1, Offset = at.Offset + length };
        }

        return tally;
    }

    private void JudgeLine(ReadOnlySpan<byte> text, LinePlace at, ReplayTally tally)
    {
        if (at.Offset == 0 && text.StartsWith(ByteOrderMark))
            text = text[ByteOrderMark.Length..];
        if (text.Trim(" \r\n\t"u8).IsEmpty)
            return;
        tally.NoteLine();
        if (AuditLine.Read(text, out var problem) is not { } line)
            tally.NoteUnreadable(at, text[^1] == '\n' ? problem : $"{problem}; the file ends in the middle of this line, it was cut off or is still being written");
        else if (line.Decision is null)
            tally.NoteOther();
        else
            JudgeDecision(line, at, tally);
    }

    private void JudgeDecision(AuditEvent line, LinePlace at, ReplayTally tally)
    {
        if (RecordedDecision.Of(line, out var why) is not { } recorded)
            tally.NoteNotJudged(why, at, line.Id);
        else if (Before(recorded, out why) is { } was && policy.Decide(recorded, out why) is { } now)
            tally.NoteDecision(was, now, recorded.Request.Subject.User, at, line.Id);
        else
            tally.NoteNotJudged(why, at, line.Id);
    }

    private DecisionKind? Before(RecordedDecision recorded, out string why)
    {
        why = "";
        return against is null ? recorded.Kind : against.Decide(recorded, out why)?.Kind;
    }
}
