using System.Globalization;
using MfaGateway.Access;
using MfaGateway.Configuration;
using MfaGateway.Exchange;
using MfaGateway.PlugIns;
using MfaGateway.Sessions;
using MfaGateway.Shield.KnownAttacks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy;

namespace MfaGateway.Diagnostics;

/// <summary>What operators see on the management listener.</summary>
public static class ManagementEndpoints
{
    /// <summary>The whole application on the management listener.</summary>
    /// <param name="app">The branch of that listener.</param>
    public static IApplicationBuilder UseManagement(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseMiddleware<ManagementGuard>();
        app.UseRouting();
        return app.UseEndpoints(endpoints =>
        {
            endpoints.MapGet("/health/live", () => Results.StatusCode(200));
            endpoints.MapGet("/health/ready", (HttpContext context) => context.RequestServices.GetRequiredService<Readiness>().AnswerAsync(context));
            SessionApi.Map(endpoints);
            endpoints.MapGet("/health", (HttpContext context) => ShowAsync(context));
        });
    }

    private static async Task ShowAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var reload = services.GetRequiredService<ReloadState>();
        var choice = services.GetRequiredService<ServerChoice>();
        var servers = services.GetRequiredService<IProxyStateLookup>().GetClusters().SelectMany(cluster => cluster.Destinations.Values.Select(server => new ServerHealth(
            cluster.ClusterId, server.DestinationId, Word(server.Health.Active.ToString()), Word(server.Health.Passive.ToString()), choice.RunningAt(server).Count)));
        await context.Response.WriteAsJsonAsync(new GatewayHealth(
            await services.GetRequiredService<Readiness>().IsReadyAsync(context.RequestAborted),
            services.GetRequiredService<SessionRegistry>().Count,
            [.. servers],
            services.GetRequiredService<PolicyProvider>().Current.Engine.Name,
            [.. services.GetRequiredService<PlugInCatalog>().All.Select(plugIn => new PlugInHealth(
                plugIn.Name, plugIn.Version, plugIn.Sha256, [.. plugIn.Conditions.Select(condition => condition.Name)]))],
            [.. services.GetRequiredService<ShieldRuleProvider>().Current.All.Select(rule => new RuleHealth(rule.Id, Word(rule.Mode.ToString())))],
            reload.Problems));
    }

    private static string Word(string health) => health.ToLower(CultureInfo.InvariantCulture);

    private sealed record GatewayHealth(
        bool Ready, int Sessions, IReadOnlyList<ServerHealth> Servers, string PolicyEngine, IReadOnlyList<PlugInHealth> PlugIns, IReadOnlyList<RuleHealth> ShieldRules,
        IReadOnlyList<string> ReloadProblems);

    private sealed record RuleHealth(string Id, string Mode);

    private sealed record PlugInHealth(string Name, string Version, string Sha256, IReadOnlyList<string> Conditions);

    private sealed record ServerHealth(string Protocol, string Server, string Probe, string Connection, int Requests);
}
