using MfaGateway.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MfaGateway.SignOn.Kerberos;

/// <summary>Makes the tickets' source before the first request: it changes the environment of the process, which no other thread should be reading then.</summary>
internal sealed class KerberosStart(GatewaySettings settings, IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Current.Exchange.SignOn.Method.Equals(KerberosRules.MethodName, StringComparison.OrdinalIgnoreCase)) services.GetRequiredService<IDelegatedTickets>();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
