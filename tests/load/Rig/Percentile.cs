namespace MfaGateway.Load.Rig;

/// <summary>Figures in their order.</summary>
internal static class Percentile
{
    /// <summary>The median of figures in any order.</summary>
    public static double Median(this IEnumerable<double> figures) => figures.Order().ToList().At(0.5) ?? throw new InvalidOperationException("Nothing was measured.");

    /// <param name="sorted">From the lowest on.</param>
    /// <param name="share">How many of them lie below, 0 to 1.</param>
    /// <returns>Null when there are none.</returns>
    public static double? At(this IReadOnlyList<double> sorted, double share) => sorted.Count == 0 ? null : sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];
}
