using System.Diagnostics;
using System.Globalization;
using MfaGateway.Fuzz;

// dotnet run -c Release --project tests/fuzz -- --inputs 10000000     see run.sh
var options = Enumerable.Range(0, args.Length / 2).ToDictionary(index => args[index * 2], index => args[(index * 2) + 1]);
var inputs = long.Parse(options.GetValueOrDefault("--inputs", "1000000"), CultureInfo.InvariantCulture);
var seed = int.Parse(options.GetValueOrDefault("--seed", "1"), CultureInfo.InvariantCulture);
var workers = int.Parse(options.GetValueOrDefault("--workers", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
var targets = Targets.All.Where(target => options.GetValueOrDefault("--target", target.Name) == target.Name).ToList();
var run = new FuzzRun(targets, inputs, seed, workers, options.GetValueOrDefault("--save"));
var began = Stopwatch.StartNew();
var failed = await run.RunAsync(Console.Out);
await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{run.Tried:N0} inputs in {began.Elapsed.TotalSeconds:N0} s, {(failed ? "A PROMISE IS BROKEN" : "no promise broken")}"));
return failed ? 1 : 0;
