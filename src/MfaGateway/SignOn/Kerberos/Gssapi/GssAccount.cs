namespace MfaGateway.SignOn.Kerberos.Gssapi;

/// <summary>The gateway's account as the library needs it.</summary>
/// <param name="name">sAMAccountName.</param>
/// <param name="realm">Its realm.</param>
/// <param name="keytab">Full path.</param>
/// <param name="usersAreAccounts">Users are named by account and realm, not by UPN.</param>
internal sealed class GssAccount(string name, string realm, string keytab, bool usersAreAccounts)
{
    private static int _caches;
    private string _cache = NewCache();
    private int _worked;

    /// <param name="options">Validated.</param>
    /// <param name="resolve">Makes a path of the configuration file absolute.</param>
    public static GssAccount Of(KerberosOptions options, Func<string, string> resolve) => new(
        options.Account!, options.Realm!, resolve(options.Keytab!), options.UserName.Equals("samAccountName", StringComparison.OrdinalIgnoreCase));

    /// <summary>The account's own name; a domain controller gives no ticket to a client that calls itself by a service principal name.</summary>
    public string Principal => $"{name}@{realm}";

    public string Keytab => keytab;

    public bool UsersAreAccounts => usersAreAccounts;

    /// <summary>A cache in memory, for this account of this gateway alone. Never the process's default one.</summary>
    public string Cache => Volatile.Read(ref _cache);

    /// <summary>What a cache holds has become useless before its time: the next to acquire begins with an empty one.</summary>
    public void Abandon(string cache) => Interlocked.CompareExchange(ref _cache, NewCache(), cache);

    /// <summary>True once: the account was seen to work.</summary>
    public bool IsFirst() => Interlocked.Exchange(ref _worked, 1) == 0;

    private static string NewCache() => $"MEMORY:mfagw-{Interlocked.Increment(ref _caches)}";
}
