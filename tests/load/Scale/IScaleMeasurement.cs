namespace MfaGateway.Load.Scale;

/// <summary>Measures what becomes of the gateway when one thing grows.</summary>
internal interface IScaleMeasurement
{
    /// <summary>For <c>--only</c>.</summary>
    string Name { get; }

    /// <summary>Heading of the table.</summary>
    string Title { get; }

    Task MeasureAsync(Extent extent, Findings findings, CancellationToken cancellationToken);
}
