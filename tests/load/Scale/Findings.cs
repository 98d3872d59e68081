using System.Globalization;
using System.Text.Json.Nodes;
using MfaGateway.Load.Rig;

namespace MfaGateway.Load.Scale;

/// <summary>What one measurement found: a line for each step, told as it comes.</summary>
internal sealed class Findings(IScaleMeasurement measurement)
{
    private readonly List<(string Step, (string Name, double? Value)[] Figures)> _lines = [];

    public string Name => measurement.Name;

    /// <summary>Wrong answers and requests without one.</summary>
    public long Wrong { get; private set; }

    /// <param name="step">What was grown, and how far.</param>
    /// <param name="wrong">How many answers were wrong.</param>
    /// <param name="figures">What was found; null for what cannot be measured here.</param>
    public void Add(string step, long wrong, params (string Name, double? Value)[] figures)
    {
        Wrong += wrong;
        _lines.Add((step, [.. figures, ("wrong", wrong)]));
        Console.Error.WriteLine($"{Name}  {step}: {string.Join(", ", _lines[^1].Figures.Select(figure => $"{figure.Name} {Text(figure.Value)}"))}");
    }

    /// <summary>A line with what requests cost, before anything else that is known of it.</summary>
    public void Add(string step, Measurement requests, params (string Name, double? Value)[] figures) => Add(
        step, requests.Wrong,
        [
            ("CPU µs a request", requests.ProcessorMicroseconds), ("requests/s", requests.PerSecond), ("p50 ms", requests.P50 / 1000), ("p99 ms", requests.P99 / 1000),
            ("memory MB", requests.Memory / Megabyte), .. figures,
        ]);

    public const double Megabyte = 1_048_576;

    public string Table()
    {
        var names = Names();
        var lines = _lines.Select(line => $"| {line.Step} | {string.Join(" | ", names.Select(name => Text(line.Figures.FirstOrDefault(figure => figure.Name == name).Value)))} |");
        return $"\n### {measurement.Title}\n\n| | {string.Join(" | ", names)} |\n|{string.Concat(Enumerable.Repeat("---|", names.Count + 1))}\n{string.Join('\n', lines)}\n";
    }

    public JsonArray Json() =>
        [.. _lines.Select(line => new JsonObject(line.Figures.Select(figure => KeyValuePair.Create(figure.Name, (JsonNode?)figure.Value)).Prepend(KeyValuePair.Create("step", (JsonNode?)line.Step))))];

    private List<string> Names() => [.. _lines.SelectMany(line => line.Figures.Select(figure => figure.Name)).Where(name => name != "wrong").Distinct(), "wrong"];

    private static string Text(double? value) => value switch
    {
        null => "",
        _ when value == Math.Floor(value.Value) || Math.Abs(value.Value) >= 100 => value.Value.ToString("N0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString(Math.Abs(value.Value) < 10 ? "F2" : "F1", CultureInfo.InvariantCulture),
    };
}
