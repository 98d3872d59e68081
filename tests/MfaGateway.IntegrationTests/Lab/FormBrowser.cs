using System.Net;
using System.Text.RegularExpressions;

namespace MfaGateway.IntegrationTests.Lab;

/// <summary>A browser without script: follows redirects on one site, remembers the page, fills forms in.</summary>
internal sealed partial class FormBrowser(HttpClient client)
{
    public HttpClient Http => client;

    /// <summary>Address of the page shown.</summary>
    public Uri Address { get; private set; } = new("about:blank");

    public string Html { get; private set; } = "";

    public HttpStatusCode Status { get; private set; }

    /// <summary>Where the page's form goes, when it says so.</summary>
    public string? FormAction => Action().Match(Html) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value) : null;

    /// <summary>Names of the page's inputs with their values.</summary>
    public IReadOnlyDictionary<string, string> Inputs => Input().Matches(Html).ToDictionary(
        match => Attribute(match.Value, "name"), match => Attribute(match.Value, "value"));

    public Task OpenAsync(Uri address) => SendAsync(new HttpRequestMessage(HttpMethod.Get, address));

    public Task SubmitAsync(params (string Name, string? Value)[] fields) => SendAsync(new HttpRequestMessage(HttpMethod.Post, Address)
    {
        Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value ?? ""))),
    });

    private async Task SendAsync(HttpRequestMessage request)
    {
        var next = await StepAsync(request);
        for (var hops = 0; next is not null && hops < 10; hops++) next = await StepAsync(new HttpRequestMessage(HttpMethod.Get, next));
        Assert.True(next is null, $"Redirected in a loop, last to {next}.");
    }

    /// <summary>One request; returns where it was redirected to, unless that is another site.</summary>
    private async Task<Uri?> StepAsync(HttpRequestMessage request)
    {
        using var sent = request;
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Status = response.StatusCode;
        Html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Address = response.Headers.Location is { } location ? new Uri(request.RequestUri!, location) : request.RequestUri!;
        return Address != request.RequestUri && Address.Authority == request.RequestUri!.Authority ? Address : null;
    }

    private static string Attribute(string tag, string name) =>
        WebUtility.HtmlDecode(Regex.Match(tag, $"\\b{name}=\"([^\"]*)\"").Groups[1].Value);

    [GeneratedRegex("<form[^>]*\\baction=\"([^\"]*)\"")]
    private static partial Regex Action();

    [GeneratedRegex("<input[^>]*\\bname=\"[^>]*>")]
    private static partial Regex Input();
}
