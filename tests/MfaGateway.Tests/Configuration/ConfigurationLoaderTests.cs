using MfaGateway.Configuration;

namespace MfaGateway.Tests.Configuration;

public sealed class ConfigurationLoaderTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_valid_configuration_has_no_problem_and_defaults_for_the_rest()
    {
        var loaded = _folder.Load();

        Assert.Empty(loaded.Problems);
        Assert.Equal("https://mail.contoso.com/", loaded.Options?.PublicOrigin?.ToString());
        Assert.Equal((TimeSpan.FromMinutes(30), "Sqlite", 440), (loaded.Options!.Sessions.IdleTimeout, loaded.Options.Sessions.Store, loaded.Options.Exchange.EcpSessionEndStatus));
    }

    [Fact]
    public void Comments_and_trailing_commas_are_allowed()
    {
        var text = File.ReadAllText(_folder.PathOf("gateway.json"));
        _folder.Write("gateway.json", "// the mail gateway\n" + text.TrimEnd()[..^1] + ", /* nothing more */ }");

        Assert.Empty(_folder.Load().Problems);
    }

    /// <summary>Found by feeding generated configurations: each was a crash without words.</summary>
    [Theory]
    [InlineData("\"DataDirectory\": \"\\ud800\"", "half of a surrogate pair")]
    [InlineData("\"\\ud800\": 1", "half of a surrogate pair")]
    [InlineData("\"DataDirectory\": \"a\", \"dataDirectory\": \"b\"", "duplicate key")]
    [InlineData("\"DataDirectory\": \"\\u0000\"", "NUL character")]
    public void What_no_text_can_hold_and_a_name_in_two_spellings_are_problems_and_no_crash(string setting, string words)
    {
        _folder.Write("gateway.json", "{ \"Gateway\": { " + setting + " } }");

        Assert.Contains(_folder.Load().Problems, problem => problem.Message.Contains(words, StringComparison.Ordinal) && problem.Remedy.Length > 0);
    }

    [Fact]
    public void A_secret_comes_from_outside_the_file()
    {
        _folder.Patch("""{ "Providers": { "adfs": { "ClientCertificate": null } } }""");

        var loaded = _folder.Load(("Gateway:Providers:adfs:ClientSecret", "hunter2"));

        Assert.Empty(loaded.Problems);
        Assert.Equal("hunter2", loaded.Options?.Providers["ADFS"].ClientSecret?.Reveal());
    }

    [Fact]
    public void A_folder_of_one_file_per_setting_gives_secrets()
    {
        _folder.Patch("""{ "Providers": { "adfs": { "ClientCertificate": null } }, "Listen": { "Certificate": { "Path": "tls.pfx", "KeyPath": null } } }""");
        Directory.CreateDirectory(_folder.PathOf("secrets"));
        _folder.Write("secrets/Gateway__Providers__adfs__ClientSecret", "hunter2");
        _folder.Write("secrets/Gateway__Listen__Certificate__Password", "right");

        var loaded = ConfigurationLoader.Load(_folder.Sources with { KeyPerFileFolder = _folder.PathOf("secrets") });

        Assert.Empty(loaded.Problems);
        Assert.Equal("hunter2", loaded.Options?.Providers["adfs"].ClientSecret?.Reveal());
    }

    [Fact]
    public void A_folder_of_secrets_that_is_not_there_is_a_problem_and_no_crash()
    {
        var problem = Assert.Single(ConfigurationLoader.Load(_folder.Sources with { KeyPerFileFolder = _folder.PathOf("nowhere") }).Problems);

        Assert.Contains("nowhere' cannot be read", problem.Message, StringComparison.Ordinal);
        Assert.Contains("--secrets", problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_file_overrides_an_earlier_one()
    {
        _folder.Write("overlay.json", """{ "Gateway": { "Branding": { "Name": "Overlay" }, "Sessions": { "IdleTimeout": "00:05:00" } } }""");

        var loaded = ConfigurationLoader.Load(new ConfigurationSources { Files = [_folder.PathOf("gateway.json"), _folder.PathOf("overlay.json")] });

        Assert.Empty(loaded.Problems);
        Assert.Equal(("Overlay", TimeSpan.FromMinutes(5)), (loaded.Options!.Branding.Name, loaded.Options.Sessions.IdleTimeout));
    }

    [Theory]
    [InlineData("00:00:30", 30)]
    [InlineData("1.02:03:04", 93_784)]
    [InlineData("0.00:10:00", 600)]
    [InlineData("00:10:00.5", 600.5)]
    public void A_time_span_means_what_it_says(string text, double seconds)
    {
        _folder.Patch($$"""{ "Sessions": { "IdleTimeout": "00:00:02", "AbsoluteTimeout": "{{text}}" } }""");

        Assert.Equal(TimeSpan.FromSeconds(seconds), _folder.Load().Options?.Sessions.AbsoluteTimeout);
    }

    [Theory]
    [InlineData("https://*:443")]
    [InlineData("http://+:80")]
    [InlineData("https://127.0.0.1:8443")]
    [InlineData("https://[::1]:8443")]
    [InlineData("https://localhost")]
    [InlineData("https://192.0.2.1")]
    public void The_gateway_listens_on_an_address_of_this_machine(string url)
    {
        _folder.Patch($$"""{ "Listen": { "Url": "{{url}}" } }""");

        Assert.Empty(_folder.Load().Problems);
    }

    [Fact]
    public void Settings_are_swapped_as_a_whole_and_say_so()
    {
        var settings = Settings.Of(Settings.Options());
        var changes = 0;
        using var registration = Microsoft.Extensions.Primitives.ChangeToken.OnChange(() => settings.Changed, () => changes++);
        var next = Settings.Options();

        settings.Replace(next);
        settings.Replace(next);

        Assert.Same(next, settings.Current);
        Assert.Equal(2, changes);
    }
}
