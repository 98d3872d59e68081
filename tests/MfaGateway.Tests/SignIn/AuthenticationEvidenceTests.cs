using System.Text.Json;
using MfaGateway.Sessions;
using MfaGateway.SignIn;

namespace MfaGateway.Tests.SignIn;

public class AuthenticationEvidenceTests
{
    private const string Multiple = "http://schemas.microsoft.com/claims/multipleauthn";
    private const string References = "http://schemas.microsoft.com/claims/authnmethodsreferences";
    private static readonly DateTimeOffset Now = new(2030, 11, 23, 9, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, ProviderOptions> Providers = new()
    {
        ["Adfs"] = Settings.Adfs(),
        ["Entra c1"] = Settings.Entra(),
        ["Entra trusting"] = Settings.Entra(o => (o.AuthenticationContext, o.Evidence.TrustConditionalAccess) = (null, true)),
        ["Entra own table"] = Settings.Entra(o => o.Evidence.Mfa.Add(Settings.Row("acrs", "c7"))),
        ["Oidc"] = Settings.Oidc(),
        ["Oidc without rows"] = Settings.Oidc(o => o.Evidence.Mfa.Clear()),
    };

    /// <summary>Provider, what the token says, whether that proves MFA, and the methods that policies see.</summary>
    public static TheoryData<string, string, bool, string> Tokens => new()
    {
        { "Adfs", $$"""{"amr":["{{Multiple}}"]}""", true, "mfa" },
        { "Adfs", $$"""{"amr":"{{Multiple}}"}""", true, "mfa" }, // one value comes as a string
        { "Adfs", $$"""{"{{References}}":["urn:federation:authentication:windows","{{Multiple}}"]}""", true, "wia mfa" },
        { "Adfs", """{"gw_mfa":"1"}""", true, "mfa" },
        { "Adfs", """{"gw_mfa":"0"}""", false, "" },
        { "Adfs", """{"gw_mfa":1}""", false, "" },
        { "Adfs", """{"gw_mfa":true}""", false, "" },
        { "Adfs", """{"amr":["mfa"]}""", false, "" }, // that is Entra's word, not AD FS's
        { "Adfs", """{"amr":["http://schemas.microsoft.com/claims/MULTIPLEAUTHN"]}""", false, "http://schemas.microsoft.com/claims/MULTIPLEAUTHN" },
        { "Adfs", """{"amr":["https://schemas.microsoft.com/claims/multipleauthn"]}""", false, "https://schemas.microsoft.com/claims/multipleauthn" },
        { "Adfs", """{"amr":["urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"],"acr":"1","in_corp":"true"}""", false, "pwd" },
        { "Adfs", $$"""{"amr":["http://schemas.microsoft.com/ws/2012/12/authmethod/otp","{{Multiple}}"]}""", true, "otp mfa" },
        { "Adfs", $$"""{"amr":{"0":"{{Multiple}}"} }""", false, "" },
        { "Adfs", $$"""{"amr":["{{Multiple}}",1]}""", false, "" }, // a mixed array is somebody's mistake
        { "Adfs", $$"""{"AMR":["{{Multiple}}"]}""", false, "" },
        { "Adfs", "{}", false, "" },
        { "Entra c1", """{"acrs":["c1"]}""", true, "mfa" },
        { "Entra c1", """{"acrs":["C1","c2"]}""", true, "mfa" },
        { "Entra c1", """{"acrs":"c1"}""", false, "" },
        { "Entra c1", """{"acrs":["c11"]}""", false, "" },
        { "Entra c1", """{"acrs":["c2"]}""", false, "" },
        { "Entra c1", """{"acrs":[]}""", false, "" },
        { "Entra c1", """{"amr":["pwd","mfa"]}""", true, "pwd mfa" },
        { "Entra c1", """{"amr":["ngcmfa"]}""", true, "ngcmfa mfa" },
        { "Entra c1", """{"amr":"mfa"}""", false, "" },
        { "Entra c1", """{"amr":["pwd"],"acr":"1"}""", false, "pwd" },
        { "Entra c1", """{"amr":["rsa"]}""", false, "rsa" },
        { "Entra c1", """{"amr":["MFA"]}""", false, "MFA" },
        { "Entra c1", """{"acr":"1"}""", false, "" },
        { "Entra trusting", "{}", true, "mfa" },
        { "Entra own table", """{"acrs":["c7"]}""", true, "mfa" },
        { "Entra own table", """{"acrs":["c1"],"amr":["mfa"]}""", false, "" }, // the operator's table takes the place of the defaults
        { "Oidc", """{"amr":["otp"]}""", true, "otp mfa" },
        { "Oidc", """{"amr":["pwd"],"acr":"loa-4"}""", true, "pwd mfa" },
        { "Oidc", """{"acr":"loa-40"}""", false, "" },
        { "Oidc", """{"acr":["loa-4"]}""", false, "" },
        { "Oidc", """{"amr":"otp"}""", false, "" },
        { "Oidc", """{"amr":[["otp"]]}""", false, "" },
        { "Oidc", """{"amr":null}""", false, "" },
        { "Oidc without rows", """{"amr":["mfa","otp"],"acr":"loa-4"}""", false, "otp" }, // no row, no MFA
    };

    [Theory]
    [MemberData(nameof(Tokens))]
    public void Mfa_is_what_the_table_says_and_nothing_else(string provider, string claims, bool mfa, string methods)
    {
        var facts = Read(claims, Providers[provider]);

        Assert.Equal((mfa, methods), (facts.Mfa, string.Join(' ', facts.Methods)));
    }

    /// <summary>A claim in the token and the age of the proof in seconds; null for no time.</summary>
    public static TheoryData<string, string, int?> Times => new()
    {
        { "Oidc", """{"auth_time":SECONDS-60}""", 60 },
        { "Oidc", """{"auth_time":"SECONDS-60"}""", 60 },
        { "Oidc", """{"auth_time":"2030-11-23T08:59:00Z"}""", 60 },
        { "Oidc", """{"auth_time":"2030-11-23T09:59:00.000+01:00"}""", 60 },
        { "Oidc", """{"auth_time":SECONDS+299}""", 0 }, // a clock that runs ahead a little
        { "Oidc", """{"auth_time":SECONDS+301}""", null }, // the future is absent
        { "Oidc", """{"auth_time":0}""", null },
        { "Oidc", """{"auth_time":-1}""", null },
        { "Oidc", """{"auth_time":1.5}""", null },
        { "Oidc", """{"auth_time":99999999999999999999}""", null },
        { "Oidc", """{"auth_time":253402300800}""", null },
        { "Oidc", """{"auth_time":true}""", null },
        { "Oidc", """{"auth_time":null}""", null },
        { "Oidc", """{"auth_time":[SECONDS-60]}""", null },
        { "Oidc", """{"auth_time":"yesterday"}""", null },
        { "Oidc", """{"auth_time":"08:59"}""", null }, // a time of which day?
        { "Oidc", """{"auth_time":"23/11/2030 08:59"}""", null },
        { "Oidc", """{"auth_time":""}""", null },
        { "Oidc", "{}", null },
        { "Adfs", $$"""{"auth_time":SECONDS-900,"{{AdfsProvider.MfaInstant}}":"2030-11-23T08:59:00.1234567Z"}""", 59 }, // the second factor's own time
        { "Adfs", """{"auth_time":SECONDS-900}""", 900 },
    };

    [Theory]
    [MemberData(nameof(Times))]
    public void The_time_of_the_proof_is_what_the_token_says_if_it_can_be(string provider, string claims, int? age)
    {
        var now = Now.ToUnixTimeSeconds();
        var text = System.Text.RegularExpressions.Regex.Replace(claims, @"SECONDS([+-]\d+)", m => $"{now + int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)}");

        var facts = Read(text.Insert(1, text == "{}" ? "\"amr\":[\"otp\"],\"gw_mfa\":\"1\"" : "\"amr\":[\"otp\"],\"gw_mfa\":\"1\","), Providers[provider]);

        Assert.True(facts.Mfa);
        Assert.Equal(age, facts.MfaAt is { } at ? (int)(Now - at).TotalSeconds : null);
    }

    [Fact]
    public void Without_mfa_there_is_no_time_of_mfa() => Assert.Null(Read("""{"auth_time":1,"amr":["pwd"]}""", Providers["Oidc"]).MfaAt);

    [Theory]
    [InlineData("""{"upn":"a@b.c","preferred_username":"x"}""", null, "a@b.c")]
    [InlineData("""{"preferred_username":"x@b.c"}""", null, "x@b.c")]
    [InlineData("""{"unique_name":"B\\x"}""", null, "B\\x")]
    [InlineData("{}", null, "sub-1")]
    [InlineData("""{"upn":"a@b.c","mail":"m@b.c"}""", "mail", "m@b.c")]
    [InlineData("""{"upn":""}""", null, "sub-1")]
    [InlineData("""{"upn":["a@b.c"]}""", null, "sub-1")]
    public void The_user_is_the_first_name_present(string claims, string? claim, string user) =>
        Assert.Equal(user, Read(claims, Settings.Oidc(o => o.User = claim)).User);

    [Theory]
    [InlineData("""{"sub":"s"}""", "mail")] // the claim that was configured is missing: no other takes its place
    [InlineData("""{"upn":"a@b.c"}""", null)] // no subject
    [InlineData("""{"upn":"a@b.c","sub":1}""", null)]
    [InlineData("""{"upn":"a@b.c","sub":"x\ny"}""", null)]
    [InlineData("""{"mail":"a\u0000b","sub":"s"}""", "mail")]
    public void A_token_that_names_nobody_gives_no_session(string token, string? claim) =>
        Assert.Null(AuthenticationEvidence.Read(JsonElement.Parse(token), Settings.Provider(Settings.Oidc(o => o.User = claim)), Now));

    [Fact]
    public void Groups_come_from_every_group_claim_once()
    {
        var facts = Read("""{"groups":["Staff","staff","Finance"],"roles":"Admin","wids":["w"],"group":{"no":"t"}}""", Providers["Oidc"]);

        Assert.Equal(["Staff", "Finance", "Admin", "w"], facts.Groups);
    }

    [Fact]
    public void The_operator_may_name_the_group_claims() =>
        Assert.Equal(["x"], Read("""{"groups":["Staff"],"memberOf":["x"]}""", Settings.Oidc(o => o.Groups.Add("memberOf"))).Groups);

    [Theory]
    [InlineData("Entra c1", """{"acrs":["c1","C1","c2"]}""", "c1 c2")]
    [InlineData("Oidc", """{"acr":"loa-2"}""", "loa-2")]
    [InlineData("Adfs", """{"acr":"loa-2","acrs":["c1"]}""", "")]
    public void Contexts_come_from_the_claim_of_the_dialect(string provider, string claims, string contexts) =>
        Assert.Equal(contexts, string.Join(' ', Read(claims, Providers[provider]).Contexts));

    [Theory]
    [InlineData("Adfs", """{"http://schemas.microsoft.com/2012/01/devicecontext/claims/ismanaged":"true"}""", true)]
    [InlineData("Adfs", """{"http://schemas.microsoft.com/2012/01/devicecontext/claims/ismanaged":"false"}""", false)]
    [InlineData("Adfs", "{}", false)]
    [InlineData("Oidc", """{"ismanaged":"true"}""", null)] // nothing in the table: not known
    public void A_managed_device_shows_by_the_table(string provider, string claims, bool? managed) => Assert.Equal(managed, Read(claims, Providers[provider]).DeviceManaged);

    [Fact]
    public void Claims_the_token_leaves_out_are_told_from_claims_that_are_not_there()
    {
        var facts = Read("""{"_claim_names":{"groups":"src1"},"_claim_sources":{"src1":{"endpoint":"https://graph.example"}}}""", Providers["Oidc"]);

        Assert.Empty(facts.Groups);
        Assert.Equal(["groups"], facts.Claims["_claim_names"]);
        Assert.False(facts.Claims.ContainsKey("_claim_sources"));
    }

    [Fact]
    public void Two_thousand_groups_are_kept_and_a_hundred_thousand_values_are_not()
    {
        var groups = string.Join(',', Enumerable.Range(0, 100_000).Select(n => $"\"g{n}\""));

        var facts = Read($$"""{"groups":[{{groups}}],"many":[{{groups}}],"long":"{{new string('x', 2_000)}}"}""", Providers["Oidc"]);

        Assert.Equal(5_000, facts.Groups.Count);
        Assert.InRange(facts.Claims.Values.Sum(values => values.Count), 4_000, 5_000);
        Assert.False(facts.Claims.ContainsKey("long"));
    }

    [Fact]
    public void Policies_see_claims_but_none_of_the_protocol()
    {
        var facts = Read("""{"dept":"Finance","level":4,"vip":true,"x":{"y":1},"iss":"i","aud":"a","nonce":"n","at_hash":"h","exp":1}""", Providers["Oidc"]);

        Assert.Equal(["dept", "level", "sub", "vip"], facts.Claims.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("4", "true"), (facts.Claims["level"].Single(), facts.Claims["vip"].Single()));
    }

    private static GatewaySession Read(string claims, ProviderOptions options)
    {
        var subject = claims == "{}" ? """{"sub":"sub-1"}""" : claims.Insert(1, "\"sub\":\"sub-1\",");
        var facts = AuthenticationEvidence.Read(JsonElement.Parse(subject), Settings.Provider(options), Now);
        Assert.NotNull(facts);
        return facts;
    }
}
