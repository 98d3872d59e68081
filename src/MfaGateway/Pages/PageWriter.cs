using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using MfaGateway.Configuration;
using MfaGateway.Outcome;
using MfaGateway.SignIn;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Pages;

/// <summary>Writes the gateway's pages: plain HTML without external resources, usable without script, under a policy that allows nothing else.</summary>
internal sealed class PageWriter(GatewaySettings settings)
{
    private const string Style =
        """
        :root{color-scheme:light dark}*{box-sizing:border-box}
        body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.6 system-ui,"Segoe UI",sans-serif;background:#eef1f5;color:#1b1f24}
        main{width:min(34rem,calc(100% - 2rem));margin:1rem;padding:2rem;background:#fff;border-radius:.75rem;box-shadow:0 1px 8px #0002}
        .brand{margin:0 0 1.25rem;font-weight:600;color:#4a5563}.brand img{display:block;max-height:3rem;margin-bottom:.5rem}
        h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25}p{margin:.75rem 0}
        .reference{margin:1.5rem 0 0;padding:.75rem 1rem;background:#f3f5f8;border-radius:.5rem}
        .reference code{display:block;font:600 1.1rem/1.6 ui-monospace,Consolas,monospace;letter-spacing:.04em}
        .reference small,.support{color:#4a5563}
        a.button,button{display:inline-block;margin:.5rem .5rem 0 0;padding:.6rem 1.1rem;border:2px solid #0b5cad;border-radius:.5rem;background:#0b5cad;color:#fff;
        font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
        a.button.second{background:transparent;color:#0b5cad}
        a:focus-visible,button:focus-visible{outline:3px solid #f0a500;outline-offset:2px}
        @media(prefers-color-scheme:dark){body{background:#14181d;color:#e8ecf1}main{background:#1e242b}.reference{background:#2a323b}
        .brand,.reference small,.support{color:#b4bfcb}a.button,button{background:#7db8f0;border-color:#7db8f0;color:#10151a}a.button.second{color:#7db8f0}}
        """;

    /// <summary>Notes the part of the address behind '#', which no server sees, and goes on to the sign-in. Constant, so that its hash can stand in the policy.</summary>
    private const string KeepFragment =
        """
        var a=document.getElementById("go");if(location.hash.length>1)a.href+="&fragment="+encodeURIComponent(location.hash);location.replace(a.href);
        """;

    private static readonly string _policy =
        $"default-src 'none'; style-src '{HashOf(Style)}'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static readonly string _policyWithScript = $"{_policy}; script-src '{HashOf(KeepFragment)}'";

    /// <summary>In a page that is not finished, a character that no text of it has.</summary>
    private const char ReferenceGoesHere = '\0';

    private LoadedLogo? _logo;
    private PreparedPages _prepared = new(settings.Current.Branding, []);

    /// <param name="context">The request.</param>
    /// <param name="refusal">What is refused, and why.</param>
    /// <param name="page">The page the person wanted, a path of our own origin.</param>
    public Task RefusalAsync(HttpContext context, Refusal refusal, string page)
    {
        var gateway = GatewayFeature.Of(context);
        var (texts, signedIn, brand) = (TextsFor(context.Request), gateway.Session is not null, settings.Current.Branding);
        var bytes = page == ReturnTarget.Default ? Prepared(texts, refusal.Text, signedIn, brand) : Refused(texts, refusal.Text, page, signedIn, brand, Logo(brand));
        return SendAsync(context, texts, _policy, bytes, gateway.Reference);
    }

    /// <summary>Attacks are answered with the same page again and again, so it is made once for each set of branding.</summary>
    private PageBytes Prepared(PageTexts texts, RefusalText refusal, bool signedIn, BrandingOptions brand)
    {
        var pages = _prepared;
        if (pages.Brand != brand) _prepared = pages = new PreparedPages(brand, []);
        if (pages.Refusals.TryGetValue((texts.Language, refusal, signedIn), out var known)) return known;
        var logo = Logo(brand);
        var made = Refused(texts, refusal, ReturnTarget.Default, signedIn, brand, logo);
        if (brand.LogoPath is null || logo.Length > 0) pages.Refusals[(texts.Language, refusal, signedIn)] = made; // one that could not be read may be there the next time
        return made;
    }

