using System.Text;
using System.Text.Json;
using MfaGateway.PlugIns;
using MfaGateway.Shield;
using Microsoft.Extensions.Configuration;

namespace MfaGateway.Configuration;

/// <summary>Something wrong with a configuration, and how to mend it.</summary>
/// <param name="Path">Where: a JSON path such as <c>$.Gateway.Sessions.IdleTimeout</c>.</param>
/// <param name="Message">What was found.</param>
/// <param name="Remedy">What to write instead.</param>
public sealed record ConfigurationProblem(string Path, string Message, string Remedy)
{
    /// <summary>All three in one line.</summary>
    public override string ToString() => $"{Path}: {Message} {Remedy}";
}

/// <summary>A configuration that was read: the options, or everything that is wrong.</summary>
/// <param name="Options">The options; null when there is a problem.</param>
/// <param name="Problems">All problems at once.</param>
public sealed record LoadedConfiguration(GatewayOptions? Options, IReadOnlyList<ConfigurationProblem> Problems);

/// <summary>Where a configuration comes from. Later sources win: files in their order, a folder of one file per key, the environment, the overrides.</summary>
public sealed record ConfigurationSources
{
    /// <summary>JSON files. Relative paths inside them begin at the folder of the first.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>A folder in which every file is a setting, named like <c>Gateway__Providers__adfs__ClientSecret</c>. Default none.</summary>
    public string? KeyPerFileFolder { get; init; }

    /// <summary>Settings given in code, secrets for example. Default none.</summary>
    public IReadOnlyDictionary<string, string?> Overrides { get; init; } = new Dictionary<string, string?>();

    /// <summary>The plug-ins that were loaded from here: once, at the first <see cref="ConfigurationLoader.Load"/>.</summary>
    internal PlugInCatalog PlugIns { get; } = new();

    /// <summary>Folder in which relative paths begin.</summary>
    public string Folder => Path.GetDirectoryName(Path.GetFullPath(Files[0]))!;
}

/// <summary>Reads and judges a configuration, for the start, for a reload and for <c>mfagw check</c> alike.</summary>
public static class ConfigurationLoader
{
    /// <summary>Names of settings that are secrets, wherever they stand.</summary>
    private static readonly string[] _secrets = ["ClientSecret", "Password", "BearerToken"];

    /// <summary>Reads everything anew, but for plug-ins, which are loaded once; nothing is thrown for a wrong configuration.</summary>
    /// <param name="sources">Where from.</param>
    public static LoadedConfiguration Load(ConfigurationSources sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var problems = new List<ConfigurationProblem>();
        var files = new ConfigurationBuilder();
        foreach (var file in sources.Files) AddFile(files, file, problems);
        if (problems.Count > 0 || Build(files, problems) is not { } fromFiles) return new LoadedConfiguration(null, problems);

        var all = new ConfigurationBuilder().AddConfiguration(fromFiles);
        if (sources.KeyPerFileFolder is { } folder)
        {
            if (!Directory.Exists(folder))
                return new LoadedConfiguration(null, [new ConfigurationProblem("$", $"The folder '{folder}' cannot be read: it does not exist.", "Name an existing folder with --secrets.")]);
            all.AddKeyPerFile(Path.GetFullPath(folder), optional: false);
        }

        var configuration = all.AddEnvironmentVariables().AddInMemoryCollection(sources.Overrides).Build();

        ConfigurationShape.Check(configuration.GetSection("Gateway"), typeof(GatewayOptions), "$.Gateway", problems);
        ConfigurationShape.CheckRoots(fromFiles, problems);
        SecretsInFiles(fromFiles.GetSection("Gateway"), "$.Gateway", problems);
        if (problems.Exists(p => p.Message.StartsWith(ConfigurationShape.NotReadable, StringComparison.Ordinal))) return new LoadedConfiguration(null, problems);

        var options = configuration.GetSection("Gateway").Get<GatewayOptions>() ?? new GatewayOptions();
        ConfigurationShape.CheckAnnotations(options, "$.Gateway", problems);
        ConfigurationRules.Check(options, sources, problems);
        return new LoadedConfiguration(problems.Count == 0 ? options : null, problems);
    }

    private static void AddFile(ConfigurationBuilder builder, string file, List<ConfigurationProblem> problems)
    {
        try
        {
            var text = File.ReadAllText(file);
            if (!StrictJson.HasWholeTexts(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }))
            {
                problems.Add(new ConfigurationProblem("$", $"The file '{file}' holds half of a surrogate pair, which no text can.", "Remove the \\uD800 to \\uDFFF that stands alone."));
                return;
            }

            var document = JsonElement.Parse(text, new JsonDocumentOptions
            {
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
                AllowDuplicateProperties = false,
            });
            if (document.ValueKind is JsonValueKind.Object) builder.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false);
            else problems.Add(new ConfigurationProblem("$", $"The file '{file}' is not a JSON object.", "Write { \"Gateway\": { … } }."));
        }
        catch (JsonException e)
        {
            problems.Add(new ConfigurationProblem("$", $"The file '{file}' is not valid JSON: {e.Message}", "Mend the line named; a comma or a quotation mark is often missing before it."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new ConfigurationProblem("$", $"The file '{file}' cannot be read: {e.Message}", "Name a readable file with --config."));
        }
    }

    private static IConfigurationRoot? Build(ConfigurationBuilder files, List<ConfigurationProblem> problems)
    {
        try
        {
            return files.Build();
        }
        catch (InvalidDataException e) // settings are found whatever the case of their letters, which JSON tells apart
        {
            problems.Add(new ConfigurationProblem("$", $"{e.Message} {e.InnerException?.Message}", "Write each setting once; large and small letters make no difference."));
            return null;
        }
    }

    /// <summary>A secret in the file would be in every backup and every repository that holds the file.</summary>
    private static void SecretsInFiles(IConfigurationSection section, string path, List<ConfigurationProblem> problems)
    {
        foreach (var child in section.GetChildren())
        {
            if (_secrets.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                problems.Add(new ConfigurationProblem(
                    $"{path}.{child.Key}",
                    "A secret stands in the configuration file.",
                    $"Remove it there and set the environment variable {child.Path.Replace(":", "__", StringComparison.Ordinal)}, or a file of that name in the key-per-file folder."));
            }

            SecretsInFiles(child, $"{path}.{child.Key}", problems);
        }
    }
}
