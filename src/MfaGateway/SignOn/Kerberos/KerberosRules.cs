using MfaGateway.Configuration;
using MfaGateway.Exchange;

namespace MfaGateway.SignOn.Kerberos;

/// <summary>What annotations cannot say of the settings for Kerberos.</summary>
internal static class KerberosRules
{
    public const string MethodName = "Kerberos";

    private const string Here = "Exchange.SignOn.Kerberos";

    public static void Check(SignOnOptions signOn, Rules check)
    {
        if (!signOn.Method.Equals(MethodName, StringComparison.OrdinalIgnoreCase)) return;
        var options = signOn.Kerberos;
        CheckService(signOn.ServicePrincipalName, check);
        if (OperatingSystem.IsWindows()) return;
        // a form that is wrong was reported by the annotations
        check.That(options.Realm is { Length: > 0 }, $"{Here}.Realm", "A value is missing.", "Set it to the name of the Active Directory domain in capitals, for example CONTOSO.COM.");
        check.That(options.Account is { Length: > 0 }, $"{Here}.Account", "A value is missing.", "Set it to the account that may delegate, for example svc-gateway; docs/kerberos.md says how to make it.");
        if (check.That(options.Keytab is { Length: > 0 }, $"{Here}.Keytab", "A value is missing.", "Set it to the keytab file of that account; docs/kerberos.md says how to make it.")
            && check.Readable($"{Here}.Keytab", options.Keytab!))
            CheckKeytab(options, check);
        for (var n = 0; n < options.Kdcs.Count; n++)
            check.That(IsHost(options.Kdcs[n]), $"{Here}.Kdcs[{n}]", $"'{options.Kdcs[n]}' is not a host.", "Write dc1.contoso.com or dc1.contoso.com:88.");
        foreach (var (domain, realm) in options.Domains)
            check.That(IsRealm(realm), $"{Here}.Domains.{domain}", $"'{realm}' is not a realm.", "Write the domain's DNS name in capitals.");
        if (options.ConfigurationFile is { } file && check.Readable($"{Here}.ConfigurationFile", file)) CheckConfigurationFile(file, check);
    }

    private static void CheckService(string? name, Rules check)
    {
        const string At = "Exchange.SignOn.ServicePrincipalName";
        if (!check.That(name is { Length: > 0 }, At, "A value is missing.", "Set it to the service that Exchange answers for, for example HTTP/mail.contoso.com.")) return;
        check.That(name!.Split('/') is [{ Length: > 0 }, { Length: > 0 } host] && IsHost(host) && !host.Contains(':', StringComparison.Ordinal), At, $"'{name}' is not a service principal name.", "Write service and host, for example HTTP/mail.contoso.com, without a realm.");
    }

    private static bool IsRealm(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c is '.' or '-');

    /// <summary>Names and numbers only: what stands here goes into a line of <c>krb5.conf</c>.</summary>
    private static bool IsHost(string text)
    {
        var host = text.Split(':');
        return host.Length <= 2 && host[0].Length > 0 && host[0].All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')
            && (host.Length == 1 || ushort.TryParse(host[1], System.Globalization.NumberStyles.None, null, out _));
    }

    private static void CheckKeytab(KerberosOptions options, Rules check)
    {
        const string At = $"{Here}.Keytab";
        try
        {
            var entries = Keytab.Read(File.ReadAllBytes(check.Resolve(options.Keytab!)));
            if (options.Account is not { } account || options.Realm is not { } realm || !IsRealm(realm) || account.AsSpan().ContainsAny('@', '/', '\\')) return; // reported already
            var principal = $"{account}@{realm}";
            var mine = entries.Where(entry => entry.Principal.Equals(principal, StringComparison.OrdinalIgnoreCase)).ToList();
            if (!check.That(mine.Count > 0, At, $"'{options.Keytab}' holds no key of {principal}, only of {Others(entries)}.", $"Make it with ktpass or ktutil for {principal}; docs/kerberos.md says how.")) return;
            if (!check.That(mine.Exists(entry => entry.Principal == principal), At, $"'{options.Keytab}' writes the account as {mine[0].Principal}, the configuration as {principal}.", "Use the same capitals in both: Kerberos names have a case.")) return;
            check.That(options.ConfigurationFile is not null || mine.Exists(entry => entry.IsAes), At, $"'{options.Keytab}' holds RC4 keys only.", "Let the account use AES, set its password anew, and make the keytab with AES256-SHA1.");
        }
        catch (InvalidDataException e)
        {
            check.That(false, At, $"'{options.Keytab}' is not a keytab: {e.Message}", "Make it with ktpass, ktutil or msktutil; docs/kerberos.md says how.");
        }
    }

    private static string Others(IReadOnlyList<KeytabEntry> entries) =>
        entries.Count == 0 ? "nobody" : string.Join(", ", entries.Select(entry => entry.Principal).Distinct(StringComparer.Ordinal).Take(5));

    /// <summary>Without it the domain controller refuses every delegation, with an error that says nothing of it (KDC_ERR_BADOPTION).</summary>
    private static void CheckConfigurationFile(string file, Rules check) => check.That(
        File.ReadLines(check.Resolve(file)).Any(line => line.Replace(" ", "", StringComparison.Ordinal).Trim() is "forwardable=true" or "forwardable=yes"),
        $"{Here}.ConfigurationFile", $"'{file}' does not say that tickets are forwardable, so that none can be delegated.", "Write forwardable = true below [libdefaults].");
}
