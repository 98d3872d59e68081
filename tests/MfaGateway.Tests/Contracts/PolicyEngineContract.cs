using System.Collections.Concurrent;
using CsCheck;
using MfaGateway.Access;
using MfaGateway.Policy;
using MfaGateway.Tests.Policy;

namespace MfaGateway.Tests.Contracts;

/// <summary>What every policy engine promises, whoever decides behind it. A test of an engine gives it the policy to decide by.</summary>
public abstract class PolicyEngineContract : IAsyncLifetime
{
    /// <summary>The rules of the sample policy and of the sample for Open Policy Agent.</summary>
    private static readonly PolicySet Policy = Policies.WithRules(
        """{ "id": "staff-mail", "effect": "permit", "when": { "resource": ["owa", "ecp-options"], "group": ["Staff"] }, "demand": { "mfa": true, "maxAge": "12:00:00" } }""",
        """{ "id": "admins-ecp", "effect": "permit", "when": { "resource": ["ecp"], "group": ["Exchange Admins"] }, "demand": { "mfa": true, "maxAge": "00:15:00" } }""",
        """{ "id": "ecp-inside", "effect": "forbid", "when": { "resource": ["ecp"], "not": { "network": ["intranet"] } } }""",
        """{ "id": "finance-keys", "effect": "require", "when": { "group": ["Finance"] }, "demand": { "method": ["fido", "hwk"], "context": ["c1"] } }""",
        """{ "id": "sales-managed", "effect": "require", "when": { "claim": [{ "type": "department", "operator": "equals", "value": "Sales" }] }, "demand": { "device": { "managed": true } } }""",
        """{ "id": "not-from-there", "effect": "forbid", "when": { "country": ["KP"] } }""");

    private static readonly Gen<AccessRequest> Requests = Gen.Select(
        Of("owa", "ecp", "ecp-options", "calendar"),
        Of("Staff", "staff", "Exchange Admins", "Finance", "Other").HashSet[0, 3],
        Of("pwd", "otp", "hwk").HashSet[0, 2],
        Gen.Select(Gen.Bool, Of<int?>(null, -1, 0, 10, 15, 16, 720, 721)),
        Of("10.1.2.3", "203.0.113.7", "::ffff:10.1.2.3", "2001:db8::7", null!),
        Gen.Select(Of<bool?>(true, false, null), Of("Sales", "Ünïcødé \"quoted\"", null!), Of("KP", "DE", null!)),
        (resource, groups, methods, mfa, source, rest) => Policies.Request(new AccessSubject
        {
            User = "alice@contoso.test",
            Provider = "adfs",
            Groups = groups,
            Methods = methods,
            Contexts = methods.Contains("otp") ? new HashSet<string> { "C1" } : new HashSet<string>(),
            Mfa = mfa.Item1,
            MfaAt = mfa.Item1 && mfa.Item2 is { } minutes ? Policies.Now.AddMinutes(-minutes) : null,
            DeviceManaged = rest.Item1,
            Claims = rest.Item2 is { } department ? new Dictionary<string, IReadOnlyList<string>> { ["department"] = ["x", department] } : new Dictionary<string, IReadOnlyList<string>>(),
        }) with { Resource = resource, Source = source is null ? null : System.Net.IPAddress.Parse(source), Country = rest.Item3, Client = "browser", Platform = "windows" });

    private static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(n => values[n]);

    private IPolicyEngine? _engine;

    private protected IPolicyEngine Engine => _engine!;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An engine that decides by this policy.</summary>
    private protected abstract Task<IPolicyEngine> CreateAsync(PolicySet policy);

    public async ValueTask InitializeAsync() => _engine = await CreateAsync(Policy);

    public virtual ValueTask DisposeAsync()
    {
        (_engine as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Its_name_is_a_word_for_the_configuration() => Assert.Matches("^[a-z]+$", Engine.Name);

    [Fact]
    public async Task It_says_that_it_answers() => Assert.True(await Engine.AnswersAsync(Cancel));

    [Fact]
    public async Task It_decides_as_its_policy_says_and_asks_for_what_the_policy_asks()
    {
        var seen = new ConcurrentDictionary<DecisionKind, bool>();

        await Requests.SampleAsync(async request =>
        {
            var (answer, expected, demand) = (await Engine.DecideAsync(request, Cancel), Policy.Decide(request), Policy.DemandsOf(request));

            Assert.Equal(expected, answer.Decision);
            Assert.Equal((demand.Mfa, demand.MaxAge), (answer.Demand.Mfa, answer.Demand.MaxAge));
            Assert.Equal(demand.Methods.SelectMany(methods => methods), answer.Demand.Methods.SelectMany(methods => methods));
            Assert.Equal(demand.Contexts.SelectMany(contexts => contexts), answer.Demand.Contexts.SelectMany(contexts => contexts));
            seen[expected.Kind] = true;
        }, iter: 500);

        Assert.Equal(3, seen.Count); // all three answers came up
    }

    [Fact]
    public async Task Many_requests_at_once_get_each_their_own_answer()
    {
        var staff = Policies.Request(new AccessSubject { Groups = new HashSet<string> { "Staff" }, Mfa = true, MfaAt = Policies.Now }) with { Country = "DE" };
        var stranger = Policies.Request(AccessSubject.Anonymous) with { Country = "DE" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => Engine.DecideAsync(n % 2 == 0 ? staff : stranger, Cancel).AsTask()));

        Assert.All(answers.Index(), answer => Assert.Equal(answer.Index % 2 == 0 ? DecisionKind.Allow : DecisionKind.Deny, answer.Item.Decision.Kind));
    }

    [Fact]
    public async Task Nobody_is_denied_and_asked_for_nothing()
    {
        var answer = await Engine.DecideAsync(Policies.Request(AccessSubject.Anonymous), Cancel);

        Assert.Equal(DecisionKind.Deny, answer.Decision.Kind);
        Assert.Equal(StepUpDemand.None, answer.Demand);
    }
}
