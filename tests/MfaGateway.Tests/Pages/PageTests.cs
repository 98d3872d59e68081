using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MfaGateway.Outcome;
using MfaGateway.Pages;
using MfaGateway.Sessions;
using MfaGateway.SignIn;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Tests.Pages;

public class PageTests
{
    private const string Hostile = "<img src=x onerror=alert(1)>\"'&";

    private static readonly Refusal[] AllRefusals =
    [
        .. typeof(Refusal).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => f.GetValue(null)).OfType<Refusal>(),
        Refusal.Denied("no-rule-permits"),
    ];

    [Fact]
    public void Every_refusal_has_its_own_words_in_every_language() => Assert.All(PageTexts.All, texts =>
    {
        Assert.Equal(Enum.GetValues<RefusalText>(), texts.Refusals.Keys.Order());
        Assert.All(texts.Refusals.Values, words =>
        {
            Assert.Matches(@"^\S.*[^.]$", words.Title);
            Assert.Matches(@"^\S.*\.$", words.Text);
        });
        Assert.Equal(texts.Refusals.Count, texts.Refusals.Values.Distinct().Count());
    });

    [Fact]
    public void Every_other_word_exists_in_every_language()
    {
        var words = typeof(PageTexts).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.PropertyType == typeof(string)).ToList();

        Assert.All(PageTexts.All, texts => Assert.All(words, word => Assert.False(string.IsNullOrWhiteSpace((string?)word.GetValue(texts)), $"{texts.Language}: {word.Name}")));
        Assert.All(words.Where(w => w.Name is not "Continue"), word => Assert.Equal(PageTexts.All.Count, PageTexts.All.Select(word.GetValue).Distinct().Count()));
        Assert.Equal(["de", "en"], PageTexts.All.Select(t => t.Language).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_refusal_shows_its_words_and_the_reference()
    {
        foreach (var refusal in AllRefusals)
        {
            var (context, html) = await RenderAsync((pages, context) => pages.RefusalAsync(context, refusal, "/.gateway/signin?return=%2Fowa%2F"));

            var (title, text) = PageTexts.English.Refusals[refusal.Text];
            Assert.Contains($"<h1>{title}</h1>", html, StringComparison.Ordinal);
            Assert.Contains($"<p>{System.Text.Encodings.Web.HtmlEncoder.Default.Encode(text)}</p>", html, StringComparison.Ordinal);
            Assert.Contains(GatewayFeature.Of(context).Reference, html, StringComparison.Ordinal);
        }
    }

    public static TheoryData<string> AllPages => ["refusal", "chooser", "fragment", "signed out", "confirm"];

    [Theory]
    [MemberData(nameof(AllPages))]
    public async Task A_page_has_no_script_or_style_that_its_policy_does_not_name(string page)
    {
        var (context, html) = await RenderAsync(page);

        var policy = context.Response.Headers.ContentSecurityPolicy.ToString();
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("*", policy, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.All(["base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"], directive => Assert.Contains(directive, policy, StringComparison.Ordinal));
        foreach (Match inline in Regex.Matches(html, "<(style|script)>(.*?)</(style|script)>", RegexOptions.Singleline))
        {
            var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(inline.Groups[2].Value)));
            Assert.Contains($"{inline.Groups[1].Value}-src 'sha256-{hash}'", policy, StringComparison.Ordinal);
        }

        var (other, _) = await RenderAsync(page, hostile: true);
        Assert.Equal(policy, other.Response.Headers.ContentSecurityPolicy.ToString()); // whatever was asked for
        Assert.Equal(page == "fragment" ? 1 : 0, Regex.Count(html, "<script"));
        Assert.DoesNotMatch(@"(?i)\son[a-z]+=|javascript:|\sstyle=|https?://", html);
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public async Task A_page_is_whole_accessible_and_kept_by_nobody(string page)
    {
        var (context, html) = await RenderAsync(page);

        var headers = context.Response.Headers;
        Assert.Equal("no-store nosniff en", $"{headers.CacheControl} {headers.XContentTypeOptions} {headers.ContentLanguage}");
        Assert.Matches("^(no-referrer|same-origin)$", headers["Referrer-Policy"].ToString()); // no other site learns the page's address
        Assert.Equal(Encoding.UTF8.GetByteCount(html), context.Response.ContentLength);
        Assert.StartsWith("<!doctype html>\n<html lang=\"en\">", html.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.All(["<h1>", "<main>", "<title>", "width=device-width"], part => Assert.Equal(1, Regex.Count(html, part)));
        Assert.DoesNotMatch("<img(?![^>]*alt=)", html);
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public async Task What_others_wrote_is_text_and_never_markup(string page)
    {
        var (_, html) = await RenderAsync(page, hostile: true);

        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("href=\"[^\"]*['<>]", html);
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&amp;", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "en")]
    [InlineData("de", "de")]
    [InlineData("de-AT", "de")]
    [InlineData("DE-at,en;q=0.5", "de")]
    [InlineData("en-US,en;q=0.9,de;q=0.8", "en")]
    [InlineData("fr,de;q=0.5,en;q=0.4", "de")]
    [InlineData("en;q=0.1,de;q=0.9", "de")]
    [InlineData("fr-FR,fr;q=0.9", "en")]
    [InlineData("*", "en")]
    [InlineData("de;q=0", "en")] // not at all (RFC 9110, 12.4.2)
    [InlineData("den", "en")] // Slavey, not German
    [InlineData("nonsense;;q=x,,", "en")]
    public async Task A_page_speaks_the_reader_s_language(string accept, string language)
    {
        var (context, html) = await RenderAsync((pages, context) =>
        {
            context.Request.Headers.AcceptLanguage = accept;
            return pages.SignedOutAsync(context);
        });

        Assert.Equal(language, context.Response.Headers.ContentLanguage);
        Assert.Equal("Accept-Language", context.Response.Headers.Vary);
        Assert.Contains($"<html lang=\"{language}\">", html, StringComparison.Ordinal);
        Assert.Contains(PageTexts.All.Single(t => t.Language == language).SignedOutTitle, html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HEAD_gets_the_headers_alone()
    {
        var (context, html) = await RenderAsync((pages, context) =>
        {
            context.Request.Method = "HEAD";
            return pages.SignedOutAsync(context);
        });

        Assert.Empty(html);
        Assert.True(context.Response.ContentLength > 0);
    }

    [Fact]
    public async Task The_chooser_leads_to_each_provider_and_back_to_the_page()
    {
        var (_, html) = await RenderAsync("chooser");

        Assert.Contains("href=\"/.gateway/signin?return=%2Fowa%2F%3Fa%3D1&amp;provider=adfs\"", html, StringComparison.Ordinal);
        Assert.Contains("href=\"/.gateway/signin?return=%2Fowa%2F%3Fa%3D1&amp;provider=entra\"", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logo.svg", "image/svg+xml")]
    [InlineData("logo.png", "image/png")]
    public async Task A_logo_travels_inside_the_page(string file, string type)
    {
        var folder = Directory.CreateTempSubdirectory("logo-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, file), "<svg/>", TestContext.Current.CancellationToken);
            var pages = new PageWriter(Settings.Of(Settings.Options(o => o.Branding.LogoPath = file), folder.FullName));

            var (_, html) = await RenderAsync((_, context) => pages.SignedOutAsync(context));

            Assert.Contains($"<img alt=\"\" src=\"data:{type};base64,PHN2Zy8+\">", html, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The page of an attack is kept in halves.</summary>
    [Fact]
    public async Task The_same_refusal_again_has_its_own_reference_and_the_length_it_says()
    {
        var pages = new PageWriter(Settings.Default);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var n = 0; n < 3; n++)
        {
            var (context, html) = await RenderAsync((_, context) => pages.RefusalAsync(context, Refusal.KnownAttack, ReturnTarget.Default));

            Assert.Contains($"<code>{GatewayFeature.Of(context).Reference}</code>", html, StringComparison.Ordinal);
            Assert.True(seen.Add(GatewayFeature.Of(context).Reference));
            Assert.Equal(Encoding.UTF8.GetByteCount(html), context.Response.ContentLength);
            Assert.EndsWith("</html>\n", html, StringComparison.Ordinal);
            Assert.DoesNotContain('\0', html);
        }
    }

    [Fact]
    public async Task A_kept_page_is_in_the_language_of_who_asks_and_offers_what_suits_him()
    {
        var pages = new PageWriter(Settings.Default);
        async Task<string> AskAsync(string language, Refusal refusal)
        {
            var (_, html) = await RenderAsync((_, context) =>
            {
                context.Request.Headers.AcceptLanguage = language;
                return pages.RefusalAsync(context, refusal, ReturnTarget.Default);
            });
            return html;
        }

        foreach (var texts in PageTexts.All.Concat(PageTexts.All))
        {
            foreach (var refusal in AllRefusals)
                Assert.Contains($"<h1>{System.Text.Encodings.Web.HtmlEncoder.Default.Encode(texts.Refusals[refusal.Text].Title)}</h1>", await AskAsync(texts.Language, refusal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_kept_page_offers_to_sign_out_to_whom_is_signed_in_alone()
    {
        var pages = new PageWriter(Settings.Default);
        foreach (var session in new LiveSession?[] { null, People.SignedIn("alice"), null })
        {
            var (_, html) = await RenderAsync((_, context) =>
            {
                GatewayFeature.Of(context).Session = session;
                return pages.RefusalAsync(context, Refusal.Denied("no-rule-permits"), ReturnTarget.Default);
            });

            Assert.Equal(session is not null, html.Contains("/.gateway/signout", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_kept_page_follows_the_branding()
    {
        var settings = Settings.Of(Settings.Options(o => o.Branding.Name = "Before"));
        var pages = new PageWriter(settings);
        await RenderAsync((_, context) => pages.RefusalAsync(context, Refusal.KnownAttack, ReturnTarget.Default));

        settings.Replace(Settings.Options(o => o.Branding.Name = "After"));
        var (_, html) = await RenderAsync((_, context) => pages.RefusalAsync(context, Refusal.KnownAttack, ReturnTarget.Default));

        Assert.Contains("After", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Before", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_logo_that_comes_later_comes_into_the_page()
    {
        var folder = Directory.CreateTempSubdirectory("logo-");
        try
        {
            var pages = new PageWriter(Settings.Of(Settings.Options(o => o.Branding.LogoPath = "logo.svg"), folder.FullName));
            var (_, before) = await RenderAsync((_, context) => pages.RefusalAsync(context, Refusal.KnownAttack, ReturnTarget.Default));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "logo.svg"), "<svg/>", TestContext.Current.CancellationToken);
            var (_, after) = await RenderAsync((_, context) => pages.RefusalAsync(context, Refusal.KnownAttack, ReturnTarget.Default));

            Assert.Equal((false, true), (before.Contains("<img", StringComparison.Ordinal), after.Contains("<img", StringComparison.Ordinal)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<(HttpContext Context, string Html)> RenderAsync(string page, bool hostile = false)
    {
        var name = hostile ? Hostile : "Contoso";
        var address = hostile ? "/owa/?" + Hostile : "/owa/?a=1";
        Provider[] providers = [Settings.Provider(Settings.Adfs(o => o.DisplayName = name), "adfs"), Settings.Provider(Settings.Entra(), "entra")];
        return RenderAsync(
            (pages, context) => page switch
            {
                "refusal" => pages.RefusalAsync(context, Refusal.FactorMissing, address),
                "chooser" => pages.ChooserAsync(context, providers, address),
                "fragment" => pages.KeepFragmentAsync(context, address),
                "signed out" => pages.SignedOutAsync(context),
                _ => pages.ConfirmSignOutAsync(context),
            },
            name,
            hostile ? Hostile : "");
    }

    private static async Task<(HttpContext Context, string Html)> RenderAsync(Func<PageWriter, HttpContext, Task> render, string brand = "Mail", string hostile = "")
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body }, Request = { Method = "GET" } };
        if (hostile.Length > 0)
        {
            (context.Request.Host, context.Request.Path, context.Request.QueryString) = (new HostString(hostile), "/" + hostile, new QueryString("?a=" + hostile));
            (context.Request.Headers.Origin, context.Request.Headers.Referer) = (hostile, hostile);
        }

        context.Features.Set(new GatewayFeature());
        var pages = new PageWriter(Settings.Of(Settings.Options(o => (o.Branding.Name, o.Branding.Support) = (brand, brand))));
        await render(pages, context);
        return (context, Encoding.UTF8.GetString(body.ToArray()));
    }
}
