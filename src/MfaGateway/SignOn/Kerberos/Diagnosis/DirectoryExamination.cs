using System.Buffers.Binary;
using MfaGateway.SignOn.Kerberos.Gssapi;

namespace MfaGateway.SignOn.Kerberos.Diagnosis;

/// <summary>Tells apart by the directory what the domain controller's one error for refused delegation (KDC_ERR_BADOPTION) does not.</summary>
internal sealed class DirectoryExamination(LdapConnection directory, string account, string servicePrincipalName)
{
    // userAccountControl, MS-ADTS section 2.2.16
    private const int NotDelegated = 0x0010_0000;
    private const int TrustedToAuthenticateForDelegation = 0x0100_0000;

    /// <summary>Relative identifier of the group Protected Users (MS-DTYP section 2.4.2.4).</summary>
    private const uint ProtectedUsers = 525;

    private const string Here = "directory";

    public async Task<IReadOnlyList<SignOnFinding>> ExamineAsync(string? user, CancellationToken cancellationToken)
    {
        var findings = new List<SignOnFinding>();
        await ExamineServiceAsync(findings, cancellationToken);
        await ExamineAccountAsync(findings, cancellationToken);
        if (user is not null) await ExamineUserAsync(user, findings, cancellationToken);
        return findings;
    }

    private async Task ExamineServiceAsync(List<SignOnFinding> findings, CancellationToken cancellationToken)
    {
        var owners = await directory.SearchAsync(directory.Root, [("servicePrincipalName", servicePrincipalName)], ["sAMAccountName"], cancellationToken);
        var names = string.Join(", ", owners.Select(owner => owner.Text("sAMAccountName")));
        findings.Add(owners.Count switch
        {
            0 => SignOnFinding.Bad(Here, SignOnFailure.ServiceUnknown, $"No account has the service principal name {servicePrincipalName}.", "Register it on Exchange's alternate service account: setspn -S."),
            1 => SignOnFinding.Good(Here, $"{servicePrincipalName} belongs to {names}."),
            _ => SignOnFinding.Bad(Here, SignOnFailure.ServiceUnknown, $"{servicePrincipalName} is registered more than once: {names}.", "Remove all but one: setspn -D."),
        });
    }

    private async Task ExamineAccountAsync(List<SignOnFinding> findings, CancellationToken cancellationToken)
    {
        var found = await directory.SearchAsync(
            directory.Root, [("sAMAccountName", account)], ["userAccountControl", "msDS-AllowedToDelegateTo", "servicePrincipalName"], cancellationToken);
        if (found is not [var entry])
        {
            findings.Add(SignOnFinding.Bad(Here, SignOnFailure.AccountUnknown, $"The directory has no account '{account}'.", "Check Account."));
            return;
        }

        var flags = entry.Number("userAccountControl");
        var transition = (flags & TrustedToAuthenticateForDelegation) != 0;
        findings.Add(transition
            ? SignOnFinding.Good(Here, $"{account} may use any authentication protocol (TRUSTED_TO_AUTH_FOR_DELEGATION).")
            : SignOnFinding.Bad(Here, SignOnFailure.ProtocolTransitionMissing, $"{account} lacks protocol transition (TRUSTED_TO_AUTH_FOR_DELEGATION).", "Choose \"Use any authentication protocol\" on its Delegation tab."));
        var targets = entry.Texts("msDS-AllowedToDelegateTo").ToList();
        findings.Add(targets.Contains(servicePrincipalName, StringComparer.OrdinalIgnoreCase)
            ? SignOnFinding.Good(Here, $"{account} may delegate to {servicePrincipalName}.")
            : SignOnFinding.Bad(Here, SignOnFailure.DelegationNotAllowed, $"{account} may not delegate to {servicePrincipalName}, only to {(targets.Count == 0 ? "nothing" : string.Join(", ", targets))}.", "Add it on its Delegation tab (msDS-AllowedToDelegateTo)."));
        if (!entry.Texts("servicePrincipalName").Any())
            findings.Add(SignOnFinding.Bad(Here, SignOnFailure.DelegationRefused, $"{account} has no service principal name of its own, so it cannot act for anybody.", $"Give it one: setspn -S HTTP/{account} {account}."));
        if ((flags & NotDelegated) != 0)
            findings.Add(SignOnFinding.Bad(Here, SignOnFailure.DelegationRefused, $"{account} itself is flagged \"sensitive, cannot be delegated\", so its tickets are not forwardable.", "Clear the flag on the account of the gateway."));
    }

    private async Task ExamineUserAsync(string user, List<SignOnFinding> findings, CancellationToken cancellationToken)
    {
        var found = await directory.SearchAsync(
            directory.Root, [("userPrincipalName", user), ("sAMAccountName", GssNamesOfUsers.Plain(user))], ["userAccountControl", "sAMAccountName", "userPrincipalName"], cancellationToken);
        // a UPN goes before an account of the same name
        var entry = found.FirstOrDefault(e => user.Equals(e.Text("userPrincipalName"), StringComparison.OrdinalIgnoreCase)) ?? (found is [var first, ..] ? first : null);
        if (entry is null)
        {
            findings.Add(SignOnFinding.Bad(Here, SignOnFailure.UserUnknown, $"The directory has no account '{user}'.", "Check UserName, UserClaim and the provider's User."));
            return;
        }

        var name = entry.Text("sAMAccountName");
        if ((entry.Number("userAccountControl") & NotDelegated) != 0)
            findings.Add(SignOnFinding.Bad(Here, SignOnFailure.NotDelegable, $"{name} is flagged \"Account is sensitive and cannot be delegated\".", "Leave administrators so, and let them use another account for mail."));
        var groups = (await directory.SearchAsync(entry.Name, [], ["tokenGroups"], cancellationToken)).SelectMany(e => e.Values("tokenGroups"));
        if (groups.Any(IsProtectedUsers))
            findings.Add(SignOnFinding.Bad(Here, SignOnFailure.NotDelegable, $"{name} is a member of Protected Users, whom nobody may act for.", "Use another account for mail, or take it out of the group."));
        if (findings.TrueForAll(f => f.Outcome is FindingOutcome.Good)) findings.Add(SignOnFinding.Good(Here, $"Nothing about {name} forbids delegation."));
    }

    /// <summary>The last part of a security identifier (MS-DTYP section 2.4.2.2) in a domain: at least five parts.</summary>
    private static bool IsProtectedUsers(byte[] sid) => sid.Length >= 28 && BinaryPrimitives.ReadUInt32LittleEndian(sid.AsSpan(sid.Length - sizeof(uint))) == ProtectedUsers;
}
