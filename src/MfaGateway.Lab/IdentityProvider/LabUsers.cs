using System.Security.Cryptography;
using System.Text.Json;
using OtpNet;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>The lab's users. Their secrets are made once per state folder and kept in <c>users.json</c> there.</summary>
internal sealed class LabUsers(IReadOnlyList<LabUser> all)
{
    /// <summary>Letters and digits that cannot be mistaken for one another.</summary>
    private const string PasswordLetters = "abcdefghijkmnpqrstuvwxyz23456789";

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private volatile IReadOnlyList<LabUser> _all = all;

    public IReadOnlyList<LabUser> All => _all;

    /// <summary>Reads the users of a state folder, or makes them.</summary>
    public static LabUsers Ensure(string folder)
    {
        var path = Path.Combine(folder, "users.json");
        if (Read(path) is { } known) return new LabUsers(known);
        LabUser[] users =
        [
            New("alice@contoso.test", secondFactor: true, "Staff"),
            New("bob@contoso.test", secondFactor: false, "Staff"),
            New("admin@contoso.test", secondFactor: true, "Staff", "Exchange Admins"),
        ];
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        JsonSerializer.Serialize(file, users, Indented);
        return new LabUsers(users);
    }

    /// <summary>The user of that name, unless disabled.</summary>
    public LabUser? Find(string? upn) => All.FirstOrDefault(user => !user.Disabled && IsNamed(user, upn));

    /// <summary>Changes a user until the lab ends; false when there is none of that name.</summary>
    public bool Change(string upn, Func<LabUser, LabUser> change)
    {
        if (!All.Any(user => IsNamed(user, upn))) return false;
        _all = [.. All.Select(user => IsNamed(user, upn) ? change(user) : user)];
        return true;
    }

    /// <summary>The user with that name and password; null when either is wrong.</summary>
    public LabUser? SignIn(string? upn, string? password) =>
        Find(upn) is { } user && string.Equals(user.Password, password, StringComparison.Ordinal) ? user : null;

    private static bool IsNamed(LabUser user, string? upn) => string.Equals(user.Upn, upn, StringComparison.OrdinalIgnoreCase);

    private static LabUser[]? Read(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<LabUser[]>(file, Indented);
        }
        catch (JsonException)
        {
            return null; // cut off in the middle of the first start: make them anew
        }
    }

    private static LabUser New(string upn, bool secondFactor, params string[] groups) => new(
        upn,
        string.Join('-', Enumerable.Range(0, 3).Select(_ => RandomNumberGenerator.GetString(PasswordLetters, 4))),
        secondFactor ? Base32Encoding.ToString(RandomNumberGenerator.GetBytes(20)) : null,
        groups);
}
