namespace MfaGateway.SignOn.Kerberos.Gssapi;

/// <summary>From the library's codes to causes. What the codes say was seen with MIT Kerberos 1.20 against Samba 4.17; where Windows is known to differ a
/// comment says so.</summary>
internal static class GssFailures
{
    public const string Acquire = "gss_acquire_cred_from";
    public const string Impersonate = "gss_acquire_cred_impersonate_name";

    /// <summary>RFC 2744 section 3.9.1, GSS_S_DEFECTIVE_CREDENTIAL.</summary>
    private const uint DefectiveCredential = 0x000a_0000;

    // errors of a domain controller, RFC 4120 section 7.5.9
    private const int ClientExpired = 1;
    private const int ClientUnknown = 6;
    private const int ServiceUnknown = 7;
    private const int Policy = 12;
    private const int BadOption = 13;
    private const int EncryptionNotSupported = 14;
    private const int Revoked = 18;
    private const int TicketRevoked = 20;
    private const int KeyExpired = 23;
    private const int PreauthenticationFailed = 24;
    private const int ServiceUnavailable = 29;
    private const int IntegrityFailed = 31;
    private const int TicketExpired = 32;
    private const int NotYetValid = 33;
    private const int Skew = 37;
    private const int Modified = 41;

    // errors of the library, krb5_err.et
    private const int KdcReplySkew = 148;
    private const int NoEncryptionInCommon = 150;
    private const int KeyTypeNotSupported = 151;
    private const int WrongEncryption = 152;
    private const int RealmUnknown = 154;
    private const int NoService = 155;
    private const int KdcUnreachable = 156;
    private const int KeytabEntryNotFound = 181;
    private const int NoCache = 195;
    private const int NoUsableKey = 210;
    private const int RealmNotResolved = 220;

    public static SignOnFailure Of(GssException e) => Of(e.Call, e.Code);

    /// <param name="call">The function that failed.</param>
    /// <param name="code">As in <see cref="GssException.Code"/>.</param>
    public static SignOnFailure Of(string call, int code) => Anywhere(code) ?? (call switch
    {
        Acquire => OfAccount(code),
        Impersonate => OfUser(code) ?? (code is ServiceUnknown or RealmUnknown ? SignOnFailure.UserUnknown : null), // 7: the realm of the user
        _ => OfUser(code) ?? (code is ServiceUnknown ? SignOnFailure.ServiceUnknown : null),
    }) ?? SignOnFailure.KerberosFailed;

    /// <summary>The gateway's own ticket has ended or was lost, which obtaining it anew mends.</summary>
    public static bool MeansOwnTicketIsUseless(GssException e) =>
        e.Call != Acquire && (e.Major == DefectiveCredential || e.Code is TicketExpired or TicketRevoked or IntegrityFailed or Modified or NoCache);

    private static SignOnFailure? Anywhere(int code) => code switch
    {
        KdcUnreachable or NoService or RealmNotResolved or ServiceUnavailable => SignOnFailure.KdcUnreachable,
        Skew or KdcReplySkew or NotYetValid => SignOnFailure.ClockSkew,
        EncryptionNotSupported or NoEncryptionInCommon or KeyTypeNotSupported or WrongEncryption => SignOnFailure.EncryptionType,
        _ => null,
    };

    private static SignOnFailure? OfAccount(int code) => code switch
    {
        NoCache or KeytabEntryNotFound => SignOnFailure.KeytabMissing, // "No credentials cache found" is what the library says of a missing keytab
        PreauthenticationFailed or IntegrityFailed => SignOnFailure.KeytabStale,
        ClientUnknown => SignOnFailure.AccountUnknown,
        Revoked or Policy or ClientExpired or KeyExpired => SignOnFailure.AccountDisabled,
        NoUsableKey => SignOnFailure.EncryptionType, // the keytab holds keys of the account, but none of a kind that both sides want
        RealmUnknown => SignOnFailure.KdcUnreachable, // no KDC is named for it, neither in the settings nor in DNS
        _ => null,
    };

    private static SignOnFailure? OfUser(int code) => code switch
    {
        ClientUnknown => SignOnFailure.UserUnknown,
        Policy or Revoked => SignOnFailure.UserDisabled, // disabled: 12 from Samba, 18 from Windows; locked: 18 from both
        ClientExpired => SignOnFailure.UserExpired,
        KeyExpired => SignOnFailure.PasswordExpired,
        BadOption => SignOnFailure.DelegationRefused, // four causes; only the directory tells them apart
        _ => null,
    };
}
