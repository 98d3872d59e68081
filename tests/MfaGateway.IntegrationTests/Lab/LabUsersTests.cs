using MfaGateway.Lab.IdentityProvider;
using OtpNet;

namespace MfaGateway.IntegrationTests.Lab;

public sealed class LabUsersTests : IDisposable
{
    private readonly LabFolder _folder = new();

    [Fact]
    public void a_restart_keeps_passwords_and_secrets()
    {
        var first = LabUsers.Ensure(_folder.Path);

        var second = LabUsers.Ensure(_folder.Path);

        Assert.Equal(first.All.Select(user => (user.Password, user.TotpSecret)), second.All.Select(user => (user.Password, user.TotpSecret)));
    }

    [Fact]
    public void another_folder_has_other_secrets()
    {
        using var other = new LabFolder();

        Assert.NotEqual(LabUsers.Ensure(_folder.Path).All[0].Password, LabUsers.Ensure(other.Path).All[0].Password);
    }

    [Fact]
    public void the_three_users_are_who_the_documentation_says()
    {
        var users = LabUsers.Ensure(_folder.Path).All;

        Assert.Equal(["alice@contoso.test", "bob@contoso.test", "admin@contoso.test"], users.Select(user => user.Upn));
        Assert.Equal([true, false, true], users.Select(user => user.TotpSecret is not null));
        Assert.Equal(["Staff", "Staff", "Staff,Exchange Admins"], users.Select(user => string.Join(',', user.Groups)));
    }

    [Fact]
    public void the_link_for_authenticator_apps_holds_the_secret()
    {
        var alice = LabUsers.Ensure(_folder.Path).All[0];

        Assert.Equal(20, Base32Encoding.ToBytes(alice.TotpSecret).Length);
        Assert.Equal(
            $"otpauth://totp/MfaGateway%20lab:alice%40contoso.test?secret={alice.TotpSecret}&issuer=MfaGateway%20lab",
            alice.OtpAuthLink);
    }

    [Fact]
    public void a_name_is_known_in_any_case_but_a_password_is_exact()
    {
        var users = LabUsers.Ensure(_folder.Path);
        var alice = users.All[0];

        Assert.Same(alice, users.SignIn("ALICE@contoso.test", alice.Password));
        Assert.Null(users.SignIn(alice.Upn, alice.Password.ToUpperInvariant()));
        Assert.Null(users.SignIn("nobody@contoso.test", alice.Password));
        Assert.Null(users.SignIn(null, null));
    }

    [Fact]
    public void a_file_cut_off_in_the_middle_is_made_anew()
    {
        File.WriteAllText(_folder.In("users.json"), "[{\"upn\":");

        Assert.Equal(3, LabUsers.Ensure(_folder.Path).All.Count);
    }

    public void Dispose() => _folder.Dispose();
}
