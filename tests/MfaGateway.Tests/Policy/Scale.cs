using System.Globalization;

namespace MfaGateway.Tests.Policy;

/// <summary>How many cases a property is tried with: the usual number times <c>MFAGW_TEST_SCALE</c>, which is 1 unless somebody looks longer (50)
/// or has thousands of runs to make (0.02).</summary>
internal static class Scale
{
    private static readonly double Factor =
        double.TryParse(Environment.GetEnvironmentVariable("MFAGW_TEST_SCALE"), CultureInfo.InvariantCulture, out var factor) ? factor : 1;

    public static int Of(int usual) => Math.Max(100, (int)(usual * Factor));
}
