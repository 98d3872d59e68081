using MfaGateway.Exchange;
using MfaGateway.Shield;
using MfaGateway.Shield.KnownAttacks;
using MfaGateway.Tests.Policy;

namespace MfaGateway.Tests.Shield;

/// <summary>Nobody who does his work meets the shield. <c>MFAGW_TEST_SCALE</c> makes the day longer.</summary>
public sealed class EverydayUseTests
{
    private static readonly ShieldRuleSet _rules = new(ShieldRuleReader.Shipped.Rules);
    private static readonly PublishedPaths _published = new(Settings.Options(options => options.Exchange.Publish.Calendar = true));

    [Fact]
    public void No_request_of_a_normal_day_meets_a_rule_or_is_refused_without_one()
    {
        var stopped = EverydayUse.Shapes().Concat(EverydayUse.Day(Scale.Of(20_000), seed: 23)).Select(Stopped).OfType<string>().Distinct();

        Assert.Empty(stopped);
    }

    private static string? Stopped(EverydayRequest everyday)
    {
        Assert.True(RequestText.TryParse(everyday.Text, out var text), everyday.Text);
        var request = text.ToRequest();
        if (!CanonicalTarget.TryParse(text.Target, out var target)) return $"no canonical form: {everyday.Text}";
        if (AttackCookies.AreIn(request.Headers.Cookie)) return $"attack cookie: {everyday.Text}";
        if (_published.Find(target, text.Method).Publication is null) return $"not published: {everyday.Text}";
        return _rules.Find(request, target) is { } rule ? $"{rule.Id}: {everyday.Text}" : null;
    }
}
