using CsCheck;
using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy;

public class PropertyTests
{
    private static readonly int Samples = Scale.Of(10_000);

    private static readonly Gen<(ModelRule[] Rules, AccessRequest Request)> Cases =
        Gen.Select(ModelGenerators.Rules.Array[1, 8], ModelGenerators.Requests, (rules, request) => (rules, request));

    private static PolicySet Compile(IEnumerable<ModelRule> rules) => Policies.WithRules([.. rules.Select((rule, number) => rule.ToJson(number))]);

    [Fact]
    public void Engine_agrees_with_the_reference_whatever_the_order_of_rules()
    {
        var answers = new int[3];

        Gen.Select(Cases, Gen.Int).Sample(
            (sample, seed) =>
            {
                var shuffled = sample.Rules.ToArray();
                new Random(seed).Shuffle(shuffled);

                var decision = Compile(shuffled).Decide(sample.Request);

                Interlocked.Increment(ref answers[(int)decision.Kind]);
                Assert.Equal(ReferenceModel.Decide(sample.Rules, sample.Request), decision.Kind);
            },
            iter: Samples);

        // A generator that hardly ever reaches an answer would test nothing about it.
        Assert.All(answers, count => Assert.InRange(count, Samples / 10, Samples * 7 / 10));
    }

    [Fact]
    public void Report_only_rules_have_no_effect_except_on_the_report_only_decision() => Cases.Sample(
        sample =>
        {
            var policy = Compile(sample.Rules);
            var without = sample.Rules.Where(rule => rule.State == "on").ToList();

            Assert.Equal(ReferenceModel.Decide(without, sample.Request), policy.Decide(sample.Request).Kind);
            Assert.Equal(ReferenceModel.Decide(sample.Rules, sample.Request, withReportOnly: true), policy.DecideReportOnly(sample.Request).Kind);
        },
        iter: Samples);

    [Fact]
    public void Whoever_brings_what_was_asked_for_is_allowed_in_at_once() => Cases.Sample(
        sample =>
        {
            var policy = Compile(sample.Rules);
            var before = policy.Decide(sample.Request);
            var demands = policy.DemandsOf(sample.Request);
            var subject = sample.Request.Subject;
            var brought = new AccessSubject
            {
                Mfa = subject.Mfa || demands.Mfa,
                MfaAt = demands.MaxAge is { } age ? sample.Request.Now - age : subject.MfaAt,
                Methods = subject.Methods.Concat(demands.Methods.Select(any => any[0])).ToHashSet(),
                Contexts = subject.Contexts.Concat(demands.Contexts.Select(any => any[0])).ToHashSet(),
                DeviceManaged = subject.DeviceManaged,
            };

            var after = policy.Decide(sample.Request with { Subject = brought });

            Assert.Equal(before.Kind is DecisionKind.StepUp ? DecisionKind.Allow : before.Kind, after.Kind);
        },
        iter: Samples);

    [Fact]
    public void An_explanation_tells_the_decision_that_was_made_and_asks_for_nothing_else() => Cases.Sample(
        sample =>
        {
            var policy = Compile(sample.Rules);

            var decision = policy.Decide(sample.Request);
            var explanation = policy.Explain(sample.Request);

            Assert.Equal(decision, explanation.Decision);
            Assert.Equal(decision.RuleId is null ? 0 : 1, explanation.Rules.Count(rule => rule.Decides && rule.Applies));
            Assert.Equal(decision.Kind is DecisionKind.StepUp, explanation.Demands.Count > 0 && explanation.Demands.All(demand => demand.BySigningIn));
        },
        iter: Samples / 5);
}
