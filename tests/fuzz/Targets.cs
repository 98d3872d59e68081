using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using MfaGateway.Policy;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Fuzz;

/// <summary>Everything that reads what strangers, providers or files say.</summary>
internal static partial class Targets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        DocumentTarget.Create(), FormatTarget.Create(), RequestTarget.Create(), ExamplesTarget.Create(), .. ImportTargets.Create(),
        RequestLineTargets.RequestTarget(), RequestLineTargets.ReturnAddress(), HeaderTargets.Headers(), HeaderTargets.Cookie(), FileTargets.Configuration(), FileTargets.AuditLine(),
        ProviderTargets.IdToken(), ProviderTargets.Metadata(), ProviderTargets.KeySet(), PostTargets.Callback(), PostTargets.LogoutToken(),
    ];

    /// <summary>Requests that a policy is asked: nobody from nowhere, a proven administrator, and one between them.</summary>
    public static IReadOnlyList<AccessRequest> Probes { get; } =
    [
        new() { Subject = AccessSubject.Anonymous, Resource = "owa" },
        new()
        {
            Resource = "ecp", Path = "/ecp/", HttpMethod = "POST", Source = IPAddress.Parse("10.1.2.3"), Country = "DE", Client = "browser", Platform = "windows",
            Now = new DateTimeOffset(2025, 6, 2, 9, 30, 0, TimeSpan.Zero),
            Subject = new AccessSubject
            {
                User = "alice@contoso.test", Provider = "adfs", Groups = new HashSet<string> { "Staff", "Exchange Admins" }, Methods = new HashSet<string> { "pwd", "fido" },
                Contexts = new HashSet<string> { "c1" }, Mfa = true, MfaAt = new DateTimeOffset(2025, 6, 2, 9, 29, 0, TimeSpan.Zero), DeviceManaged = true, DeviceCompliant = true,
                Claims = new Dictionary<string, IReadOnlyList<string>> { ["department"] = ["Sales", "Legal"] },
            },
        },
        new()
        {
            Resource = "owa", Path = "/owa/service.svc", Source = IPAddress.Parse("2001:db8::1"), Country = "unknown", Client = "other", Now = DateTimeOffset.MaxValue,
            Subject = new AccessSubject { User = "bob@contoso.test", Groups = new HashSet<string> { "Staff" }, Methods = new HashSet<string> { "pwd" }, DeviceManaged = false },
        },
    ];

    /// <summary>What problems must be like, and names for their kinds.</summary>
    /// <param name="problems">The problems.</param>
    /// <param name="text">The input.</param>
    /// <param name="root">How the places of this language begin.</param>
    public static List<string> Check(IReadOnlyList<PolicyProblem> problems, string text, string root)
    {
        var lines = text.Count(character => character is '\n' or '\r') + 1; // to XML, either ends a line
        foreach (var problem in problems)
        {
            FuzzFailure.Unless(problem.Path.StartsWith(root, StringComparison.Ordinal), $"the place of a problem begins with {root}, but here it is {problem.Path}");
            FuzzFailure.Unless(problem is { Message.Length: > 0, Remedy.Length: > 0 }, "a problem says what is wrong and what to do");
            FuzzFailure.Unless(problem.ToString().All(character => !char.IsControl(character)), "what is printed holds no control characters");
            FuzzFailure.Unless(problem.Line is >= 1 && problem.Line <= lines, $"a problem names its line: {problem}");
            FuzzFailure.Unless(Encoding.UTF8.GetByteCount(problem.ToString()) < 100_000, "a problem is short");
        }

        return [.. problems.Select(problem => Quoted().Replace(problem.Message, "`"))];
    }

    [GeneratedRegex("`[^`]*`|[0-9]+")]
    private static partial Regex Quoted();
}
