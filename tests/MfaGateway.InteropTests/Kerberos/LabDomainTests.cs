namespace MfaGateway.InteropTests.Kerberos;

[Collection(DomainTests.Name)]
public sealed class LabDomainTests(Domain domain)
{
    /// <summary>So it does not outlive a lab or a test run that was killed: their ends of its input go with them.</summary>
    [Fact]
    public async Task a_domain_controller_ends_by_itself_when_its_input_does()
    {
        var process = domain.ProcessId;

        await domain.StopAsync();
        try
        {
            Assert.Contains($"EOF on stdin - PID {process} terminating", domain.Log, StringComparison.Ordinal);
        }
        finally
        {
            await domain.StartAsync();
        }
    }
}
