using System.CommandLine;
using System.Globalization;
using MfaGateway.Load.Rig;
using MfaGateway.Load.Scale;

const int MostGateways = 4;
var rounds = new Option<int>("--rounds") { Description = "How often everybody is measured, in turn.", DefaultValueFactory = _ => 5 };
var seconds = new Option<int>("--seconds") { Description = "How long each time.", DefaultValueFactory = _ => 5 };
var warmUp = new Option<int>("--warm-up") { Description = "Seconds of each workload at each proxy before the first round.", DefaultValueFactory = _ => 3 };
var only = new Option<string[]>("--only") { Description = "Workloads whose name contains this.", AllowMultipleArgumentsPerToken = true };
var proxies = new Option<string[]>("--proxy") { Description = "Proxies whose name contains this, beside plain YARP.", AllowMultipleArgumentsPerToken = true };
var signIns = new Option<int>("--sign-ins") { Description = "How many people sign in at each gateway, one after another, before anything else." };
var output = new Option<FileInfo?>("--output") { Description = "Where the figures go as JSON." };
var command = new RootCommand("Measures the gateway side by side with plain YARP, nginx, HAProxy and Apache with mod_auth_openidc: processor time of the proxy alone for each request, throughput, latency, memory.")
{
    rounds, seconds, warmUp, only, proxies, signIns, output, ScaleCommand.Create(),
};
command.SetAction(async (parsed, cancellationToken) =>
{
    var (words, names) = (parsed.GetValue(only) ?? [], parsed.GetValue(proxies) ?? []);
    var workloads = Workload.All.Where(one => words.Length == 0 || words.Any(word => one.Name.Contains(word, StringComparison.OrdinalIgnoreCase))).ToList();
    if (workloads.Count == 0)
    {
        Console.Error.WriteLine($"No workload is named so. There are: {string.Join("; ", Workload.All.Select(one => one.Name))}.");
        return 2;
    }

    await using var estate = await Estate.StartAsync(
        name => name == "plain YARP" || names.Length == 0 || names.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)),
        2 * parsed.GetValue(signIns) * MostGateways, cancellationToken);
    foreach (var gateway in estate.Contestants.Where(one => one.IsGateway && parsed.GetValue(signIns) > 0))
    {
        await estate.SignInAsync(gateway, parsed.GetValue(signIns), cancellationToken); // compiles
        var (cost, each) = await estate.SignInAsync(gateway, parsed.GetValue(signIns), cancellationToken);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{gateway.Name}: a sign-in takes {cost / 1000:f1} ms of processor time and {each.TotalMilliseconds:f0} ms, browser and provider included"));
    }

    var report = new Report();
    var turns = workloads.SelectMany(workload => estate.Contestants.Where(one => one.IsGateway || !workload.GatewaysOnly).Select(one => (Workload: workload, Contestant: one))).ToList();
    var total = turns.Count * ((parsed.GetValue(rounds) * parsed.GetValue(seconds)) + parsed.GetValue(warmUp));
    Console.Error.WriteLine($"{estate.Contestants.Count} proxies, {workloads.Count} workloads: about {TimeSpan.FromSeconds(total):c}.");
    foreach (var (workload, contestant) in turns) await Generators.RunAsync(workload, contestant, estate.Authority, parsed.GetValue(warmUp), cancellationToken);
    for (var round = 1; round <= parsed.GetValue(rounds); round++)
    {
        foreach (var (workload, contestant) in turns)
        {
            var measured = await Generators.RunAsync(workload, contestant, estate.Authority, parsed.GetValue(seconds), cancellationToken);
            report.Add(workload, contestant, measured);
            Console.Error.WriteLine($"round {round}  {workload.Name,-36} {contestant.Name,-26} {measured.ProcessorMicroseconds,8:f1} µs {measured.PerSecond,9:f0}/s  {measured.Wrong} wrong");
        }
    }

    Console.WriteLine(report.Tables());
    foreach (var workload in workloads) Console.WriteLine(report.Chart(workload.Name));
    if (parsed.GetValue(output) is { } file) await File.WriteAllTextAsync(file.FullName, report.Json(), cancellationToken);
    return report.Wrong == 0 ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();
