using System.Text.Json.Nodes;
using MfaGateway.Lab.Estate;

namespace MfaGateway.BrowserTests.Fixtures;

/// <summary>An estate with a domain controller, whose Exchange takes nobody without a ticket. Its policy lets bob in, who has no second factor.</summary>
public sealed class KerberosEstate(Estates estates) : IAsyncLifetime
{
    private const string Policy =
        """
        { "version": 1,
          "rules": [
            { "id": "staff", "effect": "permit", "when": { "resource": ["owa"], "group": ["Staff"] }, "demand": { "mfa": true } },
            { "id": "admins", "effect": "permit", "when": { "resource": ["ecp"], "group": ["Exchange Admins"] }, "demand": { "mfa": true } },
            { "id": "bob", "effect": "permit", "when": { "resource": ["owa"], "user": ["bob@contoso.test"] } } ],
          "examples": [
            { "name": "bob has one factor", "request": { "resource": "owa", "user": "bob@contoso.test", "groups": ["Staff"], "methods": ["pwd"] },
              "expect": "allow", "rule": "bob" } ] }
        """;

    private Estate? _estate;

    public Estate Estate => _estate ?? throw new InvalidOperationException("The estate has not started.");

    public async ValueTask InitializeAsync() => _estate = await estates.StartAsync("adfs", Overlay, LabOptions.Kerberos);

    public async ValueTask DisposeAsync()
    {
        if (_estate is not null) await _estate.DisposeAsync();
    }

    private static JsonObject Overlay(string state, LabPorts ports)
    {
        File.WriteAllText(Path.Combine(state, "one-factor.json"), Policy);
        return new JsonObject { ["Policy"] = new JsonObject { ["Path"] = "one-factor.json" } };
    }
}
