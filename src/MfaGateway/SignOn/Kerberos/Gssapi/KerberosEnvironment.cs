using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MfaGateway.SignOn.Kerberos.Gssapi;

/// <summary>What the Kerberos library reads besides its arguments: its configuration file and the environment. It reads the environment of C, which .NET
/// does not change, when it is first called.</summary>
internal static partial class KerberosEnvironment
{
    /// <summary>Nothing can be read or written there. So the process has no default credential that a token could speak for by mistake, whatever the
    /// configuration or the environment it was started in says. A cache in memory would not do: the library fills it when it finds a keytab.</summary>
    private const string Nobody = "FILE:/dev/null/nobody";

    /// <summary>Writes the configuration and points the library to it. Call it before anything of the library.</summary>
    /// <param name="options">Validated.</param>
    /// <param name="resolve">Makes a path of the configuration file absolute.</param>
    /// <param name="dataFolder">Where the file goes.</param>
    public static void Prepare(KerberosOptions options, Func<string, string> resolve, string dataFolder)
    {
        var file = Path.Combine(dataFolder, "krb5.conf");
        if (options.ConfigurationFile is { } own)
        {
            file = resolve(own);
        }
        else
        {
            Directory.CreateDirectory(dataFolder);
            var written = $"{file}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
            File.WriteAllText(written, Write(options));
            File.Move(written, file, overwrite: true);
        }

        Set("KRB5_CONFIG", file);
        Set("KRB5CCNAME", Nobody);
        Set("KRB5_CLIENT_KTNAME", Nobody);
        Set("KRB5_KTNAME", Nobody);
    }

    /// <summary>The configuration file (krb5.conf of MIT Kerberos).</summary>
    internal static string Write(KerberosOptions options)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            # Written by the gateway at its start. Set Gateway:Exchange:SignOn:Kerberos:ConfigurationFile to use a file of your own.
            [libdefaults]
              default_realm = {{options.Realm}}
              # without it no ticket can be delegated, and the domain controller does not say why
              forwardable = true
              # names are used as they are configured: DNS could be made to lead elsewhere, and would be asked for each token
              dns_canonicalize_hostname = false
              rdns = false
              dns_lookup_realm = false
              dns_lookup_kdc = {{(options.Kdcs.Count == 0 ? "true" : "false")}}
              # tickets seldom fit a datagram
              udp_preference_limit = 1
              default_ccache_name = {{Nobody}}
              default_client_keytab_name = {{Nobody}}
              permitted_enctypes = aes256-cts-hmac-sha384-192 aes128-cts-hmac-sha256-128 aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96

            """);
        if (options.Kdcs.Count == 0) return text.ToString();
        text.Append(CultureInfo.InvariantCulture, $"[realms]\n  {options.Realm} = {{\n");
        foreach (var kdc in options.Kdcs) text.Append(CultureInfo.InvariantCulture, $"    kdc = {kdc}\n");
        return text.Append("  }\n").ToString();
    }

    private static void Set(string name, string value)
    {
        if (SetVariable(name, value, overwrite: 1) != 0) throw new InvalidOperationException($"The environment variable {name} cannot be set.");
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
