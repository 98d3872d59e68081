using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using MfaGateway.Configuration;
using MfaGateway.Host.Commands;
using MfaGateway.Policy;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Tests.Architecture;

public class ArchitectureTests
{
    private static readonly Assembly Policy = typeof(PolicySet).Assembly;
    private static readonly Assembly Gateway = typeof(GatewayOptions).Assembly;
    private static readonly Assembly Host = typeof(CheckCommand).Assembly;
    private static readonly Assembly[] All = [Policy, Gateway, Host];

    /// <summary>Event ids of log messages, a thousand a feature.</summary>
    private static readonly Dictionary<string, int> EventBlocks = new()
    {
        ["MfaGateway.Shield"] = 1000, ["MfaGateway.SignIn"] = 2000, ["MfaGateway.Sessions"] = 3000, ["MfaGateway.Access"] = 4000, ["MfaGateway.Exchange"] = 5000,
        ["MfaGateway.SignOn"] = 6000, ["MfaGateway.SignOn.Kerberos"] = 6000, ["MfaGateway.Audit"] = 7000, ["MfaGateway.Outcome"] = 8000, ["MfaGateway.Configuration"] = 9000,
        ["MfaGateway.PlugIns"] = 10_000, ["MfaGateway.Nodes"] = 12_000, ["MfaGateway.Lifecycle"] = 13_000, ["MfaGateway.Recheck"] = 14_000, ["MfaGateway.Clock"] = 15_000,
        ["MfaGateway.Limits"] = 16_000,
    };

    [Fact]
    public void Policy_decides_with_the_base_class_library_alone()
    {
        Assert.All(References(Policy), name => Assert.StartsWith("System.", name, StringComparison.Ordinal));
        Assert.Empty(ReferencesInProject("MfaGateway.Policy"));
    }

    [Fact]
    public void The_gateway_knows_nothing_of_who_composes_logs_or_demonstrates_it()
    {
        Assert.Equal(["MfaGateway.Policy"], ReferencesInProject("MfaGateway").Where(name => name.StartsWith("MfaGateway", StringComparison.Ordinal)));
        Assert.DoesNotContain(
            References(Gateway).Concat(ReferencesInProject("MfaGateway")),
            name => name == "mfagw" || name.StartsWith("MfaGateway.Lab", StringComparison.Ordinal) || name.StartsWith("OpenIddict", StringComparison.Ordinal)
                || name.StartsWith("Serilog", StringComparison.Ordinal) || name.StartsWith("System.CommandLine", StringComparison.Ordinal));
    }

