using MfaGateway.Policy;
using MfaGateway.Policy.Conditions;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Tests.Contracts;

/// <summary>What every condition promises, built in or from a plug-in. A plug-in is accepted when it passes. This file needs nothing but xunit.v3 and the public
/// contract, so that it can be used beside any plug-in: see docs/extending.md.</summary>
public abstract class ConditionFactoryContract
{
    /// <summary>A new factory.</summary>
    protected abstract IConditionFactory Create();

    /// <summary>Arguments, as JSON, that the condition accepts.</summary>
    protected abstract string Arguments { get; }

    /// <summary>Arguments it must refuse. Every condition refuses <c>null</c> as well.</summary>
    protected abstract IReadOnlyList<string> WrongArguments { get; }

    /// <summary>A request for which it holds.</summary>
    protected abstract AccessRequest Holding { get; }

    /// <summary>A request for which it does not.</summary>
    protected abstract AccessRequest NotHolding { get; }

    [Fact]
    public void The_name_is_lower_case_and_always_the_same()
    {
        var factory = Create();

        Assert.Matches("^[a-z0-9-]{1,64}$", factory.Name);
        Assert.Equal(factory.Name, factory.Name);
        Assert.Equal(factory.Name, Create().Name);
    }

    [Fact]
    public void It_tells_requests_apart()
    {
        var condition = Compile(Arguments);

        Assert.Equal(Match.Yes, condition.Says(Holding));
        Assert.Equal(Match.No, condition.Says(NotHolding));
    }

    [Fact]
    public void It_answers_the_same_question_the_same_way_whatever_was_asked_in_between()
    {
        var condition = Compile(Arguments);

        for (var round = 0; round < 100; round++)
        {
            Assert.Equal(Match.Yes, condition.Says(Holding));
            Assert.Equal(Match.No, condition.Says(NotHolding));
        }
    }

    [Fact]
    public void Many_threads_may_ask_at_once()
    {
        var condition = Compile(Arguments);

        Parallel.For(0, 1_000, n => Assert.Equal(n % 2 == 0 ? Match.Yes : Match.No, condition.Says(n % 2 == 0 ? Holding : NotHolding)));
    }

    [Fact]
    public void A_request_of_which_nothing_is_known_is_no_exception()
    {
        var condition = Compile(Arguments).Condition;
        var nobody = new AccessRequest { Subject = AccessSubject.Anonymous, Resource = "" };

        Assert.True(Enum.IsDefined(condition.Evaluate(nobody)));
        Assert.NotNull(condition.Describe(nobody));
    }

    [Fact]
    public void It_describes_what_the_request_showed_in_one_line()
    {
        var condition = Compile(Arguments).Condition;

        Assert.NotEmpty(condition.Describe(Holding));
        Assert.DoesNotContain('\n', condition.Describe(Holding));
    }

    [Fact]
    public void Deciding_allocates_nothing()
    {
        var (condition, request) = (Compile(Arguments).Condition, Holding);
        condition.Evaluate(request);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1_000; round++) condition.Evaluate(request);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Wrong_arguments_are_reported_with_a_remedy()
    {
        foreach (var wrong in WrongArguments.Append("null"))
        {
            var problems = Document(new Recorder(Create()), wrong).Problems;

            Assert.True(problems.Count > 0, $"{wrong} was accepted.");
            Assert.All(problems, problem => Assert.StartsWith("$.rules[0].when.under-test", problem.Path, StringComparison.Ordinal));
            Assert.All(problems, problem => Assert.DoesNotContain("does not accept this", problem.Message, StringComparison.Ordinal)); // what the compiler says of an exception
            Assert.All(problems, problem => Assert.NotEmpty(problem.Remedy));
        }
    }

    private static PolicyDocument Document(Recorder factory, string arguments) => PolicyCompiler.Compile(
        $$"""{ "version": 1, "networks": { "intranet": ["10.0.0.0/8"] }, "rules": [ { "id": "p", "effect": "permit", "when": { "under-test": {{arguments}} } } ] }""", [factory]);

    private Compiled Compile(string arguments)
    {
        var factory = new Recorder(Create());
        var document = Document(factory, arguments);
        Assert.Empty(document.Problems);
        return new Compiled(document.Policy!, factory.Made!);
    }

    /// <summary>A condition alone, and in a policy.</summary>
    private sealed record Compiled(PolicySet Policy, ICondition Condition)
    {
        public Match Says(AccessRequest request)
        {
            var alone = Condition.Evaluate(request);
            Assert.Equal(alone is Match.Yes, Policy.Decide(request).Kind is DecisionKind.Allow);
            return alone;
        }
    }

    /// <summary>Keeps what the factory made.</summary>
    private sealed class Recorder(IConditionFactory factory) : IConditionFactory
    {
        public string Name => "under-test";

        public ICondition? Made { get; private set; }

        public ICondition Create(ConditionArguments arguments) => Made = factory.Create(arguments);
    }
}
