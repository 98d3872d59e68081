using System.Diagnostics;
using System.Net;
using MfaGateway.Access;
using MfaGateway.Audit;
using MfaGateway.Clock;
using MfaGateway.Configuration;
using MfaGateway.Exchange;
using MfaGateway.Lifecycle;
using MfaGateway.Limits;
using MfaGateway.Nodes;
using MfaGateway.Outcome;
using MfaGateway.Pages;
using MfaGateway.PlugIns;
using MfaGateway.Recheck;
using MfaGateway.Sessions;
using MfaGateway.Shield;
using MfaGateway.Shield.KnownAttacks;
using MfaGateway.SignIn;
using MfaGateway.SignOn;
using MfaGateway.SignOn.Kerberos;
using MfaGateway.SignOn.Kerberos.Connections;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;

namespace MfaGateway;

/// <summary>Puts the gateway together. Read this first: each feature adds itself, and <see cref="UseGateway"/> is the way a request takes.</summary>
public static class GatewayBuilder
{
    /// <summary>Adds the gateway.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configuration">A configuration that was loaded without a problem.</param>
    /// <param name="sources">Where it came from, to read it again when it changes.</param>
    public static IServiceCollection AddGateway(this IServiceCollection services, GatewayOptions configuration, ConfigurationSources sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var settings = new GatewaySettings(configuration, sources.Folder);
        if (sources.PlugIns.Load(settings.Current.Policy, sources.Folder) is [var problem, ..]) throw new InvalidOperationException($"A plug-in cannot be used: {problem}");
        services.AddClock();
        services.TryAddSingleton(new GatewayTransports());
        services.AddSingleton(settings).AddSingleton(sources).AddSingleton<CertificateFiles>().AddSingleton<ServerTls>().AddSingleton<ReloadState>();
        services.AddHostedService<ReloadService>();
        return services.AddLifecycle().AddLimits().AddNodes(settings).AddShield(settings).AddSignIn(settings).AddSessions(settings).AddRecheck().AddAccess().AddPlugIns(sources.PlugIns).AddExchange().AddSignOn().AddAudit().AddPages();
    }

