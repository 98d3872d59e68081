namespace MfaGateway.Load.Scale;

/// <summary>How much of everything is measured.</summary>
/// <param name="Seconds">How long requests are sent for one line of a table.</param>
/// <param name="IsShort">A hundredth of all counts, to see whether it works.</param>
internal sealed record Extent(int Seconds, bool IsShort)
{
    private const int Short = 100;

    /// <summary>So long requests are sent before anything is measured: the code of a new gateway is compiled, and compiled again once it is known what is used most.</summary>
    public int WarmUp => 2 * Seconds;

    /// <summary>So long a gateway is left alone before its memory is read.</summary>
    public TimeSpan Rest => TimeSpan.FromSeconds(IsShort ? 1 : 10);

    public int Of(int count) => IsShort ? (count + Short - 1) / Short : count;
}