    private static PageBytes Refused(PageTexts texts, RefusalText refusal, string page, bool signedIn, BrandingOptions brand, string logo)
    {
        var (title, text) = texts.Refusals[refusal];
        var reference = $"""<div class="reference"><small>{Html(texts.Reference)}</small><code>{ReferenceGoesHere}</code><small>{Html(texts.ReferenceHint)}</small></div>""";
        var html = Document(texts, title, Paragraph(text) + WaysOut(texts, refusal, page, signedIn) + reference, brand, logo);
        var at = html.IndexOf(ReferenceGoesHere, StringComparison.Ordinal);
        return new(Encoding.UTF8.GetBytes(html[..at]), Encoding.UTF8.GetBytes(html[(at + 1)..]));
    }

    /// <summary>What can help, and only that: nobody has to sign in again because a server is away.</summary>
    private static string WaysOut(PageTexts texts, RefusalText refusal, string page, bool signedIn) => refusal switch
    {
        RefusalText.FactorMissing => SignInAgain(texts, page) + BackToMail(texts) + SignOut(texts, signedIn),
        RefusalText.SignInDenied or RefusalText.SignInStale or RefusalText.SignInInvalid => SignInAgain(texts, page),
        RefusalText.ProviderDown or RefusalText.Unavailable or RefusalText.NoServer or RefusalText.TooMany or RefusalText.TooBusy or RefusalText.Broken => Button(page, texts.TryAgain),
        RefusalText.SignOnFailed => Button(page, texts.TryAgain) + SignOut(texts, signedIn),
        RefusalText.Denied => BackToMail(texts) + SignOut(texts, signedIn),
        _ => BackToMail(texts),
    };

    private static string SignInAgain(PageTexts texts, string page) => Button($"/.gateway/signin?return={Uri.EscapeDataString(page)}", texts.SignInAgain);

    private static string BackToMail(PageTexts texts) => Button(ReturnTarget.Default, texts.BackToMail, "second");

    private static string SignOut(PageTexts texts, bool signedIn) => signedIn ? Button("/.gateway/signout", texts.SignOut, "second") : "";

    public Task ChooserAsync(HttpContext context, IEnumerable<Provider> providers, string returnTo)
    {
        var texts = TextsFor(context.Request);
        var buttons = string.Concat(providers.Select(p => Button(SignInAddress(returnTo, p.Name), p.DisplayName)));
        return WriteAsync(context, texts, texts.ChooseTitle, Paragraph(texts.Choose) + buttons);
    }

    /// <summary>One hop that keeps the fragment; without script the page moves on by itself, and a link stands there too.</summary>
    public Task KeepFragmentAsync(HttpContext context, string next)
    {
        var texts = TextsFor(context.Request);
        var body = $"""{Paragraph(texts.SigningIn)}<a class="button" id="go" href="{Html(next)}">{Html(texts.Continue)}</a><script>{KeepFragment}</script>""";
        var head = $"""<noscript><meta http-equiv="refresh" content="0;url={Html(next)}"></noscript>""";
        return WriteAsync(context, texts, texts.SigningInTitle, body, head, _policyWithScript);
    }

    public Task SignedOutAsync(HttpContext context)
    {
        var texts = TextsFor(context.Request);
        return WriteAsync(context, texts, texts.SignedOutTitle, Paragraph(texts.SignedOut) + Button(ReturnTarget.Default, texts.SignInAgain));
    }

    public Task ConfirmSignOutAsync(HttpContext context)
    {
        var texts = TextsFor(context.Request);
        // a link and no form: Chromium applies form-action to where a form's answer redirects, and this one goes on to the identity provider
        var buttons = Button("/.gateway/signout", texts.SignOut) + BackToMail(texts);
        return WriteAsync(context, texts, texts.ConfirmSignOutTitle, Paragraph(texts.ConfirmSignOut) + buttons);
    }

