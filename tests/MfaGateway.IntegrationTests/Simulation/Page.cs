using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>An answer as a browser got it.</summary>
internal sealed partial record Page(Uri Address, HttpStatusCode Status, HttpResponseMessage Response, string Body)
{
    /// <summary>The header as it stands, not resolved.</summary>
    public string? Location => Header("Location");

    /// <summary>The reference on an error page or in a problem document.</summary>
    public string Reference => Response.Content.Headers.ContentType?.MediaType == "application/problem+json"
        ? JsonElement.Parse(Body).GetProperty("reference").GetString()!
        : Found(ReferencePattern(), "reference");

    /// <summary>The link on the page that keeps the fragment.</summary>
    public string? GoLink => Find(GoPattern());

    /// <summary>The same link for browsers without script.</summary>
    public string? RefreshLink => Find(RefreshPattern());

    public bool HasForm => FormPattern().IsMatch(Body);

    /// <summary>The form submits itself.</summary>
    public bool AutoSubmits => HasForm && Body.Contains("document.forms[0].submit()", StringComparison.Ordinal);

    public string FormAction => Found(FormPattern(), "form");

    public Dictionary<string, string> Fields =>
        InputPattern().Matches(Body).ToDictionary(m => m.Groups[1].Value, m => WebUtility.HtmlDecode(m.Groups[2].Value));

    public string? Header(string name) =>
        Response.Headers.NonValidated.TryGetValues(name, out var values) || Response.Content.Headers.NonValidated.TryGetValues(name, out values)
            ? values.ToString() : null;

    public IReadOnlyList<string> SetCookies => Response.Headers.NonValidated.TryGetValues("Set-Cookie", out var values) ? [.. values] : [];

    public override string ToString() => $"{(int)Status} {Address} {Location} {Body}";

    private string? Find(Regex pattern) => pattern.Match(Body) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value) : null;

    private string Found(Regex pattern, string what) => Find(pattern) ?? throw new InvalidOperationException($"There is no {what} on this page: {this}");

    [GeneratedRegex("<code>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</code>")]
    private static partial Regex ReferencePattern();

    [GeneratedRegex("id=\"go\" href=\"([^\"]*)\"")]
    private static partial Regex GoPattern();

    [GeneratedRegex("<noscript><meta http-equiv=\"refresh\" content=\"0;url=([^\"]*)\">")]
    private static partial Regex RefreshPattern();

    [GeneratedRegex("<form method=\"post\" action=\"([^\"]*)\">")]
    private static partial Regex FormPattern();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")]
    private static partial Regex InputPattern();
}
