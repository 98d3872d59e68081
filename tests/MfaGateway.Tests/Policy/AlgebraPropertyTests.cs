using System.Text.Json;
using CsCheck;
using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy;

/// <summary>What a change of a policy can do to its answers, and what it never can: deny is less than step-up, step-up less than allow, and whatever
/// restricts, is unknown or is on trial never answers more.</summary>
public class AlgebraPropertyTests
{
    private static readonly int Cases = Scale.Of(100_000);

    private static PolicySet Compile(IEnumerable<ModelRule> rules) => new(rules.Select((rule, number) => rule.ToRule($"r{number}")));

    /// <summary>What the engine answers, held against what the model does.</summary>
    private static DecisionKind Decide(IEnumerable<ModelRule> rules, AccessRequest request)
    {
        var kind = Compile(rules).Decide(request).Kind;
        Assert.Equal(ReferenceModel.Decide(rules, request), kind);
        return kind;
    }

    [Fact]
    public void Order_never_matters()
    {
        var tally = new Tally();

        Gen.Select(ModelGenerators.Rules.Array[2, 8], ModelGenerators.Requests, Gen.Int).Sample(
            (rules, request, seed) =>
            {
                var random = new Random(seed);
                var order = Enumerable.Range(0, rules.Length).ToArray();
                random.Shuffle(order);
                var shuffled = order.Select(index => rules[index] with { When = rules[index].When.Shuffled(random) }).ToList();

                var (inOrder, inDisorder) = (Decide(rules, request), Decide(shuffled, request));

                var applying = order.Where(index => rules[index].Applies).ToList();
                tally.Add(inOrder, touched: !order.SequenceEqual(order.Order()), changed: !applying.SequenceEqual(applying.Order()));
                Assert.Equal(inOrder, inDisorder);
            },
            iter: Cases);

        tally.Check(Cases, touched: 80, changed: 25);
    }

    [Theory]
    [InlineData("forbid", 15)]
    [InlineData("require", 4)]
    public void Adding_a_rule_that_restricts_never_widens(string effect, int changed)
    {
        var tally = new Tally();

        Gen.Select(ModelGenerators.Rules.Array[1, 8], ModelGenerators.RulesThat("permit"), ModelGenerators.RulesThat(effect), ModelGenerators.Requests, Gen.Int[0, 8]).Sample(
            (others, permit, added, request, at) =>
            {
                List<ModelRule> rules = [.. others, permit];
                var more = rules.ToList();
                more.Insert(Math.Min(at, rules.Count), added);

                var (before, after) = (Decide(rules, request), Decide(more, request));

                tally.Add(before, added.Applies, after != before);
                Assert.True(after <= before, $"{before} became {after}");
            },
            iter: Cases);

        tally.Check(Cases, touched: 30, changed);
    }

    [Fact]
    public void Removing_a_permit_never_widens()
    {
        var tally = new Tally();

        Gen.Select(ModelGenerators.Rules.Array[1, 8], ModelGenerators.RulesThat("permit"), ModelGenerators.Requests, Gen.Int[0, 7]).Sample(
            (rules, permit, request, at) =>
            {
                var more = rules.ToList();
                more.Insert(Math.Min(at, rules.Length), permit);

                var (before, after) = (Decide(more, request), Decide(rules, request));

                tally.Add(before, permit.Applies, after != before);
                Assert.True(after <= before, $"{before} became {after}");
            },
            iter: Cases);

        tally.Check(Cases, touched: 20, changed: 8);
    }

    [Fact]
    public void Report_only_never_changes_a_decision()
    {
        var tally = new Tally();

        Gen.Select(ModelGenerators.Rules.Array[1, 8], ModelGenerators.RulesThat("permit"), ModelGenerators.Rules, ModelGenerators.Requests).Sample(
            (rules, permit, tried, request) =>
            {
                List<ModelRule> all = [.. rules, permit, tried with { State = "report-only" }];
                var policy = Compile(all);
                var onTrial = policy.DecideReportOnly(request);
                // off, so that the other rules keep their ids
                var without = Compile(all.Select(rule => rule.State == "report-only" ? rule with { State = "off" } : rule));

                var decision = policy.Decide(request);

                tally.Add(decision.Kind, touched: (tried with { State = "on" }).Applies, changed: onTrial.Kind != decision.Kind);
                Assert.Equal(without.Decide(request), decision);
                Assert.Equal(JsonSerializer.Serialize(without.DemandsOf(request)), JsonSerializer.Serialize(policy.DemandsOf(request)));
                Assert.Equal(Compile(all.Select(rule => rule.State == "report-only" ? rule with { State = "on" } : rule)).Decide(request), onTrial);
                Assert.Equal(ReferenceModel.Decide(all, request, withReportOnly: true), onTrial.Kind);
            },
            iter: Cases);

        tally.Check(Cases, touched: 35, changed: 18);
    }

    [Fact]
    public void A_condition_that_errors_never_answers_more_than_it_would_with_either_answer()
    {
        var tally = new Tally();

        Gen.Select(ModelGenerators.Rules.Array[1, 8], ModelGenerators.Requests, Gen.Int[0, 1000], ModelGenerators.Errors).Sample(
            (rules, request, chosen, error) =>
            {
                var at = chosen % rules.Length;
                var (yes, no, unknown) = (Decide(Saying("yes"), request), Decide(Saying("no"), request), Decide(Saying(error), request));

                tally.Add(yes, touched: true, changed: yes != no);
                Assert.True(unknown <= yes && unknown <= no, $"{yes} with a yes and {no} with a no became {unknown} with an error");

                List<ModelRule> Saying(string word) => [.. rules.Select((rule, index) => index != at ? rule : rule with
                {
                    State = "on",
                    When = rule.When.WithLeaf(chosen % rule.When.Leaves, word),
                })];
            },
            iter: Cases);

        tally.Check(Cases, touched: 100, changed: 25);
    }

    [Fact]
    public void A_policy_whose_every_condition_errors_never_allows()
    {
        Gen.Select(ModelGenerators.Rules.Array[1, 8], ModelGenerators.Requests, ModelGenerators.Errors).Sample(
            (rules, request, error) =>
            {
                var doubtful = rules.Select(rule => rule with { State = "on", When = Everywhere(rule.When, error) }).ToList();

                Assert.Equal(DecisionKind.Deny, Decide(doubtful, request));
            },
            iter: Cases);

        static ModelCondition Everywhere(ModelCondition condition, string word) =>
            Enumerable.Range(0, condition.Leaves).Aggregate(condition, (tree, leaf) => tree.WithLeaf(leaf, word));
    }
}
