using System.CommandLine;

namespace MfaGateway.Host.Commands;

/// <summary>Exit codes: 0 fine, 1 the answer is "no", 2 wrong usage, 3 a dependency is unreachable.</summary>
internal static class CommandLine
{
    public const int Fine = 0;
    public const int No = 1;
    public const int WrongUsage = 2;
    public const int Unreachable = 3;

    public static async Task<int> InvokeAsync(RootCommand root, IReadOnlyList<string> args)
    {
        var parsed = root.Parse(args);
        // the host listens for signals itself and takes as long as it is allowed; the default would end the process after two seconds with 143
        if (parsed.Errors.Count == 0) return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
        foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
        await Console.Error.WriteLineAsync("See mfagw --help.");
        return WrongUsage;
    }

    public static Option<FileInfo> ConfigOption() => new("--config", "-c")
    {
        Description = "The gateway's configuration file (JSON). Environment variables such as Gateway__Providers__adfs__ClientSecret override it.",
        Required = true,
        HelpName = "FILE",
    };

    public static Option<DirectoryInfo> PlugInsOption(string insteadOf = "") => new("--plug-ins")
    {
        Description = $"A folder of plug-ins that add conditions{insteadOf}. Their code runs: only name a folder you trust.",
        HelpName = "FOLDER",
    };

    public static Option<DirectoryInfo> SecretsOption() => new("--secrets")
    {
        Description = "A folder in which each file is a setting, named like Gateway__Providers__adfs__ClientSecret.",
        HelpName = "FOLDER",
    };
}
