using MfaGateway.Access.Opa;
using MfaGateway.Configuration;

namespace MfaGateway.Access;

/// <summary>Which policy engines there are, and what must hold of their settings.</summary>
internal static class EngineRules
{
    private static readonly string[] _engines = [DocumentEngine.EngineName, OpaEngine.EngineName];

    public static bool IsOpa(PolicyOptions policy) => policy.Engine.Equals(OpaEngine.EngineName, StringComparison.OrdinalIgnoreCase);

    public static void Check(PolicyOptions policy, Rules check)
    {
        check.OneOf("Policy.Engine", policy.Engine, _engines);
        if (IsOpa(policy)) CheckOpa(policy.Opa, check);
        else check.That(policy.Path is not null, "Policy.Path", "A value is missing.", "Set it to the policy document; only the engine opa does without.");
    }

    private static void CheckOpa(OpaOptions opa, Rules check)
    {
        const string Example = "Write https://opa.contoso.com:8181, or http://127.0.0.1:8181 for an agent on this machine.";
        if (opa.TrustedCertificates is { } pem) check.PemFile("Policy.Opa.TrustedCertificates", pem);
        if (!check.That(opa.Url is not null, "Policy.Opa.Url", "The engine opa has no address.", Example)) return;
        var (url, isOrigin) = (opa.Url!, opa.Url is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" });
        check.That(isOrigin && url.Scheme is "https" or "http", "Policy.Opa.Url", $"'{url}' is not the address of an agent.", Example);
        check.That(url.Scheme != "http" || url.IsLoopback, "Policy.Opa.Url", $"'{url}' leaves this machine without TLS, and facts about people would go with it.", Example);
    }
}
