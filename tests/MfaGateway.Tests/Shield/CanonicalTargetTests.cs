using MfaGateway.Shield;

namespace MfaGateway.Tests.Shield;

public class CanonicalTargetTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/owa", "/owa")]
    [InlineData("/owa/", "/owa/")]
    [InlineData("/OWA/Service.SVC", "/OWA/Service.SVC")] // case is kept: whoever compares does so without it
    [InlineData("/%6fwa/", "/owa/")]
    [InlineData("/o%77a/service.svc", "/owa/service.svc")]
    [InlineData("/owa/%7Euser", "/owa/~user")]
    [InlineData("/owa/someone%40contoso.com/", "/owa/someone@contoso.com/")]
    [InlineData("/owa/o'neill+x@contoso.com/", "/owa/o'neill+x@contoso.com/")]
    [InlineData("/ecp/PersonalSettings/Home$Page.aspx", "/ecp/PersonalSettings/Home$Page.aspx")]
    [InlineData("/owa/prem/15.2.1118.7/scripts/boot.worldwide.0.mouse.js", "/owa/prem/15.2.1118.7/scripts/boot.worldwide.0.mouse.js")]
    [InlineData("/owa/.well-known", "/owa/.well-known")]
    [InlineData("/owa/name~x", "/owa/name~x")]
    public void What_has_one_meaning_is_decoded_once(string raw, string path)
    {
        Assert.True(CanonicalTarget.TryParse(raw, out var target));

        Assert.Equal((path, path, ""), (target.Path, target.Encoded, target.Query));
    }

    [Fact]
    public void A_space_inside_a_name_is_the_only_thing_escaped_again()
    {
        Assert.True(CanonicalTarget.TryParse("/owa/smime/my%20file.msi?name=a%20b", out var target));

        Assert.Equal(new CanonicalTarget("/owa/smime/my file.msi", "/owa/smime/my%20file.msi", "?name=a%20b"), target);
    }

    [Theory]
    [InlineData("?")]
    [InlineData("?a=1&b=%2f..%2f")]
    [InlineData("?path=/mail/inbox")]
    [InlineData("?id=AAMk%2bA%3d%3d&X-OWA-CANARY=x.y")]
    [InlineData("?/DDI/DDIService.svc")]
    [InlineData("?q=\"<>'[]{}|^`\\")]
    public void A_query_passes_byte_for_byte(string query)
    {
        Assert.True(CanonicalTarget.TryParse("/owa/" + query, out var target));

        Assert.Equal(query, target.Query);
    }

    public static TheoryData<string, string> Ambiguous => new()
    {
        // not a path of this host (RFC 9112, 3.2)
        { "absolute form", "http://mail.contoso.com/owa/" }, { "absolute form", "https://ex1:444/ecp/" }, { "authority form", "ex1:444" },
        { "asterisk form", "*" }, { "empty", "" }, { "no slash", "owa/" }, { "only a query", "?a=1" },
        // dots
        { "dots", "/owa/../powershell" }, { "dots", "/owa/%2e%2e/powershell" }, { "dots", "/owa/.%2e/powershell" }, { "dots", "/owa/%2E./powershell" },
        { "dots", "/./owa/" }, { "dots", "/owa/./service.svc" }, { "dots", "/owa/." }, { "dots", "/owa/.." }, { "dots", "/.." }, { "dots", "/owa/%2e" },
        { "dots", "/owa/.../powershell" }, { "dots", "/owa/....//powershell" }, { "dots", "/owa/auth/x.js/../../service.svc" },
        { "dots", "/ecp/victim@contoso.com/../DDI/DDIService.svc/SetObject" },
        // slashes
        { "encoded slash", "/owa/..%2fpowershell" }, { "encoded slash", "/owa%2fservice.svc" }, { "encoded slash", "/owa%2Fservice.svc" },
        { "encoded slash", "/ecp/PersonalSettings/..%2f..%2fDDI/DDIService.svc" }, { "backslash", "/owa/..\\powershell" }, { "backslash", "/owa\\powershell" },
        { "backslash", "/owa/..%5cpowershell" }, { "backslash", "/%5c%5cattacker.example/" }, { "backslash", "\\owa\\" },
        { "empty segment", "//owa/" }, { "empty segment", "/owa//service.svc" }, { "empty segment", "///ecp/" }, { "empty segment", "//attacker.example/owa/" },
        // decoding
        { "double encoding", "/owa/%252e%252e/powershell" }, { "double encoding", "/owa/%252fpowershell" }, { "double encoding", "/%256fwa/" },
        { "broken escape", "/owa/%" }, { "broken escape", "/owa/%2" }, { "broken escape", "/owa/%zz" }, { "broken escape", "/owa/%u002e%u002e/" },
        { "broken escape", "/owa/%-1" }, { "broken escape", "/owa/% 2" }, { "broken escape", "/owa/%+f" },
        { "overlong UTF-8", "/owa/%c0%ae%c0%ae/powershell" }, { "overlong UTF-8", "/owa/%c0%afpowershell" }, { "overlong UTF-8", "/owa/%e0%80%ae/" },
        { "non-ASCII", "/owa/%c3%a9" }, { "non-ASCII", "/owa/é" }, { "non-ASCII", "/owa/%ff" }, { "non-ASCII", "/owa/%80" }, { "non-ASCII", "/owa/\u2215powershell" },
        { "non-ASCII", "/\uff4fwa/" },
        // control characters
        { "null", "/owa/%00/../powershell" }, { "null", "/owa/x%00.js" }, { "null", "/owa/x\0.js" }, { "CR LF", "/owa/%0d%0aX-Mark:%201" }, { "CR LF", "/owa/a\r\nb" },
        { "tab", "/owa/a%09b" }, { "tab", "/owa/a\tb" }, { "delete", "/owa/%7f" },
        // characters that ASP.NET, IIS or the file system read in their own way
        { "parameter", "/owa/..;/powershell" }, { "parameter", "/owa;/x" }, { "parameter", "/owa;a=b/service.svc" }, { "parameter", "/owa/x%3b.js" },
        { "stream", "/owa/default.aspx::$DATA" }, { "stream", "/owa/default.aspx%3a%3a$DATA" }, { "drive", "/owa/c:/x" },
        { "cookieless session", "/owa/(S(MARK))/default.aspx" }, { "cookieless session", "/ecp/(S(X))/DDI/DDIService.svc" }, { "cookieless session", "/owa/(A(X))/" },
        { "cookieless session", "/owa/%28S(X))/" }, { "short name", "/owa/AUTH~1/x.js" }, { "short name", "/owa/defaul~1.asp" }, { "short name", "/ecp/DDI%7e1/" },
        { "short name", "/owa/a~b~1.asp" }, { "short name", "/owa/~~1" },
        { "trailing dot", "/owa./" }, { "trailing dot", "/owa/service.svc." }, { "trailing dot", "/ecp/DDI./DDIService.svc" }, { "trailing dot", "/owa/x%2e" },
        { "trailing space", "/owa%20/" }, { "trailing space", "/owa/service.svc%20" }, { "leading space", "/%20owa/" }, { "leading space", "/owa/ x" },
        { "wildcard", "/owa/*" }, { "wildcard", "/owa/%2a" }, { "question mark", "/owa/x%3f.js" }, { "hash", "/owa/#/../powershell" }, { "hash", "/owa/%23x" },
        { "markup", "/owa/<x>" }, { "markup", "/owa/%3cscript%3e" }, { "quote", "/owa/%22" }, { "pipe", "/owa/a|b" }, { "ampersand", "/owa/a&b" },
        { "caret", "/owa/a^b" }, { "brace", "/owa/{x}" }, { "bracket", "/owa/[x]" }, { "backtick", "/owa/`x`" },
        // query
        { "null in query", "/owa/?a=%00" }, { "space in query", "/owa/?a=b c" }, { "hash in query", "/owa/?a#b" }, { "CR in query", "/owa/?a=\r" },
        { "non-ASCII in query", "/owa/?a=é" }, { "delete in query", "/owa/?a=\x7f" },
    };

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public void What_could_be_read_in_two_ways_has_no_canonical_form(string kind, string raw)
    {
        var parsed = CanonicalTarget.TryParse(raw, out var target);

        Assert.False(parsed, $"{kind}: '{raw}' became '{target?.Path}'");
        Assert.Null(target);
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(501, false)]
    public void A_path_may_be_as_long_as_OWA_takes_it(int length, bool allowed) =>
        Assert.Equal(allowed, CanonicalTarget.TryParse("/owa/" + new string('a', length - 5), out _));

    [Fact]
    public void Escapes_do_not_count_towards_the_length() =>
        Assert.True(CanonicalTarget.TryParse("/owa/" + string.Concat(Enumerable.Repeat("%61", 495)), out _));

    [Theory]
    [InlineData("?login_hint=a%40b.c", "login_hint", "a@b.c")]
    [InlineData("?LOGIN_HINT=x", "login_hint", "x")]
    [InlineData("?%75a=0", "ua", "0")]
    [InlineData("?a=1&a=1", "a", null)] // twice: which one would Exchange take?
    [InlineData("?a=1&A=2", "a", null)]
    [InlineData("?b=1", "a", null)]
    [InlineData("", "a", null)]
    [InlineData("?a", "a", "")]
    public void A_query_value_counts_only_when_it_stands_there_once(string query, string name, string? expected)
    {
        Assert.True(CanonicalTarget.TryParse("/owa/" + query, out var target));

        Assert.Equal(expected, target.SingleQueryValue(name));
    }
}
