using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MfaGateway.Load.Rig;

namespace MfaGateway.Load.Scale;

/// <summary>The command <c>scale</c>: one measurement after another, each on a site of its own.</summary>
internal static class ScaleCommand
{
    private static readonly IScaleMeasurement[] _all = [new Start(), new Sessions(), new HangingRequests(), new Servers(), new SignIns(), new Nodes()];
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var only = new Option<string[]>("--only") { Description = $"Measurements of these names: {string.Join(", ", _all.Select(one => one.Name))}.", AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong([.. _all.Select(one => one.Name)]);
        var seconds = new Option<int>("--seconds") { Description = "How long requests are sent for each line.", DefaultValueFactory = _ => 5 };
        var isShort = new Option<bool>("--short") { Description = "A hundredth of all counts: whether it works, not what it costs." };
        var output = new Option<FileInfo?>("--output") { Description = "Where the figures go as JSON." };
        var command = new Command("scale", "Measures what a gateway costs as one thing grows: starts, sessions, hanging requests, servers, sign-ins at once, gateways.") { only, seconds, isShort, output };
        command.SetAction((parsed, cancellationToken) =>
        {
            var names = parsed.GetValue(only) ?? [];
            return MeasureAsync(
                _all.Where(one => names.Length == 0 || names.Contains(one.Name)), new Extent(parsed.GetValue(seconds), parsed.GetValue(isShort)), parsed.GetValue(output), cancellationToken);
        });
        return command;
    }

    /// <summary>0 when every answer was right. What was found is kept even when a later measurement fails.</summary>
    private static async Task<int> MeasureAsync(IEnumerable<IScaleMeasurement> measurements, Extent extent, FileInfo? output, CancellationToken cancellationToken)
    {
        var (figures, isRight) = (new JsonObject { ["machine"] = Report.Machine() }, true);
        foreach (var measurement in measurements)
        {
            var findings = new Findings(measurement);
            try
            {
                await measurement.MeasureAsync(extent, findings, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                Console.Error.WriteLine($"{measurement.Name} failed: {e}");
                isRight = false;
            }

            isRight &= findings.Wrong == 0;
            Console.WriteLine(findings.Table());
            figures[findings.Name] = findings.Json();
            if (output is not null) await File.WriteAllTextAsync(output.FullName, figures.ToJsonString(_indented), cancellationToken);
        }

        return isRight ? 0 : 1;
    }
}
