namespace MfaGateway.Lab.Exchange;

/// <summary>Which server this is.</summary>
/// <param name="Number">From 0.</param>
internal sealed record ServerIdentity(int Number)
{
    /// <summary>A build of Exchange Server Subscription Edition.</summary>
    public const string Build = "15.2.2562.17";

    /// <summary>NetBIOS name.</summary>
    public string Name => $"LABEX{Number}";

    public string FullName => $"labex{Number}.contoso.test";
}
