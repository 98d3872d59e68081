using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace MfaGateway.BrowserTests.Fixtures;

/// <summary>Runs a test at an identity provider that speaks as AD FS, and again at one that speaks as Entra ID.</summary>
public sealed class DialectsAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>([new TheoryDataRow<string>("adfs"), new TheoryDataRow<string>("entra")]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
