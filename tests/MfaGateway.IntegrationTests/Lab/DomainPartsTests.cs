using MfaGateway.Lab.Kerberos;

namespace MfaGateway.IntegrationTests.Lab;

/// <summary>What the lab says where it cannot have a domain controller.</summary>
public sealed class DomainPartsTests
{
    [Fact]
    public void nothing_is_said_where_everything_is_there() =>
        Assert.Null(DomainParts.Missing(linux: true, root: true, exists: _ => true, library: true));

    [Fact]
    public void packages_that_are_missing_are_named_with_the_command_that_installs_them()
    {
        var said = DomainParts.Missing(linux: true, root: true, exists: file => !file.EndsWith("samba_dsdb.so", StringComparison.Ordinal), library: false);

        Assert.Contains("samba-dsdb-modules, libgssapi-krb5-2.", said, StringComparison.Ordinal);
        Assert.EndsWith(": apt-get install samba-dsdb-modules libgssapi-krb5-2", said, StringComparison.Ordinal);
    }

    [Fact]
    public void root_is_asked_for_together_with_the_packages()
    {
        var said = DomainParts.Missing(linux: true, root: false, exists: _ => false, library: true)!.Split('\n');

        Assert.EndsWith(
            ": sudo apt-get install samba samba-common-bin samba-ad-provision samba-dsdb-modules samba-vfs-modules python3-samba", said[0], StringComparison.Ordinal);
        Assert.Contains("needs root", said[1], StringComparison.Ordinal);
    }

    [Fact]
    public void other_systems_are_told_that_there_is_none() =>
        Assert.Contains("needs Linux", DomainParts.Missing(linux: false, root: true, exists: _ => true, library: true), StringComparison.Ordinal);
}
