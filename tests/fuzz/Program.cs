using System.Diagnostics;
using System.Globalization;
using MfaGateway.Fuzz;

// dotnet run -c Release --project tests/fuzz -- --inputs 10000000     see run.sh
var options = Enumerable.Range(0, args.Length / 2).ToDictionary(index => args[index * 2], index => args[(index * 2) + 1]);
var inputs = long.Parse(options.GetValueOrDefault("--inputs", "1000000"), CultureInfo.InvariantCulture);
var seed = int.Parse(options.GetValueOrDefault("--seed", "1"), CultureInfo.InvariantCulture);
var workers = int.Parse(options.GetValueOrDefault("--workers", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
var minutes = options.GetValueOrDefault("--minutes");
var coverage = Coverage.Find();
if (coverage is not null) workers = 1; // the counters of branches are one set for the process
var targets = Targets.All.Where(target => options.GetValueOrDefault("--target", target.Name) == target.Name).ToList();
var run = new FuzzRun(
    targets, inputs, minutes is null ? null : TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)), seed, workers, options.GetValueOrDefault("--save"), coverage);
var began = Stopwatch.StartNew();
await Console.Out.WriteLineAsync(coverage is null ? "guided by what answers show" : "guided by branches taken in instrumented code");
var failed = await run.RunAsync(Console.Out);
await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{run.Tried:N0} inputs in {began.Elapsed.TotalSeconds:N0} s, {(failed ? "A PROMISE IS BROKEN" : "no promise broken")}"));
return failed ? 1 : 0;
