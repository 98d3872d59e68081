using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using MfaGateway.Lab.Estate;
using MfaGateway.Lab.Exchange;
using MfaGateway.Lab.IdentityProvider;

namespace MfaGateway.Lab.Kerberos;

/// <summary>What signing on with Kerberos adds to the lab: a domain that knows the lab's users, and mail servers that ask for its tickets.</summary>
internal sealed class LabDomain : IAsyncDisposable
{
    private static readonly Dictionary<string, string> NothingElse = [];

    private TicketAcceptor? _acceptor;

    private LabDomain()
    {
    }

    public DomainController Controller { get; } = new();

    /// <param name="users">The identity provider's; the domain has them under the same names.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LabException">Something is missing on this machine, or Samba failed.</exception>
    public static async Task<LabDomain> StartAsync(LabUsers users, CancellationToken cancellationToken)
    {
        if (DomainParts.Missing() is { } missing) throw new LabException(missing);
        var domain = new LabDomain();
        try
        {
            await domain.Controller.ProvisionAsync(users.All.Select(user => user.Upn), cancellationToken);
            await domain.Controller.StartAsync(NothingElse, cancellationToken);
            domain._acceptor = new TicketAcceptor(domain.Controller.Keytab("mail"), $"file2:{Path.Combine(domain.Controller.Folder, "replays")}");
            return domain;
        }
        catch
        {
            await domain.DisposeAsync();
            throw;
        }
    }

    /// <summary>The logon of the mail servers that show this certificate.</summary>
    public WindowsAuthentication LogonFor(X509Certificate2 certificate) => new(_acceptor!, certificate);

    /// <summary>What the gateway needs to know, section <c>Gateway:Exchange:SignOn</c>.</summary>
    public JsonObject GatewaySettings() => new()
    {
        ["Method"] = "Kerberos",
        ["ServicePrincipalName"] = DomainController.MailService,
        ["Kerberos"] = new JsonObject
        {
            ["Realm"] = DomainController.Realm,
            ["Kdcs"] = new JsonArray(Controller.Address),
            ["Account"] = DomainController.GatewayAccount,
            ["Keytab"] = Controller.Keytab("gateway"),
        },
    };

    public async ValueTask DisposeAsync()
    {
        _acceptor?.Dispose();
        await Controller.DisposeAsync();
    }
}
