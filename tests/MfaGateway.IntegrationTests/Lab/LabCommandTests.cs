using System.Net;
using System.Net.Sockets;
using MfaGateway.Lab;
using MfaGateway.Lab.Estate;

namespace MfaGateway.IntegrationTests.Lab;

public sealed class LabCommandTests : IDisposable
{
    private readonly LabFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public async Task a_busy_port_is_named_with_the_way_out()
    {
        var ports = LabPorts.FindFree(3);
        using var somebody = new TcpListener(IPAddress.Loopback, ports.Management.Port);
        somebody.Start();

        var code = await RunAsync("--port", $"{ports.Port}", "--state", _folder.Path, "--json");

        Assert.Equal(1, code);
        Assert.Contains($"port {ports.Management.Port} (the gateway's management)", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("--port", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task a_state_folder_in_use_is_named_with_the_way_out()
    {
        using var other = StateFolder.Take(_folder.Path);

        var code = await RunAsync("--port", $"{LabPorts.FindFree(3).Port}", "--state", _folder.Path);

        Assert.Equal(1, code);
        Assert.Contains("--state DIR", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port", "0")]
    [InlineData("--port", "65530")]
    [InlineData("--port", "eight")]
    [InlineData("--servers", "0")]
    [InlineData("--servers", "51")]
    [InlineData("--provider", "okta")]
    [InlineData("--sign-on", "ntlm")]
    [InlineData("--policy", "/no/such/file")]
    [InlineData("--config", "/no/such/file")]
    [InlineData("--nonsense", "1")]
    public async Task wrong_usage_is_2_and_says_what(string option, string value)
    {
        var code = await RunAsync(option, value);

        Assert.Equal(2, code);
        Assert.Contains(option == "--nonsense" || option is "--policy" or "--config" || value is "okta" or "ntlm" ? value : option, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task help_teaches_by_example()
    {
        var code = await RunAsync("--help");

        Assert.Equal(0, code);
        Assert.Contains("dotnet run --project src/MfaGateway.Lab -- --provider entra", _output.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    /// <summary>Not longer than a minute: a lab that starts after all would run until it is told to stop.</summary>
    private Task<int> RunAsync(params string[] args) =>
        LabCommand.RunAsync(args, _output, _error).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
}
