namespace MfaGateway.Tests.Configuration;

/// <summary>Alone, because the environment is the process's.</summary>
[CollectionDefinition("environment", DisableParallelization = true)]
[Collection("environment")]
public sealed class EnvironmentTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_environment_wins_over_the_file_and_is_held_to_the_same_rules()
    {
        const string name = "Gateway__Branding__Name";
        const string wrong = "Gateway__Branding__Nmae";
        try
        {
            Environment.SetEnvironmentVariable(name, "Contoso Mail");
            Assert.Equal("Contoso Mail", _folder.Load().Options?.Branding.Name);

            Environment.SetEnvironmentVariable(wrong, "x");
            Assert.Contains(_folder.Load().Problems, p => p.Path == "$.Gateway.Branding.Nmae" && p.Remedy == "Did you mean `Name`?");
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
            Environment.SetEnvironmentVariable(wrong, null);
        }
    }
}
