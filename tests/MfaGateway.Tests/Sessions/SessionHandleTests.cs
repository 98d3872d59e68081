using System.Globalization;
using System.Text.Json;
using MfaGateway.Configuration;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Tests.Sessions;

public class SessionHandleTests
{
    [Fact]
    public void A_handle_is_43_characters_of_base64url_and_no_two_are_alike()
    {
        var handles = Enumerable.Range(0, 1_000).Select(_ => SessionHandle.Create().Reveal()).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(1_000, handles.Count);
        Assert.All(handles, handle => Assert.Matches("^[A-Za-z0-9_-]{43}$", handle));
    }

    [Fact]
    public void A_handle_is_never_printed()
    {
        var handle = SessionHandle.Create();

        Assert.Equal("***", handle.ToString());
        Assert.Equal("***", $"{handle}");
        Assert.Equal("***", string.Format(CultureInfo.InvariantCulture, "{0}", handle));
        Assert.Equal("{}", JsonSerializer.Serialize(handle));
        Assert.DoesNotContain(handle.Reveal(), new { handle }.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_is_never_printed()
    {
        var secret = new Secret("hunter2");

        Assert.Equal("***", $"{secret}");
        Assert.Equal("{}", JsonSerializer.Serialize(secret));
    }

    [Fact]
    public void The_store_knows_a_session_by_a_hash_that_gives_no_handle()
    {
        var handle = SessionHandle.Create();

        var key = handle.Key();

        Assert.Matches("^[0-9a-f]{64}$", key.Value);
        Assert.Equal(key, handle.Key());
        Assert.Equal(key.Value[..16], key.ToString());
        Assert.DoesNotContain(handle.Reveal(), key.Value, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")] // 44
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+/")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("'; DROP TABLE session; --AAAAAAAAAAAAAAAAAA")]
    public void What_is_no_handle_by_its_shape_is_no_handle(string? cookie) => Assert.Null(SessionHandle.From(cookie));

    [Fact]
    public void A_handle_that_was_never_made_cannot_be_used() => Assert.Throws<InvalidOperationException>(() => default(SessionHandle).Reveal());

    [Fact]
    public void The_cookie_is_bound_to_this_host_and_hidden_from_script()
    {
        var handle = SessionHandle.Create();

        var header = SetCookie(Settings.Default, (cookie, response) => cookie.Write(response, handle));

        Assert.Equal($"__Host-mfagw={handle.Reveal()}; path=/; secure; samesite=lax; httponly", header);
        Assert.True(header.Split(';')[0].Length <= 200);
    }

    [Fact]
    public void The_cookie_travels_with_posts_of_other_sites_only_where_Exchange_needs_that()
    {
        var settings = Settings.Of(Settings.Options(o => o.Exchange.SignOn.PostOrigins.Add("https://sts.contoso.com")));

        Assert.Contains("samesite=none", SetCookie(settings, (cookie, response) => cookie.Write(response, SessionHandle.Create())), StringComparison.Ordinal);
    }

    [Fact]
    public void Expiring_the_cookie_names_it_by_the_same_attributes() =>
        Assert.Equal(
            "__Host-mfagw=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/; secure; samesite=lax; httponly",
            SetCookie(Settings.Default, (cookie, response) => cookie.Expire(response)));

    private static string SetCookie(GatewaySettings settings, Action<SessionCookie, HttpResponse> act)
    {
        var response = new DefaultHttpContext().Response;
        act(new SessionCookie(settings), response);
        return Assert.Single(response.Headers.SetCookie)!;
    }
}
