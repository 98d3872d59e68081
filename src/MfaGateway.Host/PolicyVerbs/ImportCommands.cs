using System.CommandLine;
using MfaGateway.Policy.Imports.Adfs;
using MfaGateway.Policy.Imports.ConditionalAccess;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary>The verbs <c>policy import adfs</c> and <c>policy import conditional-access</c>.</summary>
internal static class ImportCommands
{
    private const string Everyone = "everyone";

    public static Command Create(InputFiles files) => new("import", "Make a policy document of the policies of another product.")
    {
        CreateAdfs(files),
        CreateConditionalAccess(files),
    };

    private static Command CreateAdfs(InputFiles files)
    {
        var metadata = new Option<string?>("--metadata") { HelpName = "FILE", Description = "PolicyMetadata of the policy as XML; - reads standard input." };
        var template = new Option<string?>("--template") { HelpName = "NAME", Description = "A policy AD FS comes with, instead of --metadata." };
        var parameters = Pairs("--parameters", "NAME=VALUE", "A parameter of the policy, as given at its assignment. Repeat for several values.");
        var intranet = new Option<string?>("--intranet") { HelpName = "CIDR,…", Description = "The networks that count as intranet." };
        var names = Pairs("--name", "NAME=OTHER", "How the token names a claim type or a group of the policy.");
        var types = Pairs("--condition-type", "TYPE=KIND", "What an i:type means: group, location or device.");
        var fresh = new Option<bool>("--fresh-authentication-at-adfs") { Description = "RequireFreshAuthentication stays with AD FS." };
        var output = new ImportOutput();
        var command = new Command("adfs", """
            Import an access control policy of AD FS. Exit code 0 when the document says exactly what the policy says, 1 when it could not.

            Examples:
              mfagw policy import adfs --metadata policy.xml --intranet 10.0.0.0/8 --output policy.json
              mfagw policy import adfs --template "Permit specific group" --parameters "GroupParameter=Mail Users" --resource owa
            """) { metadata, template, parameters, intranet, names, types, fresh, output.Resource, output.File, output.Json };
        command.SetAction((parse, cancellationToken) =>
        {
            var verb = new ImportVerb(files, Streams.Of(parse));
            AdfsImportOptions? Options() => verb.Resources(parse.GetValue(output.Resource)) is { } resources
                && verb.Pairs(parse.GetValue(parameters)) is { } given
                && verb.Pairs(parse.GetValue(names)) is { } named
                && verb.Pairs(parse.GetValue(types)) is { } told
                ? new AdfsImportOptions
                {
                    Resources = resources,
                    Intranet = ImportVerb.List(parse.GetValue(intranet)),
                    Parameters = given.ToDictionary(pair => pair.Key, IReadOnlyList<string> (pair) => pair.Value),
                    Names = ImportVerb.Last(named),
                    ConditionTypes = ImportVerb.Last(told),
                    FreshAuthenticationStaysAtAdfs = parse.GetValue(fresh),
                }
                : null;
            return verb.RunAdfsAsync(parse.GetValue(metadata), parse.GetValue(template), Options, output.Of(parse), cancellationToken);
        });
        return command;
    }

    private static Command CreateConditionalAccess(InputFiles files)
    {
        var file = new Option<string>("--file")
        {
            Required = true,
            HelpName = "FILE",
            Description = "The policies as Microsoft Graph writes them; - reads standard input.",
        };
        var locations = new Option<string?>("--locations") { HelpName = "FILE", Description = "The tenant's named locations, likewise." };
        var permit = Pairs("--base-permit", $"GROUP|{Everyone}", "Who may come at all: Conditional Access only restricts. Repeat for several groups.");
        permit.Required = true;
        var targets = Pairs("--target", "ID=owa,…|none", "What an application or authentication context stands for; * for all that are not listed.");
        var names = Pairs("--name", "ID=NAME", "The sign-in name or group name behind an object id, where tokens bear names.");
        var strengths = Pairs("--strength", "ID=PROOF", "What proves an authentication strength: context:c1 or method:fido,hwk.");
        var hybrid = new Option<bool>("--hybrid-joined-is-managed") { Description = "Devices known as managed are the hybrid joined ones." };
        var userAgent = new Option<bool>("--client-apps-by-user-agent") { Description = "Judge client app types by the user agent, which can be forged." };
        var output = new ImportOutput();
        var command = new Command("conditional-access", """
            Import Conditional Access policies of Entra ID. Exit code 0 when the document says exactly what the policies say, 1 when it could not.

            Examples:
              mfagw policy import conditional-access --file policies.json --locations locations.json --base-permit everyone --target '*=none'
              mfagw policy import conditional-access --file policies.json --base-permit "Mail Users" --output policy.json
            """) { file, locations, permit, targets, names, strengths, hybrid, userAgent, output.Resource, output.File, output.Json };
        command.SetAction((parse, cancellationToken) =>
        {
            var verb = new ImportVerb(files, Streams.Of(parse));
            ConditionalAccessImportOptions? Options() => verb.Resources(parse.GetValue(output.Resource)) is { } resources
                && verb.Targets(parse.GetValue(targets)) is { } targeted
                && verb.Pairs(parse.GetValue(names)) is { } named
                && verb.Pairs(parse.GetValue(strengths)) is { } strong
                ? new ConditionalAccessImportOptions
                {
                    Resources = resources,
                    BasePermitGroups = parse.GetValue(permit) is { } groups && !groups.Contains(Everyone) ? groups : [],
                    Targets = targeted,
                    Names = ImportVerb.Last(named),
                    Strengths = ImportVerb.Last(strong),
                    ManagedMeansHybridJoined = parse.GetValue(hybrid),
                    ClientAppsByUserAgent = parse.GetValue(userAgent),
                }
                : null;
            return verb.RunConditionalAccessAsync(parse.GetRequiredValue(file), parse.GetValue(locations), Options, output.Of(parse), cancellationToken);
        });
        return command;
    }

    private static Option<string[]> Pairs(string name, string form, string description) =>
        new(name) { HelpName = form, Description = description, AllowMultipleArgumentsPerToken = true };

    /// <summary>The options every import has.</summary>
    private sealed class ImportOutput
    {
        public Option<string?> Resource { get; } = new("--resource")
        {
            HelpName = "owa,ecp,…",
            Description = "The published applications to guard. Default owa,ecp,ecp-options.",
        };

        public Option<string?> File { get; } = new("--output") { HelpName = "FILE", Description = "Where to write the document; default standard output." };

        public Option<bool> Json { get; } = new("--json") { Description = "Answer in JSON." };

        public (string? File, bool Json) Of(ParseResult parse) => (parse.GetValue(File), parse.GetValue(Json));
    }
}
