using System.Diagnostics;
using System.Globalization;
using MfaGateway.Policy;

namespace MfaGateway.Benchmarks;

/// <summary>The shortest of very many short rounds: what a decision costs on a machine that others use as well.</summary>
internal static class Minimum
{
    private const int Rounds = 20_000;
    private const int DecisionsPerRound = 100;
    private const int PipelineRounds = 4_000;
    private const int RequestsPerRound = 50;

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

    /// <summary>A small request through YARP alone and through the gateway, in turns.</summary>
    public static async Task PrintPipelineAsync()
    {
        await using var pipeline = new PipelineBenchmark();
        await pipeline.SetupAsync();
        var (plain, gateway) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var round = 0; round < PipelineRounds; round++)
        {
            plain = await ShortestAsync(plain, pipeline.PlainYarpAsync);
            gateway = await ShortestAsync(gateway, pipeline.GatewayAsync);
        }

        var (one, other) = (plain.TotalMicroseconds / RequestsPerRound, gateway.TotalMicroseconds / RequestsPerRound);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"plain YARP {one:N2} us, gateway {other:N2} us, difference {other - one:N2} us"));
    }

    private static async Task<TimeSpan> ShortestAsync(TimeSpan before, Func<Task<int>> send)
    {
        var began = Stopwatch.GetTimestamp();
        for (var request = 0; request < RequestsPerRound; request++) await send();
        var took = Stopwatch.GetElapsedTime(began);
        return took < before ? took : before;
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