    /// <summary>The way a request takes on the public listener.</summary>
    /// <param name="app">The application.</param>
    public static IApplicationBuilder UseGateway(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.ApplicationServices.GetRequiredService<GatewaySettings>().Current.ForwardedHeaders.IsUsed) app.UseForwardedHeaders();
        app.UseMiddleware<OutcomeMiddleware>();
        app.UseMiddleware<AddressLimitMiddleware>();
        app.UseMiddleware<ShieldMiddleware>();
        app.UseMiddleware<SessionMiddleware>();
        app.UseMiddleware<RequestLimitMiddleware>();
        var providers = app.ApplicationServices.GetRequiredService<ProviderCatalog>();
        app.UseWhen(context => providers.IsCallback(context.Request.Path), callbacks => callbacks.UseAuthentication());
        app.UseMiddleware<RecheckMiddleware>();
        app.UseMiddleware<AccessMiddleware>();
        app.UseMiddleware<ForwardMiddleware>();
        app.UseRouting();
        return app.UseEndpoints(endpoints =>
        {
            endpoints.MapOwnEndpoints();
            endpoints.MapReverseProxy(); // no route leads there; it is what makes YARP load the pool
        });
    }

    private static void AddClock(this IServiceCollection services)
    {
        services.AddSingleton(provider => new SteadyTime(TimeProvider.System, provider.GetRequiredService<Microsoft.Extensions.Logging.ILogger<SteadyTime>>()));
        services.TryAddSingleton<TimeProvider>(provider => provider.GetRequiredService<SteadyTime>());
        services.AddHostedService<ClockWatch>();
    }

    private static IServiceCollection AddLifecycle(this IServiceCollection services) =>
        services.AddSingleton<Drain>().AddHostedService(provider => provider.GetRequiredService<Drain>());

    private static IServiceCollection AddLimits(this IServiceCollection services) =>
        services
            .AddSingleton<RequestLimits>().AddSingleton<LimitAnswer>().AddSingleton<ConnectionGate>().AddSingleton<FrameGate>()
            .AddSingleton<DescriptorReserve>().AddHostedService(provider => provider.GetRequiredService<DescriptorReserve>());

    private static IServiceCollection AddNodes(this IServiceCollection services, GatewaySettings settings)
    {
        services.AddSingleton<RedisConnection>().AddSingleton<NodeAgreement>();
        if (NodeRules.SessionsAreInRedis(settings.Current)) services.AddHostedService(provider => provider.GetRequiredService<NodeAgreement>()); // before the key ring, which loads itself at the start
        return services.AddKeyRing(settings);
    }

    private static IServiceCollection AddShield(this IServiceCollection services, GatewaySettings settings)
    {
        var trusted = settings.Current.ForwardedHeaders;
        services.AddSingleton<PublishedPathsProvider>().AddSingleton<ShieldRuleProvider>().AddSingleton<ServerName>().AddSingleton<DiagnosticSource, ServerRefusals>();
        return services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.KnownProxies.Clear(); // the framework's own list trusts loopback
            options.KnownIPNetworks.Clear();
            foreach (var proxy in trusted.KnownProxies) options.KnownProxies.Add(IPAddress.Parse(proxy));
            foreach (var network in trusted.KnownNetworks) options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
            options.ForwardLimit = null; // as many hops as there are known balancers
            options.ForwardedHeaders = trusted.IsUsed ? ForwardedHeaders.XForwardedFor : ForwardedHeaders.None; // both lists empty would mean "trust all"
        });
    }

    private static IServiceCollection AddSignIn(this IServiceCollection services, GatewaySettings settings)
    {
        var authentication = services.AddAuthentication();
        foreach (var provider in new ProviderCatalog(settings).All) provider.Dialect.Register(authentication, provider.Scheme, provider.Options);
        return services
            .AddSingleton<ProviderCatalog>().AddSingleton<BackChannel>().AddSingleton<ClientAssertion>().AddSingleton<SignInStarter>()
            .AddSingleton<SignInEvents>().AddSingleton<SignInCompletion>().AddSingleton<SignOut>().AddSingleton<ProviderLogout>()
            .AddSingleton<IPostConfigureOptions<OpenIdConnectOptions>, OpenIdConnectSetup>();
    }

    private static IServiceCollection AddSessions(this IServiceCollection services, GatewaySettings settings)
    {
        services.AddSingleton<ISessionStore, SqliteSessionStore>().AddSingleton<ISessionStore, RedisSessionStore>().AddSingleton<ISessionStore, MemorySessionStore>();
        services.AddSingleton(provider => new SessionRegistry(
            provider.GetServices<ISessionStore>().Single(store => store.Name.Equals(settings.Current.Sessions.Store, StringComparison.OrdinalIgnoreCase)),
            settings,
            provider.GetRequiredService<IDataProtectionProvider>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Microsoft.Extensions.Logging.ILogger<SessionRegistry>>()));
        return services.AddSingleton<SessionCookie>().AddSingleton<CookieOwner>().AddSingleton<SessionApi>().AddHostedService<SessionSweeper>();
    }

    private static IServiceCollection AddRecheck(this IServiceCollection services) => services
        .AddSingleton<ProviderQuestion>().AddSingleton<ProviderOutages>().AddSingleton<RecheckAttempt>().AddSingleton<UserRecheck>().AddHostedService<RecheckSweeper>();

    private static IServiceCollection AddAccess(this IServiceCollection services) => services.AddSingleton<PolicyProvider>();

    private static IServiceCollection AddPlugIns(this IServiceCollection services, PlugInCatalog plugIns) =>
        services.AddSingleton(plugIns).AddHostedService<PlugInAnnouncement>();

    private static IServiceCollection AddExchange(this IServiceCollection services)
    {
        services.AddReverseProxy();
        return services
            .AddSingleton<IProxyConfigProvider, ExchangePool>()
            .AddSingleton<IActiveHealthCheckPolicy, HealthcheckPolicy>()
            .AddSingleton<ConnectionHealthPolicy>().AddSingleton<IPassiveHealthCheckPolicy>(provider => provider.GetRequiredService<ConnectionHealthPolicy>())
            .AddSingleton<ExchangeTransformer>()
            .AddSingleton<IForwarderHttpClientFactory, ExchangeConnections>()
            .AddSingleton<ServerReports>().AddSingleton<ServerChoice>().AddSingleton<MailboxRoute>();
    }

    private static IServiceCollection AddSignOn(this IServiceCollection services)
    {
        services.AddSingleton<IBackendSignOn, PassThroughSignOn>().AddHostedService<KerberosStart>();
        services.AddSingleton<IBackendSignOn, KerberosSignOn>().AddSingleton<ConnectionOpener>().AddSingleton<ConnectionPools>().AddSingleton<TicketSender>();
        // tickets cost a library and threads: only where they are used
        services.AddSingleton(provider => new Lazy<TicketSender>(provider.GetRequiredService<TicketSender>));
        services.TryAddSingleton<IDelegatedTickets>(provider => DelegatedTickets.Create(
            provider.GetRequiredService<GatewaySettings>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Microsoft.Extensions.Logging.ILogger<DelegatedTickets>>()));
        return services;
    }

    private static IServiceCollection AddAudit(this IServiceCollection services) =>
        services.AddSingleton<IAuditSinkFactory, FileAuditSinkFactory>().AddSingleton<AuditTrail>().AddSingleton<RefusalTrail>().AddHostedService<RefusalCounts>();

    private static IServiceCollection AddPages(this IServiceCollection services) =>
        services.AddSingleton<PageWriter>().AddSingleton<OutcomeWriter>().AddSingleton<Diagnostics.Readiness>().AddRouting();
}
