using System.Globalization;
using System.Net;
using System.Reflection;

namespace MfaGateway.Lab.Exchange;

/// <summary>The simulators' pages. Small, but they behave: canary, background requests, recovery after 440.</summary>
internal static class ExchangePages
{
    private static readonly string MailPage = Read("Mail.html");
    private static readonly string AdminPage = Read("Admin.html");
    private static readonly string OptionsPage = Read("Options.html");

    public static IResult Mail(ServerIdentity server, string? user) => Fill(MailPage, server, user);

    public static IResult Admin(ServerIdentity server, string? user) => Fill(AdminPage, server, user);

    public static IResult Options(ServerIdentity server, string? user) => Fill(OptionsPage, server, user);

    public static IResult Small(string title, string text) => Results.Content(
        $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Encode(title)}</title></head><body><h1>{Encode(title)}</h1><p>{Encode(text)}</p></body></html>",
        "text/html; charset=utf-8");

    public static IResult Style() => Results.Text("""
        body { font: 1rem/1.5 "Segoe UI", system-ui, sans-serif; margin: 0; color: #222; background: #fff }
        header { background: #0b5394; color: #fff; padding: .5rem 1rem; display: flex; gap: 1rem; align-items: baseline }
        header a { color: #fff }
        h1 { font-size: 1.25rem; margin: 0; flex: 1 }
        main { display: grid; grid-template-columns: 12rem 1fr; gap: 1rem; padding: 1rem }
        nav a { display: block; padding: .25rem }
        footer { color: #555; padding: 0 1rem }
        """, "text/css");

    private static IResult Fill(string page, ServerIdentity server, string? user) => Results.Content(
        page.Replace("{{number}}", server.Number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{{name}}", server.Name, StringComparison.Ordinal)
            .Replace("{{user}}", Encode(user ?? "nobody"), StringComparison.Ordinal)
            .Replace("{{build}}", ServerIdentity.Build, StringComparison.Ordinal),
        "text/html; charset=utf-8");

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"MfaGateway.Lab.Exchange.{name}")
            ?? throw new InvalidOperationException($"The page `{name}` is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
