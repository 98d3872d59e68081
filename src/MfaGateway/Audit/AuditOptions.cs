using System.ComponentModel.DataAnnotations;

namespace MfaGateway.Audit;

/// <summary>Where decisions are recorded. Section <c>Gateway:Audit</c>.</summary>
public sealed class AuditOptions
{
    /// <summary>The sinks. At least one.</summary>
    [MinLength(1)]
    public IList<AuditSinkOptions> Sinks { get; init; } = [];

    /// <summary>Record every forwarded request, not only sign-ins, changed decisions and refusals. Default false.</summary>
    public bool EveryRequest { get; set; }
}

/// <summary>One audit sink. Section <c>Gateway:Audit:Sinks</c>.</summary>
public sealed class AuditSinkOptions
{
    /// <summary>The kind: <c>File</c>. Required.</summary>
    [Required]
    public string? Kind { get; set; }

    /// <summary>File: where the lines go, relative to the configuration file. Required for <c>File</c>.</summary>
    public string? Path { get; set; }

    /// <summary>Nothing is forwarded while this sink fails, and a line is on the disk before the answer leaves. Default true.</summary>
    public bool Required { get; set; } = true;

    /// <summary>File: size in bytes at which a new file is begun. Default 104,857,600 (100 MiB).</summary>
    [Range(65_536, 10_737_418_240)]
    public long MaxFileBytes { get; set; } = 104_857_600;

    /// <summary>File: how many older files are kept. Default 30.</summary>
    [Range(1, 10_000)]
    public int MaxFiles { get; set; } = 30;
}
