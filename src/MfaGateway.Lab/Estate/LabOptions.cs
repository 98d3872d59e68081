namespace MfaGateway.Lab.Estate;

/// <summary>What the lab is asked to run.</summary>
internal sealed record LabOptions
{
    public const string PassThrough = "pass-through";

    public const string Kerberos = "kerberos";

    /// <summary>Port of the gateway; the others follow from it. Default 8443.</summary>
    public int Port { get; init; } = 8443;

    /// <summary>Number of Exchange simulators. Default 3.</summary>
    public int Servers { get; init; } = 3;

    /// <summary>Dialect of the identity provider: <c>adfs</c> or <c>entra</c>. Default <c>adfs</c>.</summary>
    public string Provider { get; init; } = "adfs";

    /// <summary>How Exchange signs people on: <c>pass-through</c> or <c>kerberos</c>. Default <c>pass-through</c>.</summary>
    public string SignOn { get; init; } = PassThrough;

    /// <summary>Policy used instead of the lab's own; null for the lab's own.</summary>
    public string? Policy { get; init; }

    /// <summary>Gateway configuration that overrides the lab's own setting by setting; null for none.</summary>
    public string? Config { get; init; }

    /// <summary>Start the gateway. Without it its files are written all the same, for whoever starts gateways from them. Default true.</summary>
    public bool Gateway { get; init; } = true;

    /// <summary>Folder for certificates, users, sessions and the audit file.</summary>
    public string State { get; init; } = DefaultState;

    /// <summary>A folder under the user's local data.</summary>
    public static string DefaultState { get; } =
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "mfagw-lab");
}
