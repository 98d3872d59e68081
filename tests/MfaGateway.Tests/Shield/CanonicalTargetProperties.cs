using CsCheck;
using MfaGateway.Exchange;
using MfaGateway.Shield;
using MfaGateway.Tests.Policy;

namespace MfaGateway.Tests.Shield;

public class CanonicalTargetProperties
{
    private const int Samples = 50_000;

    [Fact]
    public void Enough_targets_are_accepted_for_the_other_properties_to_mean_something()
    {
        var (all, accepted) = (0, 0);

        RequestTargets.Any.Sample(
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

    /// <summary>MFAGW_TEST_SCALE=100 tries ten million.</summary>
    [Fact]
    public void Windows_reads_what_came_and_what_is_forwarded_as_the_path_that_the_policy_saw()
    {
        var published = new PublishedPaths(Settings.Options());
        var (all, accepted) = (0, 0);

        RequestTargets.Any.Sample(
            raw =>
            {
                Interlocked.Increment(ref all);
                if (!CanonicalTarget.TryParse(raw, out var target)) return;
                Interlocked.Increment(ref accepted);
                Assert.Equal([target.Path], WindowsPaths.Readings(raw));
                Assert.Equal([target.Path], WindowsPaths.Readings(target.Encoded + target.Query));
                Assert.EndsWith(target.Query, raw, StringComparison.Ordinal);
                if (published.Find(target, "GET").Publication is { } publication)
                    Assert.Equal(publication.Cluster, target.Path.Split('/')[1], ignoreCase: true);
            },
            iter: Scale.Of(100_000));

        TestContext.Current.TestOutputHelper?.WriteLine($"{all} targets, {accepted} accepted");
        Assert.InRange((double)accepted / all, 0.15, 0.85);
    }

    /// <summary>The model knows the tricks; otherwise its agreement would mean nothing.</summary>
    [Theory]
    [InlineData("/owa/../powershell", "/powershell")]
    [InlineData("/owa/%2e%2E/powershell", "/powershell")]
    [InlineData("/owa/..%2fpowershell", "/powershell")]
    [InlineData("/owa/..\\powershell", "/powershell")]
    [InlineData("/owa/..%5cpowershell", "/powershell")]
    [InlineData("/owa/%252e%252e/powershell", "/powershell")]
    [InlineData("/owa/..%252fpowershell", "/powershell")]
    [InlineData("/owa/%u002e%u002e/powershell", "/powershell")]
    [InlineData("/owa/%c0%ae%c0%ae/powershell", "/powershell")]
    [InlineData("/owa/..%c0%afpowershell", "/powershell")]
    [InlineData("/owa/..%e0%80%afpowershell", "/powershell")]
    [InlineData("/owa/..\uff0fpowershell", "/powershell")]
    [InlineData("/owa/..;/powershell", "/powershell")]
    [InlineData("/owa;a=b/service.svc", "/owa/service.svc")]
    [InlineData("/owa/x%00.js", "/owa/x")]
    [InlineData("/(S(x))/owa/", "/owa/")]
    [InlineData("/owa/default.aspx::$DATA", "/owa/default.aspx")]
    [InlineData("/ecp/DDI./x", "/ecp/DDI/x")]
    [InlineData("/owa%20/", "/owa/")]
    [InlineData("//owa//x", "/owa/x")]
    [InlineData("/owa/x#y", "/owa/x")]
    [InlineData("/owa/DEFAUL~1.ASP", "some other file")]
    [InlineData("http://ex1.contoso.test:444/ecp/", "/ecp/")]
    public void The_model_reads_a_trick_as_an_attacker_wants_it_and_the_gateway_refuses_it(string raw, string wanted)
    {
        Assert.Contains(wanted, WindowsPaths.Readings(raw));
        Assert.False(CanonicalTarget.TryParse(raw, out _));
    }

    private static void Accepted(Action<string, CanonicalTarget> holds) => RequestTargets.Any.Sample(
        raw =>
        {
            if (CanonicalTarget.TryParse(raw, out var target)) holds(raw, target);
        },
        iter: Samples);
}
