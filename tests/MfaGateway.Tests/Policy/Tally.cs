using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy;

/// <summary>Counts what a property was tried with. A generator that hardly ever reaches an answer, or changes what does not matter, tests nothing.</summary>
internal sealed class Tally
{
    private readonly int[] _answers = new int[3];
    private int _touched;
    private int _changed;

    /// <summary>Takes note of one case.</summary>
    /// <param name="answer">The answer before the change.</param>
    /// <param name="touched">Whether the change had to do with the request.</param>
    /// <param name="changed">Whether the change could be seen.</param>
    public void Add(DecisionKind answer, bool touched, bool changed)
    {
        Interlocked.Increment(ref _answers[(int)answer]);
        if (touched)
            Interlocked.Increment(ref _touched);
        if (changed)
            Interlocked.Increment(ref _changed);
    }

    /// <summary>Holds that there were so many cases, a thirteenth of each answer at least, and these shares touched and changed, in percent. One drawn policy answers
    /// many requests, so the shares scatter far more than so many independent draws would: between 9.6 and 11 percent were seen.</summary>
    public void Check(int cases, int touched, int changed)
    {
        Assert.Equal(cases, _answers.Sum());
        Assert.All(_answers, count => Assert.InRange(count, cases / 13, cases * 7 / 10));
        Assert.True(_touched >= (long)cases * touched / 100, $"only {_touched} of {cases} cases were touched");
        Assert.True(_changed >= (long)cases * changed / 100, $"only {_changed} of {cases} cases changed");
    }
}