    [Fact]
    public void The_host_composes_the_gateway_and_nothing_of_the_lab()
    {
        Assert.Equal(["MfaGateway"], ReferencesInProject("MfaGateway.Host").Where(name => name.StartsWith("MfaGateway", StringComparison.Ordinal)));
        Assert.DoesNotContain(References(Host), name => name.StartsWith("MfaGateway.Lab", StringComparison.Ordinal) || name.StartsWith("OpenIddict", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_class_that_can_be_made_is_sealed()
    {
        var open = All.SelectMany(Classes).Where(type => type is { IsClass: true, IsAbstract: false, IsSealed: false }).Select(type => type.FullName);

        Assert.Empty(open);
    }

    [Fact]
    public void Asynchronous_methods_say_so_by_their_name()
    {
        var silent = Methods()
            .Where(method => IsAsynchronous(method.ReturnType) && !method.Name.EndsWith("Async", StringComparison.Ordinal) && !IsGivenByOthers(method))
            .Select(Show);

        Assert.Empty(silent);
    }

    [Fact]
    public void A_cancellation_token_comes_last()
    {
        var elsewhere = Methods().Where(method => !IsGivenByOthers(method)).Where(method =>
        {
            // C# puts a params array behind everything
            ParameterInfo[] parameters = [.. method.GetParameters().Where(p => !p.IsDefined(typeof(ParamArrayAttribute)) && !p.IsDefined(typeof(ParamCollectionAttribute)))];
            return parameters.SkipLast(1).Any(p => p.ParameterType == typeof(CancellationToken));
        }).Select(Show);

        Assert.Empty(elsewhere);
    }

    [Fact]
    public void Every_log_message_has_an_id_of_its_own_in_the_block_of_its_feature()
    {
        var messages = Methods().Select(m => (Method: m, Message: m.GetCustomAttribute<LoggerMessageAttribute>())).Where(m => m.Message is not null).ToList();

        Assert.True(messages.Count >= 10, "Log messages are no longer found by their attribute.");
        Assert.Equal(messages.Count, messages.Select(m => m.Message!.EventId).Distinct().Count());
        Assert.All(messages, m => Assert.Equal(EventBlocks.GetValueOrDefault(m.Method.DeclaringType!.Namespace!, -1), m.Message!.EventId / 1000 * 1000));
        Assert.All(messages, m => Assert.Equal("Log", m.Method.DeclaringType!.Name));
    }

    [Fact]
    public void No_source_file_is_longer_than_three_hundred_lines() =>
        Assert.DoesNotContain(Repository.SourceFiles("src"), file => File.ReadLines(Repository.PathOf(file)).Count() > 300);

    [Fact]
    public void No_folder_or_type_is_named_for_holding_what_has_no_place()
    {
        string[] folders = ["Utils", "Util", "Helpers", "Common", "Managers", "Interfaces", "Models", "Services", "Misc"];
        string[] endings = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utilities", "Impl"];

        Assert.DoesNotContain(Repository.SourceFiles("src"), file => file.Split('/').Intersect(folders, StringComparer.OrdinalIgnoreCase).Any());
        Assert.DoesNotContain(All.SelectMany(Classes), type => endings.Any(ending => type.Name.EndsWith(ending, StringComparison.Ordinal)));
        Assert.DoesNotContain(Repository.SourceFiles("src"), file => endings.Any(ending => file.EndsWith(ending + ".cs", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_namespace_is_its_folder() => Assert.All(Repository.SourceFiles("src"), file =>
    {
        var expected = Path.GetDirectoryName(file)!.Replace('\\', '/')["src/".Length..].Replace('/', '.');
        var declared = File.ReadLines(Repository.PathOf(file)).FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal));
        Assert.Equal(declared is null ? null : $"namespace {expected};", declared);
    });

    /// <summary>Pointers and foreign memory stay where the system's Kerberos library is called, by the gateway for its users and by the lab's Exchange for their tickets, and where SQLite is asked one question with a number for an answer.</summary>
    [Fact]
    public void Only_the_calls_into_two_system_libraries_are_unsafe() => Assert.DoesNotContain(
        Repository.SourceFiles("src").Where(file => !file.StartsWith("src/MfaGateway/SignOn/Kerberos/Gssapi/", StringComparison.Ordinal) && file is not ("src/MfaGateway.Lab/Kerberos/TicketAcceptor.cs" or "src/MfaGateway/Sessions/SqliteFile.cs")),
        file => File.ReadLines(Repository.PathOf(file)).Any(line => line.Contains(" unsafe ", StringComparison.Ordinal) || line.Contains("LibraryImport", StringComparison.Ordinal)));

    [Fact]
    public void Nothing_is_left_to_be_done_later() => Assert.All(Repository.SourceFiles("src"), file => Assert.DoesNotMatch(
        $"{"TO"}DO|{"FIX"}ME|{nameof(NotImplementedException)}", File.ReadAllText(Repository.PathOf(file))));

    private static IEnumerable<string> References(Assembly assembly) => assembly.GetReferencedAssemblies().Select(name => name.Name!);

    private static IEnumerable<string> ReferencesInProject(string project) => XDocument
        .Load(Repository.PathOf("src", project, project + ".csproj"))
        .Descendants().Where(e => e.Name.LocalName is "PackageReference" or "ProjectReference" or "FrameworkReference")
        .Select(e => Path.GetFileNameWithoutExtension(e.Attribute("Include")!.Value) is var name && e.Name.LocalName == "ProjectReference" ? name : e.Attribute("Include")!.Value);

    /// <summary>Types that somebody wrote: not those of the compiler and of source generators.</summary>
    private static IEnumerable<Type> Classes(Assembly assembly) => assembly.GetTypes().Where(type =>
        !type.Name.Contains('<', StringComparison.Ordinal) && type.Namespace?.StartsWith("MfaGateway", StringComparison.Ordinal) == true
        && !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute)));

    private static IEnumerable<MethodInfo> Methods() => All.SelectMany(Classes)
        .SelectMany(type => type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
        .Where(method => !method.Name.Contains('<', StringComparison.Ordinal) && !method.IsSpecialName);

    private static bool IsAsynchronous(Type type) =>
        type == typeof(Task) || type == typeof(ValueTask) || (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>)));

    /// <summary>A method whose name and parameters another library chose.</summary>
    private static bool IsGivenByOthers(MethodInfo method)
    {
        if (method.GetBaseDefinition().DeclaringType!.Assembly is var origin && !All.Contains(origin)) return true;
        var type = method.DeclaringType!;
        return !type.IsInterface && type.GetInterfaces().Where(i => !All.Contains(i.Assembly)).Any(i => type.GetInterfaceMap(i).TargetMethods.Contains(method));
    }

    private static string Show(MethodInfo method) => $"{method.DeclaringType!.FullName}.{method.Name}";
}
