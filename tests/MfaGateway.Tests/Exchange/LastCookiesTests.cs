using CsCheck;
using MfaGateway.Exchange;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Tests.Exchange;

/// <summary>A connection remembers what became of its last Cookie header; Exchange gets the same as from one that does not.</summary>
public sealed class LastCookiesTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    private static readonly string[] _headers =
    [
        "UC=1; __Host-mfagw=x", "UC=1; __Host-mfagw=y", "cadata=z; UC=2", "cadata=z; UC=2; X-BackEndCookie=forged", "ASP.NET_SessionId=1", "__Host-mfagw=x", "UC=1,cadata=z", "",
    ];

    private readonly MailboxRoute _routes = new(new EphemeralDataProtectionProvider());

    [Fact]
    public void A_connection_that_remembers_sends_what_one_that_does_not_sends()
    {
        var session = People.SignedIn("a", "p");
        Gen.Select(Gen.Int[0, _headers.Length - 1], Gen.Bool, Gen.Bool, Gen.Bool).Array[1, 20].Sample(
            requests =>
            {
                var last = new LastCookies();
                foreach (var (header, withSession, withLogon, kerberos) in requests)
                    Assert.Equal(Sent(_headers[header], withSession ? session : null, withLogon, kerberos, null), Sent(_headers[header], withSession ? session : null, withLogon, kerberos, last));
            },
            iter: 5_000);
    }

    [Fact]
    public void The_same_header_under_the_same_circumstances_is_not_taken_apart_again()
    {
        var last = new LastCookies();

        var first = Sent("UC=1; __Host-mfagw=x", null, withLogon: true, kerberos: false, last);

        Assert.Equal("UC=1", first);
        Assert.Same(first, Sent("UC=1; __Host-mfagw=x", null, withLogon: true, kerberos: false, last));
    }

    [Fact]
    public void A_header_longer_than_any_browsers_is_not_kept()
    {
        var last = new LastCookies();
        var header = $"UC={new string('1', 8_192)}";

        Assert.NotSame(Sent(header, null, withLogon: true, kerberos: false, last), Sent(header, null, withLogon: true, kerberos: false, last));
    }

    private string? Sent(string header, LiveSession? session, bool withLogon, bool kerberos, LastCookies? last)
    {
        var context = new DefaultHttpContext();
        if (last is not null) context.Features.Set(last);
        context.Request.Headers.Cookie = header;
        var options = Settings.Options();
        if (kerberos) options.Exchange.SignOn.Method = "Kerberos";
        using var message = new HttpRequestMessage();
        RequestHeaders.Copy(context.Request, message, options, _routes, session, withLogon);
        return message.Headers.NonValidated.TryGetValues("Cookie", out var cookies) ? cookies.ToString() : null;
    }
}
