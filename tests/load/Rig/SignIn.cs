using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using MfaGateway.Lab.IdentityProvider;
using OtpNet;

namespace MfaGateway.Load.Rig;

/// <summary>Signs somebody in at the lab's identity provider by its forms, and takes the cookies home.</summary>
internal static partial class SignIn
{
    private const int MostSteps = 8;

    /// <param name="origin">The public origin.</param>
    /// <param name="port">Where the contestant really listens.</param>
    /// <param name="user">Who, for the first time: a one-time code is good once.</param>
    /// <param name="authority">The certificate authority of everything.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The value of the header <c>Cookie</c>.</returns>
    public static async Task<string> RunAsync(Uri origin, int port, LabUser user, X509Certificate2 authority, CancellationToken cancellationToken)
    {
        var cookies = new CookieContainer();
        using var handler = new SocketsHttpHandler { CookieContainer = cookies, ConnectCallback = (way, stop) => ConnectAsync(way.DnsEndPoint.Port == origin.Port ? port : way.DnsEndPoint.Port, stop) };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck,
        };
        using var browser = new HttpClient(handler) { DefaultRequestHeaders = { { "Accept", "text/html" }, { "User-Agent", "Mozilla/5.0" } } };
        var mail = new Uri(origin, "/owa/");
        var (address, html) = await ReadAsync(await browser.GetAsync(mail, cancellationToken));
        for (var step = 0; step < MostSteps && address != mail; step++)
        {
            var fields = Input().Matches(html).ToDictionary(match => Attribute(match.Value, "name"), match => Attribute(match.Value, "value"));
            if (fields.ContainsKey("username")) (fields["username"], fields["password"]) = (user.Upn, user.Password);
            else if (fields.ContainsKey("code") && !fields.ContainsKey("state")) fields["code"] = new Totp(Base32Encoding.ToBytes(user.TotpSecret)).ComputeTotp();
            var action = Action().Match(html) is { Success: true } match ? new Uri(address, WebUtility.HtmlDecode(match.Groups[1].Value)) : address;
            using var form = new FormUrlEncodedContent(fields);
            (address, html) = await ReadAsync(await browser.PostAsync(action, form, cancellationToken));
        }

        if (address != mail || html.Length != Backend.Small) throw new InvalidOperationException($"{user.Upn} did not come to the mail but to {address}:\n{html}");
        return cookies.GetCookieHeader(mail);
    }

    /// <summary>Everybody is on this machine, whatever name he has.</summary>
    public static async ValueTask<Stream> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task<(Uri Address, string Html)> ReadAsync(HttpResponseMessage answer)
    {
        using (answer) return (answer.RequestMessage!.RequestUri!, await answer.Content.ReadAsStringAsync());
    }

    private static string Attribute(string tag, string name) => WebUtility.HtmlDecode(Regex.Match(tag, $"\\b{name}=\"([^\"]*)\"").Groups[1].Value);

    [GeneratedRegex("<form[^>]*\\baction=\"([^\"]*)\"")]
    private static partial Regex Action();

    [GeneratedRegex("<input[^>]*\\bname=\"[^>]*>")]
    private static partial Regex Input();
}
