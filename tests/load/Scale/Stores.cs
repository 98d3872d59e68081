using MfaGateway.Load.Rig;

namespace MfaGateway.Load.Scale;

/// <summary>Where sessions are kept.</summary>
internal static class Stores
{
    public const string Memory = "Memory";

    public const string Sqlite = "Sqlite";

    public const string Redis = "Redis";

    public static IReadOnlyList<string> All { get; } = [Memory, Sqlite, Redis];

    /// <summary>Settings of a gateway with that store and those servers.</summary>
    public static Dictionary<string, string> Settings(string store, Contestant? redis, params IReadOnlyList<string> servers)
    {
        var settings = new Dictionary<string, string> { ["Sessions__Store"] = store, ["Sessions__IdleTimeout"] = "10:00:00" }; // however long one measures
        for (var n = 0; n < servers.Count; n++) settings[$"Exchange__Servers__{n}"] = $"https://{servers[n]}";
        if (store == Redis && redis is not null) settings["Redis__Connection"] = $"127.0.0.1:{redis.Port}";
        return settings;
    }
}
