using System.ComponentModel.DataAnnotations;

namespace MfaGateway.Lifecycle;

/// <summary>How a gateway that is told to stop leaves its work to others. Section <c>Gateway:Shutdown</c>.</summary>
public sealed class ShutdownOptions
{
    /// <summary>How long requests are still taken after <c>/.gateway/health/ready</c> has begun to say 503, so that the balancer in front sends new ones
    /// elsewhere: longer than its probes need to notice. At its end hanging notification requests are ended. Default 10 seconds; 0 without a balancer.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainFor { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the requests that are then still running may take before they are cut. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan FinishFor { get; set; } = TimeSpan.FromSeconds(30);
}
