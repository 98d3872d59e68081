using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MfaGateway.Access;
using MfaGateway.Access.Opa;
using MfaGateway.Audit;
using MfaGateway.Configuration;
using MfaGateway.Policy;
using MfaGateway.Tests.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.Tests.Configuration;

public sealed class ReloadTests : IAsyncLifetime
{
    private readonly ConfigurationFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    private readonly RecordingSink _sink = new();
    private ServiceProvider? _services;
    private ReloadService? _reload;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private GatewaySettings InForce => _services!.GetRequiredService<GatewaySettings>();

    private PolicyProvider Policies => _services!.GetRequiredService<PolicyProvider>();

    private IReadOnlyList<string> Problems => _services!.GetRequiredService<ReloadState>().Problems;

    public async ValueTask InitializeAsync()
    {
        var options = _folder.Load().Options!;
        options.Audit.Sinks.Add(new AuditSinkOptions { Kind = "Recording" });
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton<IAuditSinkFactory>(new RecordingSinkFactory(_sink))
            .AddGateway(options, _folder.Sources)
            .BuildServiceProvider();
        _reload = _services.GetServices<IHostedService>().OfType<ReloadService>().Single();
        await _reload.StartAsync(Cancel);

        // the service notes the files' state on a thread of its own: touch one until it is seen to watch
        var touches = 0;
        await UntilAsync(() => !_sink.Events.IsEmpty, () => _folder.Write("policy.json", ConfigurationFolder.Policy + new string(' ', ++touches)));
    }

