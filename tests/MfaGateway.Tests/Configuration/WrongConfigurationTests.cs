namespace MfaGateway.Tests.Configuration;

public sealed class WrongConfigurationTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A merge patch of a valid configuration, where the one problem is reported, and words of what was found and of the remedy.</summary>
    public static TheoryData<string, string, string, string> Mistakes => new()
    {
        // names
        { """{"Sesions":{}}""", "$.Gateway.Sesions", "There is no setting 'Sesions'.", "Did you mean `Sessions`?" },
        { """{"Sessions":{"IdleTimout":"00:10:00"}}""", "$.Gateway.Sessions.IdleTimout", "There is no setting 'IdleTimout'.", "Did you mean `IdleTimeout`?" },
        { """{"Providers":{"adfs":{"RelyingParty":"x"}}}""", "$.Gateway.Providers.adfs.RelyingParty", "There is no setting 'RelyingParty'.", "Known: `AskForMfaAtSignIn`," },
        { """{"Audit":{"Sinks":[{"Kind":"File","Path":"a","Requird":true}]}}""", "$.Gateway.Audit.Sinks[0].Requird", "There is no setting", "Did you mean `Required`?" },
        { """{"Providers":{"adfs":{"Kind":"Adsf"}}}""", "$.Gateway.Providers.adfs.Kind", "There is no 'Adsf'.", "Did you mean `Adfs`?" },
        { """{"Sessions":{"Store":"Oracle"}}""", "$.Gateway.Sessions.Store", "There is no 'Oracle'.", "Known: `Memory`, `Redis`, `Sqlite`" },
        { """{"Audit":{"Sinks":[{"Kind":"Syslog","Path":"x"}]}}""", "$.Gateway.Audit.Sinks[0].Kind", "There is no 'Syslog'.", "`File`" },
        { """{"Exchange":{"SignOn":{"Method":"Basic"}}}""", "$.Gateway.Exchange.SignOn.Method", "There is no 'Basic'.", "`PassThrough`" },
        { """{"DefaultProvider":"afds"}""", "$.Gateway.DefaultProvider", "There is no provider 'afds'.", "Did you mean `adfs`?" },
        { """{"Providers":{"my provider":{"Kind":"Adfs","Authority":"https://a","ClientId":"x","Resource":"r","ClientCertificate":{"Path":"tls.pem","KeyPath":"tls.key"}}}}""",
            "$.Gateway.Providers.my provider", "'my provider' stands in an address", "letters, digits" },
        // types
        { """{"Sessions":{"IdleTimeout":"half an hour"}}""", "$.Gateway.Sessions.IdleTimeout", "'half an hour' cannot be read", "hh:mm:ss" },
        { """{"Sessions":{"IdleTimeout":"30"}}""", "$.Gateway.Sessions.IdleTimeout", "'30' cannot be read", "hh:mm:ss" }, // .NET would take it for days
        { """{"Sessions":{"AbsoluteTimeout":"48:00:00"}}""", "$.Gateway.Sessions.AbsoluteTimeout", "'48:00:00' cannot be read", "d.hh:mm:ss for days" }, // and this too
        { """{"Sessions":{"IdleTimeout":{"Minutes":30}}}""", "$.Gateway.Sessions.IdleTimeout", "an object or a list where a single one belongs", "hh:mm:ss" },
        { """{"Sessions":"Sqlite"}""", "$.Gateway.Sessions", "'Sqlite' stands where an object belongs", "{ … }" },
        { """{"Exchange":{"HealthCheck":{"Failures":"three"}}}""", "$.Gateway.Exchange.HealthCheck.Failures", "'three' cannot be read", "a whole number" },
        { """{"Audit":{"EveryRequest":"yes"}}""", "$.Gateway.Audit.EveryRequest", "'yes' cannot be read", "true or false" },
        { """{"PublicOrigin":"mail.contoso.com"}""", "$.Gateway.PublicOrigin", "'mail.contoso.com' cannot be read", "an absolute address such as https://mail.contoso.com" },
        { """{"Exchange":{"Servers":"https://ex1.contoso.com"}}""", "$.Gateway.Exchange.Servers", "stands where a list or an object belongs", "[ … ]" },
        { """{"Providers":"adfs"}""", "$.Gateway.Providers", "'adfs' stands where a list or an object belongs", "{ … }" },
        // missing
        { """{"PublicOrigin":null}""", "$.Gateway.PublicOrigin", "A value is missing.", "Set it" },
        { """{"Policy":null}""", "$.Gateway.Policy.Path", "A value is missing.", "Set it" },
        { """{"Providers":null}""", "$.Gateway.Providers", "No identity provider is configured.", "Add one" },
        { """{"Providers":{"adfs":{"Kind":null}}}""", "$.Gateway.Providers.adfs.Kind", "A value is missing.", "Set it" },
        { """{"Providers":{"adfs":{"ClientId":null}}}""", "$.Gateway.Providers.adfs.ClientId", "A value is missing.", "Set it" },
        { """{"Providers":{"adfs":{"Authority":null}}}""", "$.Gateway.Providers.adfs.Authority", "The issuer's address is missing.", "https://sts.contoso.com/adfs" },
        { """{"Providers":{"adfs":{"Resource":null}}}""", "$.Gateway.Providers.adfs.Resource", "AD FS without a resource applies no policy of yours", "identifier of the Web API" },
        { """{"Providers":{"adfs":{"Resource":" "}}}""", "$.Gateway.Providers.adfs.Resource", "MFA could be skipped", "identifier of the Web API" },
        { """{"Providers":{"adfs":{"ClientCertificate":null}}}""", "$.Gateway.Providers.adfs", "nothing to prove itself with", "Gateway__Providers__adfs__ClientSecret" },
        { """{"Providers":{"other":{"Evidence":null}}}""", "$.Gateway.Providers.other.Evidence.Mfa", "Nothing says which claims", "\"Claim\": \"amr\"" },
        { """{"Providers":{"other":{"Evidence":{"Mfa":[{"AnyOf":["mfa"]}]}}}}""", "$.Gateway.Providers.other.Evidence.Mfa[0].Claim", "A value is missing.", "Set it" },
        { """{"Providers":{"other":{"Evidence":{"Mfa":[{"Claim":"amr"}]}}}}""", "$.Gateway.Providers.other.Evidence.Mfa[0].AnyOf", "The list is empty.", "at least one" },
        { """{"Providers":{"entra":{"AuthenticationContext":null}}}""", "$.Gateway.Providers.entra.AuthenticationContext", "shows MFA by itself", "TrustConditionalAccess" },
        { """{"Providers":{"entra":{"TenantId":"common"}}}""", "$.Gateway.Providers.entra.TenantId", "'common' is not a tenant's GUID", "would let every tenant in" },
        { """{"Exchange":{"Servers":[]}}""", "$.Gateway.Exchange.Servers", "The list is empty.", "at least one" },
        { """{"Audit":{"Sinks":[]}}""", "$.Gateway.Audit.Sinks", "The list is empty.", "at least one" },
        { """{"Audit":{"Sinks":[{"Kind":"File"}]}}""", "$.Gateway.Audit.Sinks[0].Path", "no file", "audit.jsonl" },
        { """{"Listen":{"Certificate":null}}""", "$.Gateway.Listen.Certificate", "An https address has no certificate.", "Listen.Certificate.Path" },
        { """{"Listen":{"Certificate":{"Path":null}}}""", "$.Gateway.Listen.Certificate", "either from a file or from the store", "Set Path or Thumbprint" },
        // values
        { """{"Sessions":{"IdleTimeout":"00:00:01"}}""", "$.Gateway.Sessions.IdleTimeout", "'00:00:01' is out of range.", "from 00:00:02 to 1.00:00:00" },
        { """{"Sessions":{"IdleTimeout":"1.00:00:01","AbsoluteTimeout":"2.00:00:00"}}""", "$.Gateway.Sessions.IdleTimeout", "'1.00:00:01' is out of range.", "to 1.00:00:00" },
        { """{"Sessions":{"IdleTimeout":"11:00:00"}}""", "$.Gateway.Sessions.AbsoluteTimeout", "(10:00:00) is shorter than IdleTimeout (11:00:00)", "at least as long" },
        { """{"Sessions":{"Recheck":{"Every":"00:00:01"}}}""", "$.Gateway.Sessions.Recheck.Every", "'00:00:01' is out of range.", "from 00:00:02 to 1.00:00:00" },
        { """{"Sessions":{"Recheck":{"Every":"10:00:00"}}}""", "$.Gateway.Sessions.Recheck.Every", "No session lives for 10:00:00", "less than AbsoluteTimeout (10:00:00)" },
        { """{"Exchange":{"HealthCheck":{"Failures":0}}}""", "$.Gateway.Exchange.HealthCheck.Failures", "'0' is out of range.", "from 1 to 100" },
        { """{"Exchange":{"MaxUploadBytes":10}}""", "$.Gateway.Exchange.MaxUploadBytes", "'10' is out of range.", "from 1000000" },
        { """{"Exchange":{"EcpSessionEndStatus":404}}""", "$.Gateway.Exchange.EcpSessionEndStatus", "'404' is not possible here.", "440 or 401" },
        { """{"Providers":{"entra":{"AuthenticationContext":"c100"}}}""", "$.Gateway.Providers.entra.AuthenticationContext", "'c100' has the wrong form.", "c1 to c99" },
        { """{"Providers":{"adfs":{"AssertionAlgorithm":"HS256"}}}""", "$.Gateway.Providers.adfs.AssertionAlgorithm", "'HS256' is not possible here.", "RS256 or PS256" },
        { """{"Providers":{"adfs":{"SigningAlgorithms":["RS256","none"]}}}""", "$.Gateway.Providers.adfs.SigningAlgorithms", "'none'", "RS256, RS384" },
        { """{"Providers":{"adfs":{"Evidence":{"TrustConditionalAccess":true}}}}""", "$.Gateway.Providers.adfs.Evidence.TrustConditionalAccess", "Only Entra has Conditional Access.", "Remove it" },
        // addresses
        { """{"PublicOrigin":"http://mail.contoso.com"}""", "$.Gateway.PublicOrigin", "'http://mail.contoso.com/' is not https.", "write https://" },
        { """{"PublicOrigin":"https://mail.contoso.com/owa"}""", "$.Gateway.PublicOrigin", "is more than an origin", "scheme, host and port only" },
        { """{"PublicOrigin":"/owa/x"}""", "$.Gateway.PublicOrigin", "'/owa/x' cannot be read", "an absolute address such as https://mail.contoso.com" },
        { """{"Listen":{"Url":"*:443"}}""", "$.Gateway.Listen.Url", "'*:443' is not an address to listen on.", "https://*:443" },
        { """{"Listen":{"Url":"https://mail.contoso.com"}}""", "$.Gateway.Listen.Url", "'https://mail.contoso.com' is not an address to listen on.", "https://*:443" },
        { """{"Management":{"Url":"127.0.0.1:8445"}}""", "$.Gateway.Management.Url", "is not an address to listen on", "http://127.0.0.1:8445" },
        { """{"Providers":{"adfs":{"Authority":"http://sts.contoso.com/adfs"}}}""", "$.Gateway.Providers.adfs.Authority", "is not an https address", "https://sts.contoso.com/adfs" },
        { """{"Providers":{"entra":{"Instance":"login.microsoftonline.com"}}}""", "$.Gateway.Providers.entra.Instance", "is not an https address", "https://login.microsoftonline.com" },
        { """{"Exchange":{"Servers":["http://ex1.contoso.com"]}}""", "$.Gateway.Exchange.Servers[0]", "is not the https address of a server", "https://ex1.contoso.com" },
        { """{"Exchange":{"Servers":["https://ex1.contoso.com/owa"]}}""", "$.Gateway.Exchange.Servers[0]", "is not the https address of a server", "without a path" },
        { """{"Exchange":{"Servers":["https://ex1.contoso.com","https://EX1.contoso.com"]}}""", "$.Gateway.Exchange.Servers", "A server is listed twice.", "each once" },
        { """{"Exchange":{"SignOn":{"PostOrigins":["https://sts.contoso.com/"]}}}""", "$.Gateway.Exchange.SignOn.PostOrigins[0]", "is not an origin", "without a slash at the end" },
        { """{"ForwardedHeaders":{"KnownNetworks":["0.0.0.0/0"]}}""", "$.Gateway.ForwardedHeaders.KnownNetworks[0]", "holds everybody", "addresses of your balancers" },
        { """{"ForwardedHeaders":{"KnownNetworks":["::/0"]}}""", "$.Gateway.ForwardedHeaders.KnownNetworks[0]", "holds everybody", "addresses of your balancers" },
        { """{"ForwardedHeaders":{"KnownNetworks":["10.0.0.0/33"]}}""", "$.Gateway.ForwardedHeaders.KnownNetworks[0]", "'10.0.0.0/33' is not a network", "192.0.2.0/24" },
        { """{"ForwardedHeaders":{"KnownProxies":["balancer1"]}}""", "$.Gateway.ForwardedHeaders.KnownProxies[0]", "'balancer1' is not an IP address", "192.0.2.10" },
        // paths
        { """{"Exchange":{"Publish":{"Extra":[{"Path":"/ews/*"}]}}}""", "$.Gateway.Exchange.Publish.Extra[0].Path", "'/ews/*' has the wrong form.", "/owa/ or /ecp/" },
        { """{"Exchange":{"Publish":{"Extra":[{"Path":"/owa/x","Methods":["DELETE"]}]}}}""", "$.Gateway.Exchange.Publish.Extra[0].Methods", "not GET, HEAD or POST", "no other" },
        { """{"Exchange":{"Publish":{"EcpOptions":["/owa/x"]}}}""", "$.Gateway.Exchange.Publish.EcpOptions[0]", "not below /ecp/", "/ecp/…" },
        // files
        { """{"Policy":{"Path":"missing.json"}}""", "$.Gateway.Policy.Path", "The file 'missing.json' cannot be read", "relative ones begin at the configuration file" },
        { """{"Listen":{"Certificate":{"Path":"missing.pem"}}}""", "$.Gateway.Listen.Certificate.Path", "'missing.pem' cannot be read", "Check the path" },
        { """{"Listen":{"Certificate":{"KeyPath":"missing.key"}}}""", "$.Gateway.Listen.Certificate.KeyPath", "'missing.key' cannot be read", "Check the path" },
        { """{"Listen":{"Certificate":{"Path":"policy.json"}}}""", "$.Gateway.Listen.Certificate", "'policy.json' cannot be used", "belong together" },
        { """{"Listen":{"Certificate":{"KeyPath":"policy.json"}}}""", "$.Gateway.Listen.Certificate", "'tls.pem' cannot be used", "belong together" },
        { """{"Listen":{"Certificate":{"KeyPath":null}}}""", "$.Gateway.Listen.Certificate", "'tls.pem' cannot be used", "KeyPath" },
        { """{"Listen":{"Certificate":{"Path":"tls.pfx","KeyPath":null}}}""", "$.Gateway.Listen.Certificate", "'tls.pfx' cannot be used", "password" },
        { """{"Providers":{"other":{"TrustedCertificates":"policy.json"}}}""", "$.Gateway.Providers.other.TrustedCertificates", "holds no certificate", "BEGIN CERTIFICATE" },
        { """{"Exchange":{"TrustedCertificates":"missing.pem"}}""", "$.Gateway.Exchange.TrustedCertificates", "'missing.pem' cannot be read", "Check the path" },
        { """{"Branding":{"LogoPath":"large.png"}}""", "$.Gateway.Branding.LogoPath", "larger than 65,536 bytes", "a smaller file" },
        { """{"Policy":{"Path":"wrong-policy.json"}}""", "$.Gateway.Policy.Path", "In 'wrong-policy.json' at $.rules[0].effect", "`permit`" },
        // policy engines and plug-ins
        { """{"Policy":{"Engine":"rego"}}""", "$.Gateway.Policy.Engine", "There is no 'rego'.", "`document`" },
        { """{"Policy":{"Engine":"opa"}}""", "$.Gateway.Policy.Opa.Url", "no address", "http://127.0.0.1:8181" },
        { """{"Policy":{"Engine":"opa","Opa":{"Url":"http://opa.contoso.com:8181"}}}""", "$.Gateway.Policy.Opa.Url", "without TLS", "https://opa.contoso.com:8181" },
        { """{"Policy":{"Engine":"opa","Opa":{"Url":"https://opa.contoso.com/v1/data"}}}""", "$.Gateway.Policy.Opa.Url", "not the address of an agent", "https://opa.contoso.com:8181" },
        { """{"Policy":{"Engine":"opa","Opa":{"Url":"ftp://127.0.0.1"}}}""", "$.Gateway.Policy.Opa.Url", "not the address of an agent", "https://opa.contoso.com:8181" },
        { """{"Policy":{"Opa":{"Path":"/mfagw/decision?pretty"}}}""", "$.Gateway.Policy.Opa.Path", "has the wrong form", "mfagw/decision" },
        { """{"Policy":{"Opa":{"Timeout":"00:01:00"}}}""", "$.Gateway.Policy.Opa.Timeout", "'00:01:00' is out of range.", "to 00:00:30" },
        { """{"Policy":{"Opa":{"BreakAfter":1}}}""", "$.Gateway.Policy.Opa.BreakAfter", "'1' is out of range.", "from 2" },
        { """{"Policy":{"Engine":"opa","Opa":{"Url":"https://opa","TrustedCertificates":"policy.json"}}}""", "$.Gateway.Policy.Opa.TrustedCertificates", "holds no certificate", "BEGIN CERTIFICATE" },
        { """{"Policy":{"PlugIns":"nowhere"}}""", "$.Gateway.Policy.PlugIns", "The plug-ins cannot be read", "Check the path" },
        { """{"Policy":{"PlugInHashes":["abc"]}}""", "$.Gateway.Policy.PlugInHashes[0]", "'abc' is not a SHA-256.", "sha256sum" },
        // several gateways
        { """{"Sessions":{"Store":"Redis"},"Keys":{"Path":"shared"}}""", "$.Gateway.Redis.Connection", "where that is is not said", "ssl=true" },
        { """{"Sessions":{"Store":"Redis"},"Redis":{"Connection":"127.0.0.1:6379"}}""", "$.Gateway.Keys", "no gateway could read another's sessions", "Keys.Store" },
        { """{"Keys":{"Store":"Redis"},"Redis":{"Connection":"127.0.0.1:6379"}}""", "$.Gateway.Keys.Certificate", "in the clear", "with its private key" },
        { """{"Sessions":{"Store":"Redis"},"Keys":{"Path":"shared"},"Redis":{"Connection":"redis.contoso.com:6379"}}""", "$.Gateway.Redis.Connection", "not encrypted", "ssl=true" },
        { """{"Sessions":{"Store":"Redis"},"Keys":{"Path":"shared"},"Redis":{"Connection":"127.0.0.1:6379,password=hunter2"}}""", "$.Gateway.Redis.Connection",
            "holds a password", "Gateway__Redis__Password" },
        { """{"Sessions":{"Store":"Redis"},"Keys":{"Path":"shared"},"Redis":{"Connection":"127.0.0.1:6379,colour=red"}}""", "$.Gateway.Redis.Connection", "cannot be read", "ssl=true" },
        { """{"Redis":{"Prefix":"a:b"}}""", "$.Gateway.Redis.Prefix", "'a:b' has the wrong form.", "letters, digits" },
        { """{"Keys":{"Store":"Vault"}}""", "$.Gateway.Keys.Store", "There is no 'Vault'.", "`Folder`" },
        { """{"Keys":{"Certificate":{"Path":"missing.pfx"}}}""", "$.Gateway.Keys.Certificate.Path", "'missing.pfx' cannot be read", "Check the path" },
        { """{"Keys":{"Certificate":{"Path":"tls.pem","KeyPath":"tls.key"}}}""", "$.Gateway.Keys.Certificate", "has no RSA key", "an RSA certificate" },
        // secrets
        { """{"Redis":{"Password":"hunter2"}}""", "$.Gateway.Redis.Password", "A secret stands", "Gateway__Redis__Password" },
        { """{"Policy":{"Opa":{"BearerToken":"hunter2"}}}""", "$.Gateway.Policy.Opa.BearerToken", "A secret stands", "Gateway__Policy__Opa__BearerToken" },
        { """{"Providers":{"adfs":{"ClientSecret":"hunter2"}}}""", "$.Gateway.Providers.adfs.ClientSecret", "A secret stands in the configuration file.",
            "environment variable Gateway__Providers__adfs__ClientSecret" },
        { """{"Listen":{"Certificate":{"Path":"tls.pfx","KeyPath":null,"Password":"right"}}}""", "$.Gateway.Listen.Certificate.Password", "A secret stands", "Gateway__Listen__Certificate__Password" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_reported_where_it_stands_with_its_remedy(string patch, string path, string message, string remedy)
    {
        _folder.Write("large.png", new string('x', 65_537));
        _folder.Write("wrong-policy.json", ConfigurationFolder.Policy.Replace("\"permit\"", "\"permti\"", StringComparison.Ordinal));
        _folder.Patch(patch);

        var loaded = _folder.Load();

        Assert.Null(loaded.Options);
        Assert.Contains(loaded.Problems, problem =>
            problem.Path == path && problem.Message.Contains(message, StringComparison.Ordinal) && problem.Remedy.Contains(remedy, StringComparison.Ordinal));
        Assert.True(loaded.Problems.Count <= 2, string.Join('\n', loaded.Problems)); // no avalanche from one mistake
        Assert.All(loaded.Problems, problem =>
        {
            Assert.Matches(@"^[A-Z'$][\s\S]*[.`]$", problem.Message); // sentences
            Assert.Matches(@"^[A-Z][\s\S]*[.?]$", problem.Remedy);
            Assert.DoesNotContain("hunter2", problem.ToString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        _folder.Patch(
            """
            { "PublicOrigin": "http://mail.contoso.com", "Sesions": {}, "DefaultProvider": "nobody", "Exchange": { "Servers": ["ex1"] },
              "Providers": { "adfs": { "Resource": null, "ClientSecret": "hunter2" } }, "ForwardedHeaders": { "KnownNetworks": ["0.0.0.0/0"] } }
            """);

        var paths = _folder.Load().Problems.Select(p => p.Path).Order(StringComparer.Ordinal);

        Assert.Equal(
            [
                "$.Gateway.DefaultProvider", "$.Gateway.Exchange.Servers[0]", "$.Gateway.ForwardedHeaders.KnownNetworks[0]", "$.Gateway.Providers.adfs.ClientSecret",
                "$.Gateway.Providers.adfs.Resource", "$.Gateway.PublicOrigin", "$.Gateway.Sesions",
            ],
            paths);
    }

    [Fact]
    public void A_value_that_cannot_be_read_hides_no_unknown_name()
    {
        _folder.Patch("""{ "Sesions": {}, "Sessions": { "IdleTimeout": "soon" }, "Audit": { "EveryRequest": "maybe" } }""");

        Assert.Equal(
            ["$.Gateway.Audit.EveryRequest", "$.Gateway.Sesions", "$.Gateway.Sessions.IdleTimeout"],
            _folder.Load().Problems.Select(p => p.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{", "is not valid JSON")]
    [InlineData("""{ "Gateway": {}, "Gateway": {} }""", "is not valid JSON")] // which one counts?
    [InlineData("", "is not valid JSON")]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("null", "is not a JSON object")]
    public void A_file_that_is_no_JSON_object_is_the_only_problem(string text, string message)
    {
        _folder.Write("gateway.json", text);

        var problem = Assert.Single(_folder.Load().Problems);

        Assert.Equal("$", problem.Path);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_of_another_name_beside_Gateway_is_a_mistake_too()
    {
        _folder.Write("gateway.json", """{ "$schema": "x", "Serilog": {}, "Gatway": {} }""");

        Assert.Contains(_folder.Load().Problems, p => p.Path == "$.Gatway" && p.Remedy == "Did you mean `Gateway`?");
    }
}
