using System.Text.Encodings.Web;
using System.Text.Json;
using MfaGateway.Lab.IdentityProvider;

namespace MfaGateway.Lab.Estate;

/// <summary>The one line of JSON for programs that start the lab.</summary>
internal sealed record ReadyLine(
    string Gateway,
    string IdentityProvider,
    string Management,
    IReadOnlyList<string> Exchange,
    string CaCertificate,
    string AuditFile,
    IReadOnlyList<ReadyUser> Users)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // read by programs and people, never put into a page
    };

    public static ReadyLine For(LabEstate estate) => new(
        OriginOf(estate.Ports.Gateway),
        estate.IdentityProvider.AbsoluteUri,
        OriginOf(estate.Ports.Management),
        [.. estate.Ports.Exchange.Select(OriginOf)],
        estate.CaCertificate,
        estate.State.AuditFile,
        [.. estate.Users.All.Select(ReadyUser.For)]);

    public override string ToString() => JsonSerializer.Serialize(this, Json);

    private static string OriginOf(Uri address) => address.GetLeftPart(UriPartial.Authority);
}

/// <summary>A user in that line.</summary>
internal sealed record ReadyUser(string Upn, string Password, string? TotpSecret, IReadOnlyList<string> Groups)
{
    public static ReadyUser For(LabUser user) => new(user.Upn, user.Password, user.TotpSecret, user.Groups);
}
