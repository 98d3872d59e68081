using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MfaGateway.Policy;
using MfaGateway.Policy.Documents;
using Spectre.Console;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary>Where a verb writes: text for people, one line of JSON for programs, complaints beside both.</summary>
internal sealed class Streams(TextWriter output, TextWriter error)
{
    // Wide enough never to break a line that goes into a file or a pipe.
    private const int WidthWithoutTerminal = 1000;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // not for HTML

    private readonly IAnsiConsole _console = ForPeople(output);

    public static Streams Of(ParseResult parse) => new(parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error);

    public void Write(JsonNode json) => output.WriteLine(json.ToJsonString(Json));

    public void Complain(string sentence) => error.WriteLine(sentence);

    /// <summary>Says why the verb cannot do its work, and what to exit with.</summary>
    public int Complain(IEnumerable<string> sentences)
    {
        foreach (var sentence in sentences)
            Complain(sentence);
        return ExitCodes.Usage;
    }

    /// <summary>Text as it is, for another program or a file.</summary>
    public void Raw(string text) => output.Write(text);

    public void Line(string markup = "") => _console.MarkupLine(markup);

    /// <summary>Rows with aligned columns, indented.</summary>
    /// <param name="indent">Spaces in front of every row.</param>
    /// <param name="rows">Cells in markup.</param>
    public void Rows(int indent, IReadOnlyList<string[]> rows)
    {
        if (rows.Count == 0)
            return;
        var grid = new Grid();
        for (var column = 0; column < rows.Max(row => row.Length); column++)
            grid.AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(column == 0 ? indent : 0, 0, 2, 0) });
        foreach (var row in rows)
            grid.AddRow(row);
        _console.Write(grid);
    }

    /// <summary>Does work of which a person may see how far it is; nothing is shown where nobody sees it.</summary>
    /// <param name="what">What is done.</param>
    /// <param name="total">When it is done; null when nobody knows.</param>
    /// <param name="work">The work; it is given what to tell how much is done to.</param>
    public Task WithProgressAsync(string what, long? total, Func<Action<long>, Task> work)
    {
        if (!_console.Profile.Capabilities.Interactive || !_console.Profile.Capabilities.Ansi)
            return work(_ => { });
        return _console.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).StartAsync(context =>
        {
            var task = context.AddTask(what, maxValue: total ?? 1);
            task.IsIndeterminate = total is null;
            return work(done => task.Value = done);
        });
    }

    public void Problems(string file, IReadOnlyList<PolicyProblem> problems)
    {
        Line($"[red]{Plain(file)} is not a valid policy: {Count(problems.Count, "problem")}[/]");
        foreach (var problem in problems)
        {
            Line();
            Line($"  [bold]{Plain(problem.Path)}[/]{(problem.Line is { } at ? $", line {at}" : "")}");
            Line($"    {Plain(problem.Message)}");
            Line($"    [dim]{Plain(problem.Remedy)}[/]");
        }
    }

    /// <summary>Says that a document is not valid, and what to exit with.</summary>
    public int Invalid(string file, IReadOnlyList<PolicyProblem> problems, bool json)
    {
        if (json)
            Write(new JsonObject { ["valid"] = false, ["problems"] = ProblemsJson(problems) });
        else
            Problems(file, problems);
        return ExitCodes.No;
    }

    public static JsonArray ProblemsJson(IEnumerable<PolicyProblem> problems) => [.. problems.Select(problem =>
        new JsonObject { ["path"] = problem.Path, ["line"] = problem.Line, ["message"] = problem.Message, ["remedy"] = problem.Remedy })];

    /// <summary>Text from outside as markup: without colours of its own, and without characters that could control a terminal.</summary>
    public static string Plain(string text) => Markup.Escape(Visible(text));

    /// <summary>Text from outside without characters that could control a terminal, end a line or turn letters round.</summary>
    public static string Visible(string text) => MisleadingText.MadePlain(text);

    /// <summary>A number and what it counts: <c>1 error</c>, <c>2 errors</c>.</summary>
    public static string Count(long number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {what}{(number == 1 ? "" : "s")}");

    public static string Coloured(PolicyDecision decision) => Coloured(decision.Kind);

    public static string Coloured(DecisionKind kind) => kind switch
    {
        DecisionKind.Allow => $"[green]{kind.ToCode()}[/]",
        DecisionKind.StepUp => $"[yellow]{kind.ToCode()}[/]",
        _ => $"[red]{kind.ToCode()}[/]",
    };

    // Colours only on a terminal; there NO_COLOR and TERM decide.
    private static IAnsiConsole ForPeople(TextWriter writer)
    {
        var isTerminal = ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        if (!isTerminal)
            console.Profile.Width = WidthWithoutTerminal;
        return console;
    }
}
