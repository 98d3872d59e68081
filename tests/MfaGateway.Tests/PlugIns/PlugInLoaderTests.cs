using System.Runtime.Loader;
using System.Security.Cryptography;
using MfaGateway.PlugIns;
using MfaGateway.Policy;
using MfaGateway.Policy.Documents;
using MfaGateway.Tests.Contracts;
using MfaGateway.Tests.Policy;

namespace MfaGateway.Tests.PlugIns;

public sealed class PlugInLoaderTests : IDisposable
{
    private readonly PlugInFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_plug_in_is_loaded_with_name_version_and_hash()
    {
        var plugIn = Assert.Single(PlugInLoader.Load(SamplePlugInContract.Folder, []).PlugIns);

        var file = Path.Combine(SamplePlugInContract.Folder, "SamplePlugIn", "SamplePlugIn.dll");
        Assert.Equal(("SamplePlugIn", "1.2.3"), (plugIn.Name, plugIn.Version));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))), plugIn.Sha256);
        Assert.Equal("employee-number", Assert.Single(plugIn.Conditions).Name);
    }

    [Fact]
    public void A_plug_in_lives_apart_from_the_gateway_and_shares_its_contract()
    {
        var condition = Assert.Single(PlugInLoader.Load(SamplePlugInContract.Folder, []).Conditions);

        Assert.NotSame(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(condition.GetType().Assembly));
        Assert.DoesNotContain(AssemblyLoadContext.Default.Assemblies, assembly => assembly.GetName().Name == "SamplePlugIn");
    }

    [Fact]
    public void Two_plug_ins_bring_two_versions_of_one_library()
    {
        AddWithLibrary("First", "from-first");
        AddWithLibrary("Second", "from-second");

        var loaded = _folder.Load();

        Assert.Empty(loaded.Problems);
        Assert.Equal(["from-first", "from-second"], loaded.Conditions.Select(condition => condition.Name));
    }

    [Fact]
    public void A_copy_of_the_contract_in_the_folder_is_left_aside()
    {
        _folder.Add("Made", module => module.Factory("made"));
        _folder.Add("Made", File.ReadAllBytes(typeof(PolicySet).Assembly.Location), "MfaGateway.Policy.dll");

        var loaded = _folder.Load(_folder.HashOf("Made"));

        Assert.Empty(loaded.Problems);
        Assert.Equal("made", Assert.Single(loaded.Conditions).Name);
    }

    [Fact]
    public void A_folder_without_plug_ins_is_none()
    {
        var loaded = _folder.Load();

        Assert.Empty(loaded.PlugIns);
        Assert.Empty(loaded.Problems);
    }

    [Fact]
    public void A_condition_of_a_plug_in_that_throws_cannot_tell()
    {
        _folder.Add("Made", module => module.Factory("made"));
        var policy = PolicyCompiler.Compile(
            """
            { "version": 1, "rules": [ { "id": "everybody", "effect": "permit" }, { "id": "made", "effect": "forbid", "when": { "made": [] } } ] }
            """,
            _folder.Load().Conditions).Policy!;

        var decision = policy.Decide(Policies.Request());

        Assert.Equal(PolicyDecision.Deny(Reasons.Forbidden, "made"), decision);
        Assert.Contains("failed", policy.Explain(Policies.Request()).Rules[1].Conditions[0].Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_problem() =>
        AssertProblem(PlugInLoader.Load(Path.Combine(_folder.Path, "nowhere"), []), "cannot be read", "Check the path");

    [Fact]
    public void An_assembly_beside_the_folders_is_a_problem()
    {
        File.WriteAllBytes(Path.Combine(_folder.Path, "Stray.dll"), []);

        AssertProblem(_folder.Load(), "beside the plug-ins' folders", "Move it to Stray/Stray.dll");
    }

    [Fact]
    public void A_folder_without_the_assembly_of_its_name_is_a_problem()
    {
        _folder.Add("Made", MadeAssembly.Of("Made", module => module.Factory("made")), "Other.dll");

        AssertProblem(_folder.Load(), "There is no Made.dll", "name of the plug-in's assembly");
    }

    [Fact]
    public void A_file_that_is_no_assembly_is_a_problem()
    {
        _folder.Add("Made", "not an assembly"u8.ToArray());

        AssertProblem(_folder.Load(), "cannot be loaded", "Publish it");
    }

    [Fact]
    public void An_assembly_under_another_name_is_a_problem()
    {
        _folder.Add("Made", MadeAssembly.Of("Real", module => module.Factory("made")));

        AssertProblem(_folder.Load(), "calls itself 'Real'", "Do not rename");
    }

    [Fact]
    public void A_plug_in_without_a_condition_is_a_problem()
    {
        _folder.Add("Made", module => module.DefineType("Made.Nothing", System.Reflection.TypeAttributes.Public).CreateType());

        AssertProblem(_folder.Load(), "no public class in it implements IConditionFactory", "build it with one");
    }

    [Fact]
    public void A_constructor_that_throws_is_a_problem_with_its_words()
    {
        _folder.Add("Made", module => module.Factory("made", constructorThrows: "the number ranges are missing"));

        AssertProblem(_folder.Load(), "the number ranges are missing", "must not fail");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Upper")]
    [InlineData("with space")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public void A_condition_without_a_usable_name_is_a_problem(string? name)
    {
        _folder.Add("Made", module => module.Factory(name));

        AssertProblem(_folder.Load(), "no usable name", "lower-case letters");
    }

    [Theory]
    [InlineData("group")]
    [InlineData("not")]
    [InlineData("country")]
    public void A_condition_with_the_name_of_a_built_in_one_is_a_problem(string name)
    {
        _folder.Add("Made", module => module.Factory(name));

        AssertProblem(_folder.Load(), $"'{name}' is already there, from the gateway", "Name it differently");
    }

    [Fact]
    public void Two_conditions_with_one_name_are_a_problem_that_names_the_other_plug_in()
    {
        _folder.Add("First", module => module.Factory("made"));
        _folder.Add("Second", module => module.Factory("made"));

        AssertProblem(_folder.Load(), "already there, from the plug-in 'First'", "Name it differently");
    }

    [Fact]
    public void A_plug_in_for_a_later_gateway_is_a_problem()
    {
        var (_, ofLaterContract) = MadeAssembly.Library("MfaGateway.Policy", "later", "99.0.0.0");
        _folder.Add("Made", module => module.Factory(ofLaterContract));

        AssertProblem(_folder.Load(), "It was built for MfaGateway.Policy 99.0.0.0", "Build it for this gateway's version");
    }

    [Fact]
    public void All_problems_are_found_at_once()
    {
        _folder.Add("First", module => module.Factory("Upper"));
        _folder.Add("Second", module => module.Factory("made", constructorThrows: "no"));

        Assert.Equal(["First", "Second"], _folder.Load().Problems.Select(problem => problem.Where));
    }

    private void AddWithLibrary(string plugIn, string text)
    {
        var (bytes, method) = MadeAssembly.Library("Library", text);
        _folder.Add(plugIn, MadeAssembly.Of(plugIn, module => module.Factory(method)));
        _folder.Add(plugIn, bytes, "Library.dll");
    }

    private static void AssertProblem(LoadedPlugIns loaded, string message, string remedy)
    {
        var problem = Assert.Single(loaded.Problems);
        Assert.Empty(loaded.PlugIns);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, problem.Remedy, StringComparison.Ordinal);
    }
}
