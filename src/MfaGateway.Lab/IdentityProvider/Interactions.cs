using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>A user on the way through the sign-in pages.</summary>
/// <param name="Id">Unguessable; stands in the address of the pages.</param>
/// <param name="ReturnPath">The authorization request to go on with, without the interaction's own parameter.</param>
/// <param name="Demand">What has to be done first.</param>
/// <param name="LoginHint">The name to fill in.</param>
internal sealed record Interaction(string Id, string ReturnPath, SignInDemand Demand, string? LoginHint);

/// <summary>The sign-ins under way. In memory: a restart sends people back to the application.</summary>
internal sealed class Interactions(TimeProvider time)
{
    /// <summary>Request parameter that brings the user back to the waiting authorization request.</summary>
    public const string Parameter = "lab_interaction";

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, (Interaction Interaction, DateTimeOffset Ends)> _open = new(StringComparer.Ordinal);

    public Interaction Begin(string returnPath, SignInDemand demand, string? loginHint)
    {
        var now = time.GetUtcNow();
        foreach (var (id, entry) in _open)
        {
            if (entry.Ends < now) _open.TryRemove(id, out _);
        }

        var interaction = new Interaction(RandomNumberGenerator.GetHexString(32, lowercase: true), returnPath, demand, loginHint);
        _open[interaction.Id] = (interaction, now + Life);
        return interaction;
    }

    public Interaction? Find(string? id) =>
        id is not null && _open.TryGetValue(id, out var entry) && entry.Ends >= time.GetUtcNow() ? entry.Interaction : null;

    public void End(Interaction interaction) => _open.TryRemove(interaction.Id, out _);
}
