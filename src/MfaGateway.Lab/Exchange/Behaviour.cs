using System.Text.Json.Serialization;

namespace MfaGateway.Lab.Exchange;

/// <summary>How a simulator misbehaves. The default is a healthy server.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record Behaviour
{
    /// <summary>Status of <c>/{protocol}/healthcheck.htm</c>, by protocol; 0 drops the connection. A protocol not named is healthy. Nothing else than the
    /// probe changes, as when a real server is put into maintenance.</summary>
    public IReadOnlyDictionary<string, int> Health { get; init; } = new Dictionary<string, int>();

    /// <summary>Wait before every answer except those of the probe, in milliseconds. Default 0.</summary>
    public int DelayMs { get; init; }

    /// <summary>Drop the connection instead of answering, except to the probe. Default false.</summary>
    public bool Abort { get; init; }

    /// <summary>Begin every answer except those of the probe, and drop the connection after so many bytes of a body of a megabyte. Default null: do not.</summary>
    public int? BreakAfterBytes { get; init; }

    /// <summary>Answer everything except the probe with this status. Default null: answer properly.</summary>
    public int? Status { get; init; }

    /// <summary><c>none</c>: whoever comes is served. <c>forms</c>: Exchange asks for its own logon, 302 for pages and 440 for scripts. Default <c>none</c>.</summary>
    public string Logon { get; init; } = "none";

    /// <summary>The hanging notification request.</summary>
    public NotificationBehaviour Notification { get; init; } = new();

    /// <summary>How long the body is said to be that is dropped on its way.</summary>
    internal const int BrokenBodyBytes = 1_000_000;

    /// <summary>What is wrong with it, or null.</summary>
    public string? Problem() =>
        Health.Values.Any(status => status is not 0 and not (>= 200 and <= 599)) ? "`health` takes 0 or a status from 200 to 599"
        : DelayMs is < 0 or > 600_000 ? "`delayMs` is from 0 to 600000"
        : Status is not null and not (>= 200 and <= 599) ? "`status` is null or from 200 to 599"
        : BreakAfterBytes is < 0 or >= BrokenBodyBytes ? $"`breakAfterBytes` is null or from 0 to {BrokenBodyBytes - 1}"
        : Logon is not ("none" or "forms") ? "`logon` is `none` or `forms`"
        : Notification.IntervalMs is < 10 or > 600_000 ? "`notification.intervalMs` is from 10 to 600000"
        : Notification.DurationMs is < 0 or > 3_600_000 ? "`notification.durationMs` is from 0 to 3600000"
        : null;
}

/// <summary>The hanging notification request <c>ev.owa2</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record NotificationBehaviour
{
    /// <summary>Time between two frames, in milliseconds. Default 5,000.</summary>
    public int IntervalMs { get; init; } = 5_000;

    /// <summary>How long one request hangs, in milliseconds. Default 600,000: public clients allow 10 minutes.</summary>
    public int DurationMs { get; init; } = 600_000;
}

/// <summary>The behaviour in force; changed while requests run.</summary>
internal sealed class BehaviourSwitch
{
    private volatile Behaviour _current = new();

    public Behaviour Current
    {
        get => _current;
        set => _current = value;
    }
}
