namespace MfaGateway.SignOn.Kerberos.Gssapi;

/// <summary>Compares the user that was asked for with the one that the domain controller's ticket names.</summary>
internal static class GssNamesOfUsers
{
    /// <summary>An account name must come back as it was, in any case of letters. A UPN comes back as it was (<c>carol\@corp.example@REALM</c>) or, from
    /// Windows, as the account it belongs to (<c>cjones@REALM</c>): that is the domain's to say. It can never be the gateway itself.</summary>
    public static bool MayStandFor(string owner, string user, GssAccount account)
    {
        if (owner.Equals(account.Principal, StringComparison.OrdinalIgnoreCase)) return false;
        if (owner.Equals(user, StringComparison.OrdinalIgnoreCase)) return true;
        if (account.UsersAreAccounts) return false;
        var realm = owner.LastIndexOf('@');
        if (realm <= 0 || realm == owner.Length - 1) return false;
        var name = owner[..realm];
        return !name.Contains('@', StringComparison.Ordinal) || name.Replace("\\@", "@", StringComparison.Ordinal).Equals(user, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The name without realm and without the backslashes of the display form.</summary>
    public static string Plain(string owner)
    {
        var realm = owner.LastIndexOf('@');
        return (realm > 0 ? owner[..realm] : owner).Replace("\\", "", StringComparison.Ordinal);
    }
}
