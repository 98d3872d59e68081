namespace MfaGateway.IntegrationTests.Lab;

/// <summary>A state folder that goes away with the test.</summary>
internal sealed class LabFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mfagw-lab-").FullName;

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
