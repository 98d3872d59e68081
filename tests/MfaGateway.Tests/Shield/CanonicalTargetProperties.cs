using CsCheck;
using MfaGateway.Shield;

namespace MfaGateway.Tests.Shield;

public class CanonicalTargetProperties
{
    private const int Samples = 50_000;

    // Ordinary pieces outnumber the odd ones, so that about a third of the targets is accepted: a refusal proves nothing about what is let through.
    private static readonly Gen<string> Pieces = Gen.Frequency(
        (20, OneOf("owa", "ecp", "service.svc", "DDI", "a@b.c", "x", "15.2.1118.7", "default.aspx")),
        (20, Gen.Const("/")),
        (3, OneOf("%6f", "%61", "%20", "%40", "%2d", "%7e", " ", "~", "+", "(", "%28")),
        (1, OneOf(
            ".", "..", "...", "%2e", "%2E%2e", "//", "\\", "%5c", "%2f", "%2F", ";", "%3b", "%25", "%252e", "%00", "%c0%ae", "%ff", "é", "%", "%2", "%zz",
            ":", "*", "<", "%7f", "\t", "~1", "#", "|")),
        (1, Gen.Char.Select(c => c.ToString())));

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(n => values[n]);

    private static readonly Gen<string> Targets = Gen.Select(
        Pieces.Array[0, 8],
        Gen.Frequency((3, ""), (1, "?a=1"), (1, "?x=%2e%2e/&y")),
        (pieces, query) => "/" + string.Concat(pieces) + query);

    [Fact]
    public void Enough_targets_are_accepted_for_the_other_properties_to_mean_something()
    {
        var (all, accepted) = (0, 0);

        Targets.Sample(
            raw =>
            {
                all++;
                if (CanonicalTarget.TryParse(raw, out _)) accepted++;
            },
            iter: 10_000, threads: 1);

        Assert.InRange((double)accepted / all, 0.15, 0.85);
    }

    [Fact]
    public void The_canonical_form_of_a_canonical_form_is_itself() => Accepted((_, target) =>
    {
        Assert.True(CanonicalTarget.TryParse(target.Encoded + target.Query, out var again));
        Assert.Equal(target, again);
    });

    [Fact]
    public void No_accepted_path_has_a_dot_or_empty_segment_or_anything_left_to_decode() => Accepted((_, target) =>
    {
        var segments = target.Path[1..].Split('/');

        Assert.DoesNotContain("", segments[..^1]);
        Assert.All(segments, segment => Assert.False(segment.EndsWith('.') || segment.EndsWith(' '), segment));
        Assert.DoesNotContain('%', target.Path);
        Assert.DoesNotContain('\\', target.Path);
        Assert.All(target.Path, c => Assert.InRange(c, ' ', '~'));
    });

    [Fact]
    public void IIS_reads_the_raw_target_and_the_forwarded_one_as_the_same_path() => Accepted((raw, target) =>
    {
        Assert.Equal(target.Path, ReadLikeIis(raw.Split('?')[0]));
        Assert.Equal(target.Path, ReadLikeIis(target.Encoded));
    });

    /// <summary>HTTP.sys and the Windows file system in a few lines: decode once, backslash is a slash, dots are walked, trailing dots and spaces dropped.</summary>
    private static string ReadLikeIis(string raw)
    {
        var decoded = Uri.UnescapeDataString(raw).Replace('\\', '/');
        var walked = new List<string>();
        foreach (var segment in decoded.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment == "..") walked.RemoveRange(Math.Max(0, walked.Count - 1), Math.Min(1, walked.Count));
            else if (segment != ".") walked.Add(segment.TrimEnd('.', ' '));
        }

        var path = "/" + string.Join('/', walked);
        return decoded.EndsWith('/') && path.Length > 1 ? path + "/" : path;
    }

    private static void Accepted(Action<string, CanonicalTarget> holds) => Targets.Sample(
        raw =>
        {
            if (CanonicalTarget.TryParse(raw, out var target)) holds(raw, target);
        },
        iter: Samples);
}
