using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using MfaGateway.BrowserTests.Fixtures;
using MfaGateway.Lab.Estate;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>Somebody with a browser that has no script: signs in and then does what OWA does.</summary>
internal sealed partial class MailUser : IDisposable
{
    private readonly HttpClient _http;
    private readonly CookieContainer _cookies;
    private readonly string _authority;

    public MailUser(Uri gateway, string authority)
        : this(gateway, authority, new CookieContainer(), null)
    {
    }

    private MailUser(Uri gateway, string authority, CookieContainer cookies, int? port)
    {
        (_authority, _cookies) = (authority, cookies);
        var handler = Readiness.Trusting(authority);
        if (port is { } direct)
            handler.ConnectCallback = (way, cancellationToken) => ConnectAsync(way.DnsEndPoint.Port == gateway.Port ? direct : way.DnsEndPoint.Port, cancellationToken);
        (handler.AllowAutoRedirect, handler.UseCookies, handler.CookieContainer) = (true, true, _cookies);
        _http = new HttpClient(handler) { BaseAddress = gateway, Timeout = TimeSpan.FromSeconds(60) };
    }

    public string Name { get; private set; } = "";

    /// <summary>The same browser with the same cookies, whose way leads to one gateway past the balancer.</summary>
    public MailUser Through(Node node) => new(_http.BaseAddress!, _authority, _cookies, node.Port) { Name = Name };

    public async Task SignInAsync(Person person)
    {
        var (signedIn, html) = await TrySignInAsync(person);
        Assert.True(signedIn, $"{person.Name} came to:\n{html}");
    }

    /// <summary>Whether somebody comes to the mail, and what is to be read where the way ends.</summary>
    public async Task<(bool SignedIn, string Html)> TrySignInAsync(Person person)
    {
        Name = person.Name;
        return await OpenMailAsync(person);
    }

    /// <summary>Opens the mail again; whether it comes without the provider asking for anything.</summary>
    public async Task<bool> ReloadAsync() => (await OpenMailAsync(null)).Opened;

    /// <param name="person">Gives what the provider asks for; without one, the way ends there.</param>
    private async Task<(bool Opened, string Html)> OpenMailAsync(Person? person)
    {
        var (address, html) = await ReadAsync(await _http.GetAsync(new Uri("/owa/", UriKind.Relative)));
        for (var step = 0; step < 6 && address.AbsolutePath != "/owa/"; step++)
        {
            var fields = Input().Matches(html).ToDictionary(match => Attribute(match.Value, "name"), match => Attribute(match.Value, "value"));
            var asked = fields.ContainsKey("username") || (fields.ContainsKey("code") && !fields.ContainsKey("state"));
            if (asked && person is null) break;
            if (fields.ContainsKey("username")) (fields["username"], fields["password"]) = (person!.Name, person.Password);
            else if (asked) fields["code"] = person!.NextCode();
            var action = Action().Match(html) is { Success: true } match ? new Uri(address, WebUtility.HtmlDecode(match.Groups[1].Value)) : address;
            using var form = new FormUrlEncodedContent(fields);
            (address, html) = await ReadAsync(await _http.PostAsync(action, form));
        }

        return (address.AbsolutePath == "/owa/" && html.Contains("<title>Mail", StringComparison.Ordinal), $"{address}\n{html}");
    }

