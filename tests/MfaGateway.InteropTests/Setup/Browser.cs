using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MfaGateway.InteropTests.Setup;

/// <summary>A browser as far as sign-ins need one: cookies, redirects, forms, and the one script that sends a form off by itself.</summary>
internal sealed partial class Browser : IDisposable
{
    private const int MostHops = 20;

    private readonly HttpClient _http;
    private readonly CookieContainer _cookies = new();
    private string[] _strip = [];
    private bool _pause;
    private HttpRequestMessage? _paused;

    public Browser(int gatewayPort, string trusted)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(trusted);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            CookieContainer = _cookies,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust },
            ConnectCallback = (context, cancellationToken) =>
                ConnectAsync(context.DnsEndPoint.Host == Gateway.Origin.Host ? gatewayPort : context.DnsEndPoint.Port, cancellationToken),
        });
    }

    /// <summary>Address of the page shown.</summary>
    public Uri Address { get; private set; } = new("about:blank");

    public HttpStatusCode Status { get; private set; }

    public string Html { get; private set; } = "";

    public string Heading => HeadingTag().Match(Html) is { Success: true } heading ? heading.Groups[1].Value : Html;

    /// <summary>How often a page of the provider was asked for since the browser was opened.</summary>
    public int VisitsToProvider { get; private set; }

    public Cookie? SessionCookie => _cookies.GetCookies(Gateway.Origin)["__Host-mfagw"];

    public Task OpenAsync(string path) => GoAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(Gateway.Origin, path)));

    public Task OpenAsync(Uri address) => GoAsync(new HttpRequestMessage(HttpMethod.Get, address));

    /// <summary>The same, but the person takes parameters out of the address before following the gateway to the provider.</summary>
    public async Task OpenWithoutAsync(string path, params string[] parameters)
    {
        _strip = parameters;
        await OpenAsync(path);
        _strip = [];
    }

    /// <summary>Does something at the provider and stops before its answer is sent to the gateway.</summary>
    public async Task PauseBeforeGatewayAsync(Func<Task> action)
    {
        _pause = true;
        await action();
        _pause = false;
    }

    /// <summary>Sends the answer that was held back.</summary>
    public Task GoOnAsync() => GoAsync(_paused ?? throw new InvalidOperationException("Nothing was held back."));

    /// <summary>Sends the page's form with its hidden fields and those given.</summary>
    public Task SubmitAsync(params (string Name, string Value)[] fields)
    {
        var form = FormTag().Match(Html);
        Assert.True(form.Success, $"There is no form on: {Html}");
        var action = AttributeOf(form.Value, "action") is { Length: > 0 } target ? new Uri(Address, target) : Address;
        var hidden = HiddenTag().Matches(Html).Select(input => (AttributeOf(input.Value, "name"), AttributeOf(input.Value, "value")));
        var content = hidden.Concat(fields).Select(field => KeyValuePair.Create(field.Item1, field.Item2));
        return GoAsync(new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent(content) });
    }

    public async Task GivePasswordAsync(Account account)
    {
        Assert.Equal("Sign in", Heading);
        await SubmitAsync(("username", account.Name), ("password", account.Password));
    }

    public async Task GiveCodeAsync(Account account)
    {
        Assert.Equal("Second factor", Heading);
        await SubmitAsync(("code", account.Code!));
    }

    /// <summary>What the gateway says of the session.</summary>
    public async Task<JsonElement> SessionAsync() =>
        JsonElement.Parse(await _http.GetStringAsync(new Uri(Gateway.Origin, "/.gateway/session"), TestContext.Current.CancellationToken));

    /// <summary>The status a script of the page gets.</summary>
    public async Task<int> CallAsync(string path) => (int)(await FetchAsync(HttpMethod.Post, path)).Status;

    /// <summary>What a script of the page gets; any number at the same time.</summary>
    public async Task<(HttpStatusCode Status, string Text)> FetchAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(Gateway.Origin, path));
        request.Headers.Add("X-Requested-With", "XMLHttpRequest");
        if (method == HttpMethod.Post) request.Content = new StringContent("{}");
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public void Dispose() => _http.Dispose();

    private async Task GoAsync(HttpRequestMessage request)
    {
        var next = await StepAsync(request);
        for (var hops = 0; next is not null; hops++)
        {
            Assert.True(hops < MostHops, $"Redirected in a loop, last to {next.RequestUri}.");
            if (_pause && next.RequestUri!.Host == Gateway.Origin.Host)
            {
                _paused = next;
                return;
            }

            next = await StepAsync(next);
        }
    }

    /// <summary>One request; returns the one that follows by itself.</summary>
    private async Task<HttpRequestMessage?> StepAsync(HttpRequestMessage request)
    {
        using var sent = request;
        request.Headers.Accept.ParseAdd("text/html");
        if (request.RequestUri!.Host != Gateway.Origin.Host) VisitsToProvider++;
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Status = response.StatusCode;
        Html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Address = request.RequestUri;
        if (response.Headers.Location is { } location) return new HttpRequestMessage(HttpMethod.Get, Strip(new Uri(Address, location)));
        if (!Html.Contains(".submit()", StringComparison.Ordinal)) return null;
        var action = new Uri(Address, AttributeOf(FormTag().Match(Html).Value, "action"));
        var fields = HiddenTag().Matches(Html).Select(input => KeyValuePair.Create(AttributeOf(input.Value, "name"), AttributeOf(input.Value, "value")));
        return new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent(fields) };
    }

    private Uri Strip(Uri address) => _strip.Aggregate(address, (left, name) => new Uri(Regex.Replace(left.AbsoluteUri, $"(?<=[?&]){name}=[^&]*&?", "")));

    private static async ValueTask<Stream> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string AttributeOf(string tag, string name) =>
        WebUtility.HtmlDecode(Regex.Match(tag, $"\\b{name}=\"([^\"]*)\"").Groups[1].Value);

    [GeneratedRegex("<h1>(.*?)</h1>")]
    private static partial Regex HeadingTag();

    [GeneratedRegex("<form[^>]*>")]
    private static partial Regex FormTag();

    [GeneratedRegex("<input[^>]*type=\"hidden\"[^>]*>")]
    private static partial Regex HiddenTag();
}
