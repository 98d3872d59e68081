using System.Text.Json.Nodes;
using MfaGateway.Policy;
using MfaGateway.Policy.Imports;
using MfaGateway.Policy.Imports.Adfs;
using MfaGateway.Policy.Imports.ConditionalAccess;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary><c>policy import</c>: the document goes to standard output or a file, and to nowhere when it could not say exactly the same;
/// what a person must know goes beside it, to the error output.</summary>
internal sealed class ImportVerb(InputFiles files, Streams streams)
{
    public async Task<int> RunAdfsAsync(
        string? metadata, string? template, Func<AdfsImportOptions?> read, (string? File, bool Json) output, CancellationToken cancellationToken)
    {
        if ((metadata is null) == (template is null))
            return Usage("Say either --metadata FILE or --template NAME.");
        if (read() is not { } options)
            return ExitCodes.Usage;
        if (template is not null)
            return await AnswerAsync(AdfsImport.FromTemplate(template, options), $"\"{template}\"", output, cancellationToken);

        var (text, why) = await files.ReadAsync(metadata!, cancellationToken);
        return text is null ? Usage(why) : await AnswerAsync(AdfsImport.FromMetadata(text, options), metadata!, output, cancellationToken);
    }

    public async Task<int> RunConditionalAccessAsync(
        string file, string? locationsFile, Func<ConditionalAccessImportOptions?> read, (string? File, bool Json) output, CancellationToken cancellationToken)
    {
        if (read() is not { } options)
            return ExitCodes.Usage;
        var (text, why) = await files.ReadAsync(file, cancellationToken);
        if (text is null)
            return Usage(why);
        var (locations, whyNoLocations) = locationsFile is null ? (null, "") : await files.ReadAsync(locationsFile, cancellationToken);
        return locationsFile is not null && locations is null
            ? Usage(whyNoLocations)
            : await AnswerAsync(ConditionalAccessImport.Import(text, locations, options), file, output, cancellationToken);
    }

    /// <summary>The resources named on the command line; null, with a complaint, when one is unknown.</summary>
    public IReadOnlyList<string>? Resources(string? list)
    {
        var resources = list is null ? [ResourceNames.Owa, ResourceNames.Ecp, ResourceNames.EcpOptions] : List(list);
        if (resources.Count > 0 && resources.All(ResourceNames.All.Contains))
            return resources;
        Usage($"`{list}` is not a list of resources. Known: {string.Join(", ", ResourceNames.All)}.");
        return null;
    }

    /// <summary>The values of NAME=VALUE by name; null, with a complaint, when one has another form.</summary>
    public Dictionary<string, List<string>>? Pairs(string[]? pairs)
    {
        var values = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var pair in pairs ?? [])
        {
            if (pair.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } value])
            {
                Usage($"`{pair}` is not of the form NAME=VALUE.");
                return null;
            }

            values.TryAdd(name, []);
            values[name].Add(value);
        }

        return values;
    }

    /// <summary>The resources of each target; null, with a complaint, when one is unknown.</summary>
    public Dictionary<string, IReadOnlyList<string>>? Targets(string[]? pairs)
    {
        if (Pairs(pairs) is not { } targets)
            return null;
        var resources = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (target, value) in Last(targets))
        {
            if (value != "none" && Resources(value) is null)
                return null;
            resources[target] = value == "none" ? [] : List(value);
        }

        return resources;
    }

    /// <summary>One value for each name: the last one given.</summary>
    public static Dictionary<string, string> Last(Dictionary<string, List<string>> pairs) => pairs.ToDictionary(pair => pair.Key, pair => pair.Value[^1]);

    public static IReadOnlyList<string> List(string? text) =>
        [.. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];

    private async Task<int> AnswerAsync(ImportResult result, string input, (string? File, bool Json) output, CancellationToken cancellationToken)
    {
        if (output.File is not null && result.Document is not null && await TryWriteAsync(output.File, result.Document, cancellationToken) is { } why)
            return Usage(why);
        if (output.Json)
            streams.Write(ToJson(result));
        else
            WriteText(result, input, output.File);
        return result.Document is null ? ExitCodes.No : ExitCodes.Fine;
    }

    private void WriteText(ImportResult result, string input, string? file)
    {
        if (result.Document is not null && file is null)
            streams.Raw(result.Document);
        if (result.Document is null)
            streams.Complain($"{input} was not imported: {result.Problems.Count} {(result.Problems.Count == 1 ? "problem" : "problems")}");
        foreach (var problem in result.Problems)
            streams.Complain(Streams.Visible($"  {problem}"));
        foreach (var note in result.Notes)
            streams.Complain(Streams.Visible($"Note: {note}"));
    }

    private static JsonObject ToJson(ImportResult result) => new()
    {
        ["imported"] = result.Document is not null,
        ["document"] = result.Document is { } document ? JsonNode.Parse(document) : null,
        ["notes"] = new JsonArray([.. result.Notes.Select(note => JsonValue.Create(note))]),
        ["problems"] = Streams.ProblemsJson(result.Problems),
    };

    // A whole file in the place of the old one, so that a gateway that reloads never sees half of it.
    private static async Task<string?> TryWriteAsync(string file, string text, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllTextAsync($"{file}.new", text, cancellationToken);
            File.Move($"{file}.new", file, overwrite: true);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"Cannot write `{file}`: {error.Message}";
        }
    }

    private int Usage(string sentence)
    {
        streams.Complain(sentence);
        return ExitCodes.Usage;
    }
}
