using System.Net;
using System.Net.Security;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>
/// A browser: keeps cookies, sends fetch metadata, follows redirects, forms that submit themselves and the gateway's page that keeps the fragment. The gateway
/// is reached over a socket under its public name; every other host is in the simulated internet.
/// </summary>
internal sealed class Browser : IDisposable
{
    private static readonly HttpRequestOptionsKey<string?> _from = new("from");
    private static readonly HttpRequestOptionsKey<Uri> _address = new("address");

    private readonly HttpClient _gateway;
    private readonly HttpMessageInvoker _internet;

    public Browser(SimulatedNetwork network)
    {
        Cookies = new CookieJar(network.Time);
        _internet = new HttpMessageInvoker(network.Internet.For(gateway: false));
        _gateway = new HttpClient(new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectCallback = (_, cancellationToken) => network.ConnectAsync(cancellationToken),
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => TestCertificate.Certificate.Equals(certificate) },
        }) { Timeout = TimeSpan.FromSeconds(20) };
    }

    public CookieJar Cookies { get; }

    /// <summary>Runs the script of pages.</summary>
    public bool Script { get; init; } = true;

    /// <summary>Sends fetch metadata, as all browsers do since 2023.</summary>
    public bool Metadata { get; init; } = true;

    /// <summary>The gateway ends TLS itself, so that the connection may speak HTTP/2.</summary>
    public bool Tls { get; init; }

    public void Dispose()
    {
        _gateway.Dispose();
        _internet.Dispose();
    }

    /// <summary>Opens an address without following where it leads.</summary>
    /// <param name="address">A path of the gateway, or a whole address.</param>
    /// <param name="from">The page that leads there; null when a person types the address.</param>
    public Task<Page> GetAsync(string address, string? from = null) => NavigateAsync(HttpMethod.Get, Resolve(address), from, null);

    /// <summary>Opens an address and goes on until there is a page to look at.</summary>
    public async Task<Page> OpenAsync(string address, string? from = null) => await FollowAsync(await GetAsync(address, from));

    /// <summary>Posts a form from a page of an origin.</summary>
    public Task<Page> PostAsync(string address, string from, Dictionary<string, string> fields) => NavigateAsync(HttpMethod.Post, Resolve(address), from, fields);

    /// <summary>Presses the button of the form on a page.</summary>
    public Task<Page> SubmitAsync(Page page)
    {
        var origin = Origin(page.Address);
        var posted = page.Header("Referrer-Policy") == "no-referrer" ? "null" : origin; // Fetch standard, "append a request Origin header"
        return NavigateAsync(HttpMethod.Post, new Uri(page.Address, page.FormAction), origin, page.Fields, posted);
    }

    /// <summary>Goes on from a page until there is one to look at.</summary>
    public async Task<Page> FollowAsync(Page page)
    {
        for (var hop = 0; hop < 20; hop++)
        {
            if (await StepAsync(page) is not { } next) return page;
            page = next;
        }

        throw new InvalidOperationException($"The browser was sent round in circles, at last to {page}");
    }

    /// <summary>Goes on until the page that comes from a host, and stops there.</summary>
    public async Task<Page> FollowToAsync(Page page, string host)
    {
        while (page.Address.Host != host) page = await StepAsync(page) ?? throw new InvalidOperationException($"The way ended before {host}: {page}");
        return page;
    }

    /// <summary>One step: a redirect, a form or the hop of the gateway; null at a page that a person looks at.</summary>
    public async Task<Page?> StepAsync(Page page)
    {
        var origin = page.Address.GetLeftPart(UriPartial.Authority);
        if (page.Location is { } location && (int)page.Status is >= 300 and < 400)
        {
            var next = new Uri(page.Address, location);
            if (next.Fragment.Length == 0 && page.Address.Fragment.Length > 0) next = new Uri(next.AbsoluteUri + page.Address.Fragment); // browsers keep it
            return await NavigateAsync(HttpMethod.Get, next, page.Response.RequestMessage!.Options.TryGetValue(_from, out var from) ? from : null, null);
        }

        if (page.AutoSubmits) return await PostAsync(page.FormAction, origin, page.Fields);
        if (page.GoLink is not { } link) return null;
        if (!Script) return await NavigateAsync(HttpMethod.Get, new Uri(page.Address, page.RefreshLink), origin, null);
        var hash = page.Address.Fragment is { Length: > 1 } fragment ? $"&fragment={Uri.EscapeDataString(fragment)}" : "";
        return await NavigateAsync(HttpMethod.Get, new Uri(page.Address, link + hash), origin, null);
    }

    /// <summary>What a script on one of our own pages requests.</summary>
    public async Task<Page> FetchAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = ScriptRequest(method, path, content, headers);
        return await SendAsync(request, sameSite: true, safeNavigation: false, HttpCompletionOption.ResponseContentRead);
    }

    /// <summary>A script's request whose answer is read as it comes.</summary>
    public async Task<Stream> StreamAsync(string path)
    {
        using var request = ScriptRequest(HttpMethod.Get, path, null, []);
        AddCookies(request, sameSite: true, safeNavigation: false);
        var response = await _gateway.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
    }

    private HttpRequestMessage ScriptRequest(HttpMethod method, string path, HttpContent? content, (string Name, string Value)[] headers)
    {
        var request = Request(method, Resolve(path));
        request.Content = content;
        request.Headers.Add("Accept", "*/*");
        if (Metadata) AddMetadata(request, "cors", "empty", "same-origin");
        if (method == HttpMethod.Post) request.Headers.Add("Origin", NetworkSetup.Origin);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private async Task<Page> NavigateAsync(HttpMethod method, Uri url, string? from, Dictionary<string, string>? fields, string? origin = null)
    {
        using var request = Request(method, url);
        request.Options.Set(_from, from);
        request.Headers.Add("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        if (fields is not null)
        {
            request.Content = new FormUrlEncodedContent(fields);
            request.Headers.Add("Origin", origin ?? from);
        }

        if (Metadata)
        {
            AddMetadata(request, "navigate", "document", from is null ? "none" : from == Origin(url) ? "same-origin" : IsSameSite(from, url) ? "same-site" : "cross-site");
            request.Headers.Add("Upgrade-Insecure-Requests", "1");
        }

        return await SendAsync(request, from is null || IsSameSite(from, url), method == HttpMethod.Get, HttpCompletionOption.ResponseContentRead);
    }

    private async Task<Page> SendAsync(HttpRequestMessage request, bool sameSite, bool safeNavigation, HttpCompletionOption completion)
    {
        var url = AddressOf(request);
        AddCookies(request, sameSite, safeNavigation);
        var cancellation = TestContext.Current.CancellationToken;
        var response = IsGateway(url) ? await _gateway.SendAsync(request, completion, cancellation) : await _internet.SendAsync(request, cancellation);
        if (response.Headers.NonValidated.TryGetValues("Set-Cookie", out var cookies))
        {
            foreach (var cookie in cookies) Cookies.Take(url, cookie);
        }

        return new Page(url, response.StatusCode, response, await response.Content.ReadAsStringAsync(cancellation));
    }

    private void AddCookies(HttpRequestMessage request, bool sameSite, bool safeNavigation)
    {
        if (Cookies.HeaderFor(AddressOf(request), sameSite, safeNavigation) is { } cookies) request.Headers.TryAddWithoutValidation("Cookie", cookies);
    }

    /// <summary>Behind a balancer that ends TLS the gateway hears plain http, under the public name.</summary>
    private HttpRequestMessage Request(HttpMethod method, Uri url)
    {
        var sent = url.GetLeftPart(UriPartial.Query); // a fragment never leaves a browser
        var wire = IsGateway(url) && !Tls ? $"http{sent["https".Length..]}" : sent;
        var request = new HttpRequestMessage(method, new Uri(wire, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (Tls) (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        request.Options.Set(_address, url);
        return request;
    }

    private static void AddMetadata(HttpRequestMessage request, string mode, string destination, string site)
    {
        request.Headers.Add("Sec-Fetch-Mode", mode);
        request.Headers.Add("Sec-Fetch-Dest", destination);
        request.Headers.Add("Sec-Fetch-Site", site);
    }

    private static Uri AddressOf(HttpRequestMessage request) => request.Options.TryGetValue(_address, out var url) ? url : throw new InvalidOperationException();

    private static Uri Resolve(string address) => new(new Uri(NetworkSetup.Origin), address);

    private static bool IsGateway(Uri url) => url.Host == "mail.contoso.com";

    private static string Origin(Uri url) => url.GetLeftPart(UriPartial.Authority);

    private static bool IsSameSite(string from, Uri url) => Site(new Uri(from).Host) == Site(url.Host);

    /// <summary>The last two labels: enough for the names in these tests.</summary>
    private static string Site(string host) => string.Join('.', host.Split('.').TakeLast(2));
}