    public static string SignInAddress(string returnTo, string? provider) =>
        $"/.gateway/signin?return={Uri.EscapeDataString(returnTo)}" + (provider is null ? "&go=1" : $"&provider={Uri.EscapeDataString(provider)}");

    private Task WriteAsync(HttpContext context, PageTexts texts, string title, string body, string head = "", string? policy = null)
    {
        var brand = settings.Current.Branding;
        var html = Document(texts, title, body, brand, Logo(brand), head);
        return SendAsync(context, texts, policy ?? _policy, new(Encoding.UTF8.GetBytes(html), []), reference: "");
    }

    private static string Document(PageTexts texts, string title, string body, BrandingOptions brand, string logo, string head = "")
    {
        var support = brand.Support is { } help ? $"""<p class="support">{Html(help)}</p>""" : "";
        return
            $"""
            <!doctype html>
            <html lang="{texts.Language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <title>{Html(title)} · {Html(brand.Name)}</title><style>{Style}</style>{head}</head>
            <body><main><div class="brand">{logo}{Html(brand.Name)}</div><h1>{Html(title)}</h1>{body}{support}</main></body></html>

            """;
    }

    private static async Task SendAsync(HttpContext context, PageTexts texts, string policy, PageBytes page, string reference)
    {
        var headers = context.Response.Headers;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = page.Start.Length + reference.Length + page.Rest.Length;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin"; // with no-referrer a browser posts our own forms with "Origin: null" (Fetch standard, 3.2)
        headers.ContentLanguage = texts.Language;
        headers.Vary = "Accept-Language";
        if (HttpMethods.IsHead(context.Request.Method)) return;
        var body = context.Response.BodyWriter;
        body.Write(page.Start);
        Encoding.ASCII.GetBytes(reference, body);
        body.Write(page.Rest);
        await body.FlushAsync(CancellationToken.None);
    }

    /// <summary>A logo that cannot be read costs the logo: this writes the pages that say what went wrong.</summary>
    private string Logo(BrandingOptions brand)
    {
        if (brand.LogoPath is not { } path) return "";
        try
        {
            if (_logo?.Path != path) _logo = new LoadedLogo(path, DataOf(settings.Resolve(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }

        return $"""<img alt="" src="{_logo.Data}">""";
    }

    private static string DataOf(string file) =>
        $"data:{(file.EndsWith(".svg", StringComparison.OrdinalIgnoreCase) ? "image/svg+xml" : "image/png")};base64,{Convert.ToBase64String(File.ReadAllBytes(file))}";

    private static PageTexts TextsFor(HttpRequest request)
    {
        foreach (var wanted in request.GetTypedHeaders().AcceptLanguage.Where(l => l.Quality != 0).OrderByDescending(l => l.Quality ?? 1))
        {
            var language = wanted.Value.Split(['-']).First(); // de-AT is German, den is not
            var texts = PageTexts.All.FirstOrDefault(t => language.Equals(t.Language, StringComparison.OrdinalIgnoreCase));
            if (texts is not null) return texts;
        }

        return PageTexts.English;
    }

    private static string Paragraph(string text) => $"<p>{Html(text)}</p>";

    private static string Button(string address, string text, string? kind = null) =>
        $"""<a class="button{(kind is null ? "" : " " + kind)}" href="{Html(address)}">{Html(text)}</a>""";

    private static string Html(string text) => HtmlEncoder.Default.Encode(text);

    private static string HashOf(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed record LoadedLogo(string Path, string Data);

    /// <summary>A page in UTF-8, around the reference of its request.</summary>
    private sealed record PageBytes(byte[] Start, byte[] Rest);

    private sealed record PreparedPages(BrandingOptions Brand, ConcurrentDictionary<(string Language, RefusalText, bool SignedIn), PageBytes> Refusals);
}