    /// <summary>What a navigation leads to: a status of the gateways, or <c>sent on</c> when it ends at the provider, or <c>broken</c>.</summary>
    public async Task<string> ArrivalAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
            return answer.RequestMessage!.RequestUri!.Authority == _http.BaseAddress!.Authority ? $"{(int)answer.StatusCode}" : "sent on";
        }
        catch (HttpRequestException)
        {
            return "broken";
        }
    }

    /// <summary>A post as OWA's script makes it. Its status, or what broke; an answer that is not the one to this request is broken.</summary>
    public async Task<string> PostAsync(int bytes, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/owa/sessiondata.ashx?UA=1", UriKind.Relative)) { Content = new ByteArrayContent(new byte[bytes]) };
        request.Headers.Add("X-Requested-With", "XMLHttpRequest");
        try
        {
            using var answer = await _http.SendAsync(request, cancellationToken);
            if (answer.StatusCode is not HttpStatusCode.OK) return $"{(int)answer.StatusCode}";
            var told = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            return told.GetProperty("bytes").GetInt64() == bytes && told.GetProperty("path").GetString() == "/owa/sessiondata.ashx" ? "200" : $"wrong answer: {told}";
        }
        catch (HttpRequestException e)
        {
            return $"broken: {e.HttpRequestError} {e.Message} {e.InnerException?.Message}";
        }
    }

    /// <summary>Uploads an attachment; what Exchange received of it: number of bytes and SHA-256.</summary>
    public async Task<(long Bytes, string Sha256)> UploadAsync(byte[] content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/owa/service.svc?action=CreateAttachment", UriKind.Relative)) { Content = new ByteArrayContent(content) };
        AddScriptHeaders(request);
        using var answer = await _http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var told = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return (told.GetProperty("bytes").GetInt64(), told.GetProperty("sha256").GetString()!);
    }

    /// <summary>Downloads an attachment of a size; its SHA-256.</summary>
    public async Task<string> DownloadAsync(long size, CancellationToken cancellationToken)
    {
        await using var stream = await _http.GetStreamAsync(new Uri($"/owa/attachment.ashx?size={size}", UriKind.Relative), cancellationToken);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    /// <summary>Waits for notifications and counts them until told to stop; fails when one is missing or the request ends before.</summary>
    public async Task<int> ListenAsync(Action heard, CancellationToken until)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0", UriKind.Relative));
        AddScriptHeaders(request);
        var frames = 0;
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, until);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(until));
            while (await reader.ReadLineAsync(until) is { } line)
            {
                Assert.Equal($"<script>notify({{\"id\":\"alive\",\"n\":{++frames}}})</script>", line);
                heard();
            }
        }
        catch (OperationCanceledException) when (until.IsCancellationRequested)
        {
            return frames;
        }

        throw new InvalidOperationException($"The request ended by itself after {frames} notifications.");
    }

    public async Task<int> StatusAsync(string path, CancellationToken cancellationToken = default)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.RelativeOrAbsolute), cancellationToken);
        return (int)answer.StatusCode;
    }

    public Task<string> TextAsync(Uri address, CancellationToken cancellationToken) => _http.GetStringAsync(address, cancellationToken);

    public async Task<HttpStatusCode> SubmitAsync(string path, Dictionary<string, string> fields, CancellationToken cancellationToken)
    {
        using var form = new FormUrlEncodedContent(fields);
        using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), form, cancellationToken);
        return answer.StatusCode;
    }

    /// <summary>Waits for notifications until the request ends; whether it ended cleanly.</summary>
    public async Task<bool> HangAsync(TaskCompletionSource begun, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0", UriKind.Relative));
        AddScriptHeaders(request);
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[4_096];
            var read = await stream.ReadAsync(buffer, cancellationToken);
            begun.TrySetResult();
            while (read > 0) read = await stream.ReadAsync(buffer, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            begun.TrySetResult();
            return false;
        }
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task<(Uri Address, string Html)> ReadAsync(HttpResponseMessage answer)
    {
        using (answer) return (answer.RequestMessage!.RequestUri!, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>What OWA's script adds to its requests.</summary>
    private void AddScriptHeaders(HttpRequestMessage request)
    {
        request.Headers.Add("X-Requested-With", "XMLHttpRequest");
        request.Headers.Add("X-OWA-CANARY", _cookies.GetCookies(_http.BaseAddress!)["X-OWA-CANARY"]?.Value ?? "");
    }

    private static string Attribute(string tag, string name) => WebUtility.HtmlDecode(Regex.Match(tag, $"\\b{name}=\"([^\"]*)\"").Groups[1].Value);

    [GeneratedRegex("<form[^>]*\\baction=\"([^\"]*)\"")]
    private static partial Regex Action();

    [GeneratedRegex("<input[^>]*\\bname=\"[^>]*>")]
    private static partial Regex Input();
}