    public async ValueTask DisposeAsync()
    {
        await _reload!.StopAsync(CancellationToken.None);
        await _services!.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_changed_file_comes_into_force_without_a_restart()
    {
        Change("""{ "Branding": { "Name": "Contoso Mail" } }""");

        await UntilAsync(() => InForce.Current.Branding.Name == "Contoso Mail");

        Assert.Equal((AuditActions.ConfigReload, "success"), (_sink.Events.Last().Action, _sink.Events.Last().Outcome));
    }

    [Fact]
    public async Task A_bad_file_leaves_what_is_in_force_and_says_why()
    {
        var before = InForce.Current;
        Change("""{ "Branding": { "Name": "Contoso Mail" }, "PublicOrigin": "http://mail.contoso.com" }""");

        await UntilAsync(() => Problems.Count > 0);

        Assert.Same(before, InForce.Current);
        Assert.StartsWith("$.Gateway.PublicOrigin: ", Assert.Single(Problems), StringComparison.Ordinal);
        await UntilAsync(() => _sink.Events.Any(e => e is { Action: AuditActions.ConfigReload, Outcome: "failure" }));
    }

    [Fact]
    public async Task A_mended_file_ends_the_complaint()
    {
        Change("""{ "Sesions": {} }""");
        await UntilAsync(() => Problems.Count > 0);

        Change("""{ "Branding": { "Name": "Mended" } }""");

        await UntilAsync(() => Problems.Count == 0);
        Assert.Equal("Mended", InForce.Current.Branding.Name);
    }

    [Fact]
    public async Task A_file_that_vanishes_leaves_what_is_in_force()
    {
        var before = InForce.Current;
        File.Delete(_folder.PathOf("gateway.json"));

        await UntilAsync(() => Problems.Count > 0);

        Assert.Same(before, InForce.Current);
    }

    [Fact]
    public async Task A_bad_policy_leaves_the_policy_in_force()
    {
        Replace("policy.json", ConfigurationFolder.Policy.Replace("permit", "permti", StringComparison.Ordinal));

        await UntilAsync(() => Problems.Count > 0);

        Assert.Equal((DecisionKind.StepUp, "staff"), Decide());
        Assert.Contains("$.rules[0].effect", Assert.Single(Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_whose_examples_fail_leaves_the_policy_in_force()
    {
        Replace("policy.json", ConfigurationFolder.Policy.Replace("\"mfa\": true", "\"mfa\": false", StringComparison.Ordinal));

        await UntilAsync(() => Problems.Count > 0);

        Assert.Equal((DecisionKind.StepUp, "staff"), Decide());
    }

    [Fact]
    public async Task A_changed_policy_comes_into_force_without_a_restart()
    {
        Replace("policy.json", ConfigurationFolder.Policy.Replace("staff", "people", StringComparison.Ordinal));

        await UntilAsync(() => Decide().Rule == "people");
    }

    [Fact]
    public async Task A_good_policy_does_not_hide_a_bad_configuration()
    {
        Change("""{ "Sesions": {} }""");
        await UntilAsync(() => Problems.Count > 0);
        var reloads = _sink.Events.Count;

        Replace("policy.json", ConfigurationFolder.Policy + "\n");
        await UntilAsync(() => _sink.Events.Count > reloads);

        Assert.StartsWith("$.Gateway.Sesions: ", Assert.Single(Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_set_of_providers_waits_for_a_restart_and_says_so()
    {
        var before = InForce.Current;
        Change("""{ "Providers": { "other": null } }""");

        await UntilAsync(() => Problems.Count > 0);

        Assert.Same(before, InForce.Current);
        Assert.Contains("Restart the gateway", Assert.Single(Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_that_cannot_take_new_settings_does_not_end_the_watching()
    {
        using var part = Microsoft.Extensions.Primitives.ChangeToken.OnChange(() => InForce.Changed, () =>
        {
            if (InForce.Current.Branding.Name == "Indigestible") throw new InvalidOperationException("I cannot.");
        });
        Change("""{ "Branding": { "Name": "Indigestible" } }""");
        await UntilAsync(() => Problems.Count > 0);

        Change("""{ "Branding": { "Name": "Digestible" } }""");

        await UntilAsync(() => Problems.Count == 0 && InForce.Current.Branding.Name == "Digestible");
        Assert.False(_reload!.ExecuteTask!.IsCompleted);
    }

    [Fact]
    public async Task Another_policy_engine_comes_into_force_without_a_restart_and_so_does_the_way_back()
    {
        Change("""{ "Policy": { "Engine": "opa", "Opa": { "Url": "http://127.0.0.1:8181" } } }""");
        await UntilAsync(() => Policies.Current.Engine is OpaEngine);

        Change("""{ "Policy": { "Path": "policy.json" } }""");
        await UntilAsync(() => Policies.Current.Engine is DocumentEngine);

        Assert.Equal((DecisionKind.StepUp, "staff"), Decide());
    }

    [Fact]
    public async Task An_engine_without_address_leaves_the_policy_in_force()
    {
        Change("""{ "Policy": { "Engine": "opa" } }""");

        await UntilAsync(() => Problems.Count > 0);

        Assert.Equal("document", Policies.Current.Engine.Name);
        Assert.StartsWith("$.Gateway.Policy.Opa.Url: ", Assert.Single(Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_beside_the_policy_does_not_make_the_gateway_forget_its_agent()
    {
        _folder.Write("next.json", ConfigurationFolder.Policy);
        Change("""{ "Policy": { "Engine": "opa", "Opa": { "Url": "http://127.0.0.1:8181" }, "ReportOnlyPath": "next.json" } }""");
        await UntilAsync(() => Policies.Current.Engine is OpaEngine);
        var (before, trial) = (Policies.Current.Engine, Policies.Current.Trial);

        Replace("next.json", ConfigurationFolder.Policy + "\n");
        await UntilAsync(() => Policies.Current.Trial != trial);

        Assert.Same(before, Policies.Current.Engine); // its connections, and what its breaker knows
    }

    [Fact]
    public async Task Plug_ins_wait_for_a_restart_and_say_so()
    {
        var before = InForce.Current;
        Change($$"""{ "Policy": { "PlugIns": "{{SamplePlugInContract.Folder}}" } }""");

        await UntilAsync(() => Problems.Count > 0);

        Assert.Same(before, InForce.Current);
        Assert.Contains("Restart the gateway", Assert.Single(Problems), StringComparison.Ordinal);
    }

    private (DecisionKind Kind, string? Rule) Decide()
    {
        var decision = Policies.Current.Enforced!.Decide(new AccessRequest
        {
            Subject = AccessSubject.Anonymous,
            Resource = "owa",
            Path = "/owa/",
            HttpMethod = "GET",
            Now = _time.GetUtcNow(),
        });
        return (decision.Kind, decision.RuleId);
    }

    private void Change(string patch)
    {
        var file = _folder.PathOf("gateway.json");
        var before = File.ReadAllText(file);
        _folder.Patch(patch);
        var after = File.ReadAllText(file);
        _folder.Write("gateway.json", before);
        Replace("gateway.json", JsonNode.Parse(after)!.ToString());
    }

    /// <summary>At once, as editors do: the service never sees half a file.</summary>
    private void Replace(string file, string text)
    {
        _folder.Write(file + ".new", text);
        File.Move(_folder.PathOf(file + ".new"), _folder.PathOf(file), overwrite: true);
    }

    /// <summary>Lets the gateway's clock run until something holds, for ten minutes of its time.</summary>
    private async Task UntilAsync(Func<bool> holds, Action? first = null)
    {
        for (var round = 0; round < 300 && !holds(); round++)
        {
            first?.Invoke();
            _time.Advance(TimeSpan.FromSeconds(2));
            await _sink.ChangedAsync(Cancel);
        }

        Assert.True(holds(), "It did not happen within ten minutes of the gateway's time.");
    }

    private sealed class RecordingSinkFactory(RecordingSink sink) : IAuditSinkFactory
    {
        public string Kind => "Recording";

        public IAuditSink Create(AuditSinkOptions options) => sink;
    }

    private sealed class RecordingSink : IAuditSink
    {
        private readonly SemaphoreSlim _changed = new(0);

        public ConcurrentQueue<AuditEvent> Events { get; } = new();

        public Task WriteAsync(AuditEvent auditEvent, CancellationToken cancellationToken)
        {
            Events.Enqueue(auditEvent);
            _changed.Release();
            return Task.CompletedTask;
        }

        /// <summary>Waits for the next event, but not for ever: an advance of the clock before the timer was set passes unheard.</summary>
        public Task<bool> ChangedAsync(CancellationToken cancellationToken) => _changed.WaitAsync(TimeSpan.FromMilliseconds(50), cancellationToken);

        public ValueTask DisposeAsync()
        {
            _changed.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
