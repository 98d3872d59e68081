using System.Net;
using MaxMind.Db;
using MfaGateway.Access;

namespace MfaGateway.Tests.Access;

public sealed class CountryDatabaseTests : IDisposable
{
    private static readonly (string Network, string? Country)[] Networks =
        [("192.0.2.0/24", "DE"), ("198.51.100.0/25", "AT"), ("203.0.113.7/32", "XK"), ("203.0.113.128/25", null), ("2001:db8::/32", "FR"), ("100.64.0.0/10", "ZZ")];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("countries-");

    public void Dispose() => _folder.Delete(recursive: true);

    private string File(byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, "countries.mmdb");
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    [Theory]
    [InlineData("192.0.2.1", "DE")]
    [InlineData("192.0.2.255", "DE")]
    [InlineData("192.0.3.0", "unknown")]
    [InlineData("198.51.100.127", "AT")]
    [InlineData("198.51.100.128", "unknown")]
    [InlineData("203.0.113.7", "XK")]
    [InlineData("203.0.113.8", "unknown")]
    [InlineData("203.0.113.200", "unknown")]
    [InlineData("100.64.0.1", "unknown")]
    [InlineData("2001:db8::1", "FR")]
    [InlineData("2001:db9::1", "unknown")]
    [InlineData("10.1.2.3", "unknown")]
    public void An_address_has_the_country_of_its_network_or_none_that_is_known(string address, string expected) =>
        Assert.Equal(expected, CountryDatabase.Read(File(MmdbWriter.Write(Networks))).CountryOf(IPAddress.Parse(address)));

    [Fact]
    public void Without_an_address_there_is_nothing_to_say() => Assert.Null(CountryDatabase.Read(File(MmdbWriter.Write(Networks))).CountryOf(null));

    [Fact]
    public void A_file_for_ipv4_only_cannot_tell_of_ipv6()
    {
        var countries = CountryDatabase.Read(File(MmdbWriter.Write([("192.0.2.0/24", "DE")], ipVersion: 4)));

        Assert.Equal("DE", countries.CountryOf(IPAddress.Parse("192.0.2.1")));
        Assert.Null(countries.CountryOf(IPAddress.Parse("2001:db8::1")));
    }

    [Fact]
    public void A_database_of_something_else_is_refused() => Assert.Throws<InvalidDatabaseException>(
        () => CountryDatabase.Read(File(MmdbWriter.Write([("192.0.2.0/24", null)], type: "Test-ASN"))));

    [Fact]
    public void A_file_can_be_replaced_while_it_is_in_use()
    {
        var path = File(MmdbWriter.Write(Networks));
        var before = CountryDatabase.Read(path);

        System.IO.File.Delete(path);
        var after = CountryDatabase.Read(File(MmdbWriter.Write([("192.0.2.0/24", "CH")])));

        Assert.Equal(("DE", "CH"), (before.CountryOf(IPAddress.Parse("192.0.2.1")), after.CountryOf(IPAddress.Parse("192.0.2.1"))));
    }
}
