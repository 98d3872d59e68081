using System.Diagnostics;
using System.Globalization;
using MfaGateway.Policy;

namespace MfaGateway.Benchmarks;

/// <summary>The shortest of very many short rounds: what a decision costs on a machine that others use as well.</summary>
internal static class Minimum
{
    private const int Rounds = 20_000;
    private const int DecisionsPerRound = 100;

    public static void Print()
    {
        foreach (var rules in new[] { 1, 10, 100, 1000 })
        {
            var benchmark = new PolicyDecideBenchmark { Rules = rules };
            benchmark.Setup();
            foreach (var (name, decide) in new (string, Func<PolicyDecision>)[]
            {
                ("groups", benchmark.Groups), ("every condition", benchmark.EveryCondition), ("paths", benchmark.Paths), ("expressions", benchmark.Expressions),
            })
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rules,5} rules {name,-16} {Measure(decide, rules),8:N2} us"));
            }
        }
    }

    private static double Measure(Func<PolicyDecision> decide, int rules)
    {
        var shortest = TimeSpan.MaxValue;
        for (var round = 0; round < Rounds / Math.Max(1, rules / 10); round++)
        {
            var began = Stopwatch.GetTimestamp();
            for (var decision = 0; decision < DecisionsPerRound; decision++)
                decide();
            if (Stopwatch.GetElapsedTime(began) is var took && took < shortest)
                shortest = took;
        }

        return shortest.TotalMicroseconds / DecisionsPerRound;
    }
}
