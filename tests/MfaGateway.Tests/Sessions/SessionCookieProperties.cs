using CsCheck;
using MfaGateway.Sessions;
using MfaGateway.Shield;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace MfaGateway.Tests.Sessions;

/// <summary>Cookie headers are searched, not taken apart, because every request has one; taken apart they say the same.</summary>
public class SessionCookieProperties
{
    private static readonly string[] _pieces =
    [
        "__Host-mfagw=", "__Host-mfagw=", "; __Host-mfagw=", "__Host-mfagw-owner=", "; __Host-mfagw-owner=", "__Host-mfagw", "__host-mfagw", "x__Host-mfagw", "=", "=", ";", ";", "; ", " ", "\t", "\u00a0", ",", "a", "b=c", "value", "X-BEResource", "x-anonresource-backend",
        "Email", "SecurityToken", "SecurityToken2", "\"", "",
    ];

    private static readonly Gen<string> _piece = Gen.Int[0, _pieces.Length - 1].Select(n => _pieces[n]);

    private static readonly Gen<StringValues> _header = _piece.Array[0, 14].Select(string.Concat).Array[0, 3].Select(lines => new StringValues(lines));

    [Fact]
    public void A_cookie_has_the_value_that_stands_in_the_one_pair_of_its_name()
    {
        var found = 0;
        _header.Sample(
            header =>
            {
                var request = new DefaultHttpContext().Request;
                request.Headers.Cookie = header;
                foreach (var name in new[] { "__Host-mfagw", "__Host-mfagw-owner" })
                {
                    var values = Pairs(header, ';').Where(pair => pair.StartsWith(name + "=", StringComparison.Ordinal)).Select(pair => pair[(name.Length + 1)..]).ToList();
                    var expected = values.Count == 1 ? values[0] : "";
                    if (expected.Length > 0) Interlocked.Increment(ref found);
                    Assert.Equal(expected, SessionCookie.Value(request, name).ToString());
                }
            },
            iter: 100_000);
        Assert.InRange(found, 5_000, 150_000);
    }

    [Fact]
    public void An_attack_cookie_is_found_by_its_name_wherever_it_stands()
    {
        string[] names = ["X-BEResource", "X-AnonResource", "X-AnonResource-Backend", "SecurityToken", "Email"];
        var found = 0;
        _header.Sample(
            header =>
            {
                var expected = Pairs(header, ';', ',').Any(pair => names.Contains(pair.Split('=')[0].Trim(), StringComparer.OrdinalIgnoreCase));
                if (expected) Interlocked.Increment(ref found);
                Assert.Equal(expected, AttackCookies.AreIn(header));
            },
            iter: 100_000);
        Assert.InRange(found, 10_000, 90_000);
    }

    private static IEnumerable<string> Pairs(StringValues header, params char[] between) => header.SelectMany(line => line!.Split(between)).Select(pair => pair.Trim());
}
