using MfaGateway.Configuration;
using MfaGateway.PlugIns;

namespace MfaGateway.Tests.PlugIns;

/// <summary>Whose code may run.</summary>
public sealed class PlugInTrustTests : IDisposable
{
    private readonly PlugInFolder _folder = new();

    public PlugInTrustTests()
    {
        var (library, method) = MadeAssembly.Library("Library", "made");
        _folder.Add("Made", MadeAssembly.Of("Made", module => module.Factory(method)));
        _folder.Add("Made", library, "Library.dll");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void With_the_hashes_of_all_its_assemblies_a_plug_in_is_loaded() =>
        Assert.Empty(_folder.Load(_folder.HashOf("Made").ToUpperInvariant(), _folder.HashOf("Made", "Library.dll")).Problems);

    [Theory]
    [InlineData("Made.dll", "Library.dll")]
    [InlineData("Library.dll", "Made.dll")]
    public void An_assembly_whose_hash_is_not_listed_is_refused_also_one_that_is_brought_along(string listed, string refused)
    {
        var problem = Assert.Single(_folder.Load(_folder.HashOf("Made", listed)).Problems);

        Assert.EndsWith(refused, problem.Where, StringComparison.Ordinal);
        Assert.Contains(_folder.HashOf("Made", refused), problem.Message, StringComparison.Ordinal); // to be compared, and copied
    }

    [Fact]
    public void No_code_runs_before_every_file_has_passed()
    {
        _folder.Add("Throwing", module => module.Factory("throwing", constructorThrows: "I ran"));

        var problems = _folder.Load(_folder.HashOf("Made"), _folder.HashOf("Throwing")).Problems;

        Assert.EndsWith("Library.dll", Assert.Single(problems).Where, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_exchanged_after_it_was_checked_is_not_loaded()
    {
        var files = PlugInFiles.Of(Path.Combine(_folder.Path, "Made"));
        _folder.Add("Made", MadeAssembly.Of("Made", module => module.Factory("evil")));

        Assert.Throws<FileLoadException>(() => files.Read("Made"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Made")]
    [InlineData("Made/Made.dll")]
    public void What_every_account_can_write_is_refused(string path)
    {
        if (OperatingSystem.IsWindows()) return; // there an access control list says who may
        var place = Path.Combine(_folder.Path, path);
        File.SetUnixFileMode(place, File.GetUnixFileMode(place) | UnixFileMode.OtherWrite);

        var problem = Assert.Single(_folder.Load().Problems);

        Assert.Contains("Every account", problem.Message, StringComparison.Ordinal);
        Assert.Equal(place.TrimEnd('/'), problem.Where.TrimEnd('/'));
    }

    [Fact]
    public void Plug_ins_are_loaded_once()
    {
        var catalog = new PlugInCatalog();

        Assert.Empty(catalog.Load(new PolicyOptions { PlugIns = "Made/.." }, _folder.Path));
        var first = catalog.Conditions;

        Assert.Empty(catalog.Load(new PolicyOptions { PlugIns = _folder.Path }, "/"));
        Assert.Same(first, catalog.Conditions);
    }

    [Fact]
    public void Other_settings_wait_for_a_restart_and_say_so()
    {
        var catalog = new PlugInCatalog();
        catalog.Load(new PolicyOptions { PlugIns = _folder.Path }, _folder.Path);

        var withoutFolder = catalog.Load(new PolicyOptions(), _folder.Path);
        var withHashes = catalog.Load(new PolicyOptions { PlugIns = _folder.Path, PlugInHashes = [new string('0', 64)] }, _folder.Path);

        Assert.Contains("Restart the gateway", Assert.Single(withoutFolder).Remedy, StringComparison.Ordinal);
        Assert.Contains("Restart the gateway", Assert.Single(withHashes).Remedy, StringComparison.Ordinal);
        Assert.Equal("made", Assert.Single(catalog.Conditions).Name);
    }

    [Fact]
    public void What_could_not_be_loaded_may_be_tried_again()
    {
        var catalog = new PlugInCatalog();
        Assert.NotEmpty(catalog.Load(new PolicyOptions { PlugIns = "nowhere" }, _folder.Path));

        Assert.Empty(catalog.Load(new PolicyOptions { PlugIns = _folder.Path }, _folder.Path));
    }
}
