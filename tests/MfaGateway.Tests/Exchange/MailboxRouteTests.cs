using System.Security.Cryptography;
using CsCheck;
using MfaGateway.Exchange;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Tests.Exchange;

/// <summary>What says which server has a mailbox comes back to Exchange only from the person to whom Exchange gave it.</summary>
public sealed class MailboxRouteTests
{
    private const string Value = "S-1-5-21-1004336348-1177238915-682003330-1104=u56Lnp2ejJqBy8qenJ7Jy8rSz5vLz9LLzZ3L0seZzs/SyZvPx83HxsnNx5nIgYHOyNDPxtDNz83J387Pxc7JxcrMgZyQkYuQjJDRnJCS";

    private readonly MailboxRoute _routes = new(new EphemeralDataProtectionProvider());

    [Fact]
    public void What_was_protected_for_a_person_opens_in_every_session_of_that_person_and_in_nobody_elses() =>
        Gen.Char[' ', '~'].Array[1, 400].Select(value => new string(value)).Sample(
            value =>
            {
                using var alice = People.SignedIn("alice");
                using var later = People.SignedIn("alice");
                using var admin = People.SignedIn("admin");
                var text = _routes.Protect(value, alice);

                Assert.Equal(value, _routes.Open(text, alice)); // remembered
                Assert.Equal(value, _routes.Open(text, later));
                Assert.Null(_routes.Open(text, admin));
                Assert.DoesNotContain(text, character => !char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_'));
            },
            iter: 300);

    [Fact]
    public void A_person_is_the_providers_name_and_its_subject_together()
    {
        using var alice = People.SignedIn("alice");
        using var other = People.SignedIn("alice", provider: "entra");

        Assert.Null(_routes.Open(_routes.Protect(Value, alice), other));
    }

    [Fact]
    public void A_protected_value_that_was_changed_in_any_character_is_nothing()
    {
        using var alice = People.SignedIn("alice");
        using var later = People.SignedIn("alice");
        var text = _routes.Protect(Value, alice);

        for (var at = 0; at < text.Length; at++)
        {
            foreach (var other in at == text.Length - 1 ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= " : "Aa9_+ ")
            {
                if (text[at] == other) continue;
                Assert.Null(_routes.Open($"{text[..at]}{other}{text[(at + 1)..]}", later));
            }

            Assert.Null(_routes.Open(text.AsSpan(0, at), later));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(Value)]
    [InlineData("victim@corp.example=MARK")]
    [InlineData("lab=1")]
    [InlineData("CfDJ8")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_no_gateway_protected_is_nothing(string text)
    {
        using var alice = People.SignedIn("alice");

        Assert.Null(_routes.Open(text, alice));
        Assert.Null(_routes.Open($"{_routes.Protect(Value, alice)}={text}", alice));
    }

    [Fact]
    public void What_was_protected_with_keys_that_are_gone_is_nothing()
    {
        using var alice = People.SignedIn("alice");
        using var later = People.SignedIn("alice");

        Assert.Null(new MailboxRoute(new EphemeralDataProtectionProvider()).Open(_routes.Protect(Value, alice), later));
    }

    [Fact]
    public void The_same_value_gets_the_same_text_again()
    {
        using var alice = People.SignedIn("alice");
        using var elsewhere = People.SignedIn("alice");
        var text = _routes.Protect(Value, alice);
        _routes.Protect("S-1-5=of-ecp", alice);
        _routes.Open(text, elsewhere);

        Assert.Equal(text, _routes.Protect(Value, alice));
        Assert.Equal(text, _routes.Protect(Value, elsewhere)); // another gateway, which a request came to
    }

    [Fact]
    public void What_a_session_no_longer_remembers_opens_all_the_same()
    {
        using var alice = People.SignedIn("alice");
        var texts = Enumerable.Range(0, 20).Select(n => _routes.Protect($"{Value}{n}", alice)).ToList();

        Assert.Equal(Enumerable.Range(0, 20).Select(n => $"{Value}{n}"), texts.Select(text => _routes.Open(text, alice)));
        Assert.NotEqual(texts[0], _routes.Protect($"{Value}0", alice)); // a crowd of values costs no memory
    }

    [Fact]
    public void A_browser_keeps_what_it_is_given_and_what_is_too_long_for_it_it_is_not_given()
    {
        using var alice = People.SignedIn("alice");
        var lengths = Enumerable.Range(1, 5_000).Where(length => length is < 20 or > 2_700).Select(length => _routes.Protect(new string('x', length), alice).Length).ToList();

        Assert.InRange(lengths.Max(), 3_800, 4_096 - "X-BackEndCookie=; expires=Thu, 24-Dec-2026 09:00:00 GMT; path=/owa; Secure; HttpOnly".Length);
        Assert.Equal(0, lengths[^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ü")]
    [InlineData("a\tb")]
    [InlineData("a\r\nb")]
    public void What_could_not_come_back_as_it_is_becomes_empty(string value)
    {
        using var alice = People.SignedIn("alice");

        Assert.Equal("", _routes.Protect(value, alice));
    }

    [Fact]
    public void Keys_that_cannot_be_read_do_not_look_like_a_forged_value_and_cost_no_answer()
    {
        using var alice = People.SignedIn("alice");
        var routes = new MailboxRoute(new KeysOutOfReach());

        Assert.Equal("", routes.Protect(Value, alice));
        Assert.Throws<CryptographicException>(() => routes.Open("CfDJ8AAA", alice));
    }

    [Fact]
    public void Of_many_in_a_header_the_first_are_judged_each_by_itself_and_the_others_are_dropped()
    {
        using var alice = People.SignedIn("alice");
        using var admin = People.SignedIn("admin");
        var (text, foreign) = (_routes.Protect(Value, alice), _routes.Protect(Value, admin));
        var request = new DefaultHttpContext().Request;
        request.Headers.Cookie = $"X-BackEndCookie={foreign}; x-backendCOOKIE = {text}; UC=1; X-BackEndCookie; X-BackEndCookie={text}; X-BackEndCookie={text}";
        using var message = new HttpRequestMessage();

        RequestHeaders.Copy(request, message, Settings.Options(), _routes, alice, withLogon: true);

        Assert.Equal($"x-backendCOOKIE={Value}; UC=1; X-BackEndCookie={Value}", message.Headers.NonValidated["Cookie"].ToString());
    }
}
