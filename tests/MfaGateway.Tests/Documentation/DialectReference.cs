using System.Globalization;
using System.Text;
using MfaGateway.Exchange;
using MfaGateway.SignIn;

namespace MfaGateway.Tests.Documentation;

/// <summary>Writes what the kinds of providers and the list of option pages fill in where the configuration says nothing.</summary>
internal static class DialectReference
{
    public static string WriteEvidence()
    {
        var text = new StringBuilder();
        WriteKind(text, "Adfs", Settings.Adfs());
        WriteKind(text, "Entra", Settings.Entra());
        WriteKind(text, "Oidc", Settings.Oidc(o => o.Evidence.Mfa.Clear()));
        return text.ToString().TrimEnd();
    }

    public static string WriteEcpOptions() => string.Join('\n', ExchangeShapes.DefaultEcpOptions.Select(shape => $"- `{shape}`"));

    private static void WriteKind(StringBuilder text, string kind, ProviderOptions options)
    {
        var profile = Settings.Provider(options).Profile;
        var title = kind == "Entra" ? "`Entra`, with `AuthenticationContext` set to `c1`" : $"`{kind}`";
        text.Append(CultureInfo.InvariantCulture, $"### {title}\n\n| Setting | Default |\n|---|---|\n");
        Row("Scopes", profile.Scopes);
        Row("Evidence:Mfa", profile.Mfa.Select(rule => $"{rule.Claim} = {string.Join(" or ", rule.AnyOf)}"), kind == "Oidc" ? "**required**" : "–");
        Row("Evidence:MfaTime", profile.MfaTimes);
        Row("Evidence:Methods", profile.Methods);
        Row("Evidence:Contexts", profile.Contexts);
        Row("Evidence:Managed", profile.Managed.Select(rule => $"{rule.Claim} = {string.Join(" or ", rule.AnyOf)}"));
        Row("Evidence:MethodNames", profile.MethodNames.OrderBy(n => n.Key, StringComparer.Ordinal).Select(n => $"{n.Key} → {n.Value}"));
        Row("AssertionAlgorithm", [profile.AssertionAlgorithm]);
        Row("counts only as a JSON array", profile.ArrayClaims);
        text.Append('\n');

        void Row(string setting, IEnumerable<string> values, string none = "–")
        {
            var shown = string.Join("<br>", values.Select(value => $"`{value}`"));
            text.Append(CultureInfo.InvariantCulture, $"| {(setting.Contains(' ', StringComparison.Ordinal) ? setting : $"`{setting}`")} | {(shown.Length > 0 ? shown : none)} |\n");
        }
    }
}
