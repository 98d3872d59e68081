namespace MfaGateway.InteropTests.Setup;

/// <summary>Somebody the provider knows.</summary>
/// <param name="Name">Also the subject.</param>
/// <param name="Password">First factor.</param>
/// <param name="Code">Second factor, always the same; null for somebody who has none.</param>
/// <param name="Groups">Claim <c>groups</c>.</param>
internal sealed record Account(string Name, string Password, string? Code, IReadOnlyList<string> Groups)
{
    public static readonly Account Alice = new("alice@contoso.test", "alice-pw", "111111", ["Staff"]);
    public static readonly Account Bob = new("bob@contoso.test", "bob-pw", null, ["Staff", "Exchange Admins"]);
    public static readonly Account Admin = new("admin@contoso.test", "admin-pw", "222222", ["Staff", "Exchange Admins"]);

    /// <summary>People of whom nothing is special, for tests that need many.</summary>
    public static readonly IReadOnlyList<Account> Staff = [.. Enumerable.Range(0, 8).Select(n => new Account($"user{n}@contoso.test", $"user{n}-pw", null, ["Staff"]))];

    public static readonly IReadOnlyList<Account> All = [Alice, Bob, Admin, .. Staff];
}
