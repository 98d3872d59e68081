using MfaGateway.Tests.Configuration;

namespace MfaGateway.Tests.SignOn.Kerberos;

public sealed class KerberosSettingsTests : IDisposable
{
    private const string Complete =
        """
        "Method": "Kerberos", "ServicePrincipalName": "HTTP/mail.contoso.com"
        """;

    private readonly ConfigurationFolder _folder = new();

    public KerberosSettingsTests()
    {
        File.WriteAllBytes(_folder.PathOf("gateway.keytab"), Key("CONTOSO.COM", "svc-gateway", type: 18));
        File.WriteAllBytes(_folder.PathOf("other.keytab"), Key("CONTOSO.COM", "svc-other", type: 18));
        File.WriteAllBytes(_folder.PathOf("old.keytab"), Key("CONTOSO.COM", "svc-gateway", type: 23));
        File.WriteAllBytes(_folder.PathOf("capitals.keytab"), Key("CONTOSO.COM", "SVC-Gateway", type: 18));
        _folder.Write("krb5.conf", "[libdefaults]\n  forwardable = true\n");
        _folder.Write("weak.conf", "[libdefaults]\n  forwardable = false\n");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"Realm":"CONTOSO.COM","Account":"svc-gateway","Keytab":"gateway.keytab"}""")]
    [InlineData("""{"Realm":"CONTOSO.COM","Account":"svc-gateway","Keytab":"gateway.keytab","Kdcs":["dc1.contoso.com","192.0.2.1:1088"],"Domains":{"CONTOSO":"CONTOSO.COM"},"UserName":"samAccountName"}""")]
    [InlineData("""{"Realm":"CONTOSO.COM","Account":"svc-gateway","Keytab":"old.keytab","ConfigurationFile":"krb5.conf"}""")] // whose own file it is to say which encryption
    public void What_is_complete_is_accepted(string kerberos)
    {
        Patch($"{Complete}, \"Kerberos\": {kerberos}");

        Assert.Empty(_folder.Load().Problems);
    }

    public static TheoryData<string, string, string, string> Mistakes => new()
    {
        { """{"Realm":null}""", "Realm", "A value is missing.", "CONTOSO.COM" },
        { """{"Realm":"contoso.com"}""", "Realm", "'contoso.com' has the wrong form.", "capitals" },
        { """{"Account":null}""", "Account", "A value is missing.", "svc-gateway" },
        { """{"Account":"CONTOSO\\svc-gateway"}""", "Account", "has the wrong form.", "without a domain" },
        { """{"Keytab":null}""", "Keytab", "A value is missing.", "docs/kerberos.md" },
        { """{"Keytab":"none.keytab"}""", "Keytab", "cannot be read", "Check the path" },
        { """{"Keytab":"policy.json"}""", "Keytab", "is not a keytab", "ktpass" },
        { """{"Keytab":"other.keytab"}""", "Keytab", "holds no key of svc-gateway@CONTOSO.COM, only of svc-other@CONTOSO.COM", "ktpass" },
        { """{"Keytab":"capitals.keytab"}""", "Keytab", "writes the account as SVC-Gateway@CONTOSO.COM", "same capitals" },
        { """{"Keytab":"old.keytab"}""", "Keytab", "holds RC4 keys only", "AES" },
        { """{"Kdcs":["dc1 } evil"]}""", "Kdcs[0]", "is not a host", "dc1.contoso.com" },
        { """{"Kdcs":["dc1:port"]}""", "Kdcs[0]", "is not a host", "dc1.contoso.com:88" },
        { """{"Domains":{"CONTOSO":"contoso.com"}}""", "Domains.CONTOSO", "'contoso.com' is not a realm.", "capitals" },
        { """{"ConfigurationFile":"weak.conf"}""", "ConfigurationFile", "tickets are forwardable", "forwardable = true" },
        { """{"ConfigurationFile":"none.conf"}""", "ConfigurationFile", "cannot be read", "Check the path" },
        { """{"UserName":"email"}""", "UserName", "'email' is not possible here.", "upn or samAccountName" },
        { """{"Authentication":"Never"}""", "Authentication", "'Never' is not possible here.", "PerRequest or PerConnection or Auto" },
        { """{"Workers":0}""", "Workers", "'0' is out of range.", "from 1 to 256" },
        { """{"CacheUsers":1}""", "CacheUsers", "'1' is out of range.", "from 10" },
        { """{"TicketLifetime":"11:00:00"}""", "TicketLifetime", "'11:00:00' is out of range.", "to 10:00:00" },
        { """{"KdcTimeout":"00:02:00"}""", "KdcTimeout", "'00:02:00' is out of range.", "to 00:01:00" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_with_its_remedy(string patch, string setting, string found, string remedy)
    {
        Patch($"{Complete}, \"Kerberos\": {Merged(patch)}");

        var problem = Assert.Single(_folder.Load().Problems);

        Assert.Equal($"$.Gateway.Exchange.SignOn.Kerberos.{setting}", problem.Path);
        Assert.Contains(found, problem.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, problem.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null", "A value is missing.")]
    [InlineData("\"mail.contoso.com\"", "is not a service principal name")]
    [InlineData("\"HTTP/mail.contoso.com@CONTOSO.COM\"", "is not a service principal name")]
    [InlineData("\"HTTP/\"", "is not a service principal name")]
    public void The_service_must_be_named(string name, string found)
    {
        Patch($"\"Method\": \"Kerberos\", \"ServicePrincipalName\": {name}, \"Kerberos\": {Merged("{}")}");

        var problem = Assert.Single(_folder.Load().Problems);

        Assert.Equal("$.Gateway.Exchange.SignOn.ServicePrincipalName", problem.Path);
        Assert.Contains(found, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_method_needs_none_of_it()
    {
        _folder.Patch("""{"Exchange":{"SignOn":{ "Method": "PassThrough", "Kerberos": { "Keytab": "none" } }}}""");

        Assert.Empty(_folder.Load().Problems);
    }

    private void Patch(string signOn) => _folder.Patch("""{"Exchange":{"SignOn":{""" + signOn + "}}}");

    private static string Merged(string patch)
    {
        var settings = System.Text.Json.Nodes.JsonNode.Parse("""{"Realm":"CONTOSO.COM","Account":"svc-gateway","Keytab":"gateway.keytab"}""")!.AsObject();
        foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse(patch)!.AsObject()) settings[name] = value?.DeepClone();
        return settings.ToJsonString();
    }

    /// <summary>A keytab with one key.</summary>
    private static byte[] Key(string realm, string name, byte type)
    {
        byte[] body = [0, 1, .. Text(realm), .. Text(name), 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, type, 0, 2, 7, 7];
        return [5, 2, 0, 0, 0, (byte)body.Length, .. body];

        static byte[] Text(string text) => [0, (byte)text.Length, .. System.Text.Encoding.ASCII.GetBytes(text)];
    }
}
