using System.ComponentModel.DataAnnotations;
using MfaGateway.Recheck;

namespace MfaGateway.Sessions;

/// <summary>How long a session lives and where it is kept. Section <c>Gateway:Sessions</c>.</summary>
public sealed class SessionOptions
{
    /// <summary>The store: <c>Sqlite</c> (a file, survives a restart), <c>Redis</c> (shared by several gateways, see <c>Gateway:Redis</c>) or
    /// <c>Memory</c>. Default <c>Sqlite</c>.</summary>
    [Required]
    public string Store { get; set; } = "Sqlite";

    /// <summary>The SQLite file. Default <c>sessions.db</c> in <c>DataDirectory</c>.</summary>
    public string? Path { get; set; }

    /// <summary>Longest time between two requests of a person; background polls do not count. Default 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Longest life of a session, whatever happens. Default 10 hours.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "7.00:00:00")]
    public TimeSpan AbsoluteTimeout { get; set; } = TimeSpan.FromHours(10);

    /// <summary>Asking the identity provider again about people who are signed in.</summary>
    public RecheckOptions Recheck { get; set; } = new();
}
