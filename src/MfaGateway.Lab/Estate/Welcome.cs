using System.Globalization;
using System.Text;
using MfaGateway.Lab.IdentityProvider;
using MfaGateway.Lab.Kerberos;
using QRCoder;

namespace MfaGateway.Lab.Estate;

/// <summary>What a person reads on the terminal when the lab is ready.</summary>
internal sealed class Welcome(LabEstate estate, TotpVerifier codes)
{
    public string Text()
    {
        var ready = ReadyLine.For(estate);
        var text = new StringBuilder()
            .AppendLine()
            .AppendLine("The lab is ready.")
            .AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"  Mail            {ready.Gateway}/owa/")
            .AppendLine(CultureInfo.InvariantCulture, $"  Admin center    {ready.Gateway}/ecp/")
            .AppendLine(CultureInfo.InvariantCulture, $"  Gateway health  {ready.Management}/health/ready")
            .AppendLine(CultureInfo.InvariantCulture, $"  Sign-in server  {ready.IdentityProvider}")
            .AppendLine(CultureInfo.InvariantCulture, $"  Exchange        {string.Join("  ", ready.Exchange)}");
        if (estate.Domain is { } domain)
            text.AppendLine(CultureInfo.InvariantCulture, $"  Domain          {DomainController.Realm}, domain controller {domain.Controller.Address}: Exchange signs on with Kerberos");
        text.AppendLine()
            .AppendLine(Codes())
            .AppendLine("A code is good for about a minute and only once. Press Enter for new ones, or give an authenticator app the link or the picture:")
            .AppendLine();
        foreach (var user in estate.Users.All)
        {
            if (user.OtpAuthLink is not { } link) continue;
            text.AppendLine(CultureInfo.InvariantCulture, $"  {link}").AppendLine(CultureInfo.InvariantCulture, $"    {Picture(user, link)}");
        }

        return text.AppendLine()
            .AppendLine("Your browser warns about the certificate until it trusts the lab's CA, which can vouch for this machine only:")
            .AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"  {ready.CaCertificate}")
            .AppendLine(CultureInfo.InvariantCulture, $"  {HowToTrust(ready.CaCertificate)}")
            .AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"  Audit file      {ready.AuditFile}")
            .AppendLine(CultureInfo.InvariantCulture, $"  State folder    {estate.State.Path}")
            .AppendLine()
            .AppendLine("Ctrl+C stops everything.")
            .ToString();
    }

    /// <summary>The table of users with the codes of this moment.</summary>
    public string Codes()
    {
        var text = new StringBuilder().AppendLine("  User                 Password          Code now  Groups");
        foreach (var user in estate.Users.All)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {user.Upn,-20} {user.Password,-17} {codes.CurrentCode(user) ?? "none",-9} {string.Join(", ", user.Groups)}");
        return text.ToString();
    }

    private static string HowToTrust(string ca) =>
        OperatingSystem.IsWindows() ? $"certutil -user -addstore Root \"{ca}\""
        : OperatingSystem.IsMacOS() ? $"security add-trusted-cert -k ~/Library/Keychains/login.keychain-db \"{ca}\""
        : $"Chromium: certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n mfagw-lab -i \"{ca}\"    Firefox: Settings, Certificates, Authorities, Import";

    /// <summary>Draws the QR code into the state folder and returns its address.</summary>
    private Uri Picture(LabUser user, string link)
    {
        using var data = QRCodeGenerator.GenerateQrCode(link, QRCodeGenerator.ECCLevel.M);
        using var picture = new SvgQRCode(data);
        var path = estate.State.In($"{user.Upn}.svg");
        File.WriteAllText(path, picture.GetGraphic(8));
        return new Uri(path);
    }
}
