namespace MfaGateway.Access;

/// <summary>Where facts that a policy asks for come from. Section <c>Gateway:Access</c>.</summary>
public sealed class AccessOptions
{
    /// <summary>MaxMind DB file with the countries of addresses (GeoLite2 Country, GeoIP2 Country, or any with <c>country.iso_code</c>), relative to the
    /// configuration file. Read again when it changes; a file that is wrong leaves the old one in force. Required by a policy that asks for
    /// <c>country</c>. Default none.</summary>
    public string? CountryDatabase { get; set; }
}
