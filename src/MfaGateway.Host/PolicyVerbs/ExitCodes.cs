namespace MfaGateway.Host.PolicyVerbs;

/// <summary>What the policy verbs exit with.</summary>
internal static class ExitCodes
{
    /// <summary>Fine.</summary>
    public const int Fine = 0;

    /// <summary>The answer is no: the document is invalid or an example fails.</summary>
    public const int No = 1;

    /// <summary>Wrong usage: a file that cannot be read, a request that is not one.</summary>
    public const int Usage = 2;
}
