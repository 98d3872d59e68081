using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using MfaGateway.Policy;

namespace MfaGateway.Sessions;

/// <summary>What the gateway knows of a signed-in person: facts proven at the sign-in, never a token but the one that ends the provider's session.</summary>
internal sealed record GatewaySession
{
    public required string User { get; init; }
    public required string Subject { get; init; }
    public required string Provider { get; init; }

    /// <summary>The provider's own name for its session (<c>sid</c>).</summary>
    public string? ProviderSession { get; init; }

    public IReadOnlyList<string> Groups { get; init; } = [];
    public IReadOnlyList<string> Methods { get; init; } = [];
    public IReadOnlyList<string> Contexts { get; init; } = [];
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Claims { get; init; } = FrozenDictionary<string, IReadOnlyList<string>>.Empty;
    public bool Mfa { get; init; }
    public DateTimeOffset? MfaAt { get; init; }
    public bool? DeviceManaged { get; init; }
    public bool? DeviceCompliant { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What the last sign-in asked the provider for and the policy has not yet found satisfied; null after the first allowed request.
    /// It is what makes "asked for and not delivered" a 403 instead of a loop.</summary>
    public SignInAsk? Asked { get; init; }

    /// <summary>Sent back as <c>id_token_hint</c> at the sign-out.</summary>
    public string? IdTokenHint { get; init; }

    /// <summary>For asking the provider about the user again; null when that was not wanted at the sign-in.</summary>
    public RecheckState? Recheck { get; init; }

    /// <summary>When the provider last vouched for the user.</summary>
    [JsonIgnore]
    public DateTimeOffset ConfirmedAt => Recheck?.ConfirmedAt ?? CreatedAt;

    /// <summary>Never prints claims or tokens.</summary>
    public override string ToString() => $"{User} at {Provider}";

    public AccessSubject ToSubject() => new()
    {
        User = User,
        Provider = Provider,
        Groups = Groups.ToFrozenSet(StringComparer.OrdinalIgnoreCase),
        Methods = Methods.ToFrozenSet(StringComparer.Ordinal),
        Contexts = Contexts.ToFrozenSet(StringComparer.OrdinalIgnoreCase),
        Claims = Claims,
        Mfa = Mfa,
        MfaAt = MfaAt,
        DeviceManaged = DeviceManaged,
        DeviceCompliant = DeviceCompliant,
    };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SessionJson.Default.GatewaySession);

    public static GatewaySession FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, SessionJson.Default.GatewaySession) ?? throw new JsonException("A session was stored as null.");
}

/// <summary>How a session stands with its provider.</summary>
internal sealed record RecheckState
{
    /// <summary>When the provider last vouched for the user: at the sign-in, or whenever it was asked since.</summary>
    public required DateTimeOffset ConfirmedAt { get; init; }

    /// <summary>With what to ask next. Null when there is nothing to ask with: the person has to go to the provider again.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>The nonce of the sign-in: a later token may repeat it, but have no other (OpenID Connect Core 12.2).</summary>
    public string? Nonce { get; init; }

    /// <summary>Names a question that was begun and whose answer nobody has kept. A token that works once may be used up by it.</summary>
    public string? Pending { get; init; }

    /// <summary>Never prints the token.</summary>
    public override string ToString() => $"confirmed at {ConfirmedAt:O}";
}

/// <summary>What a sign-in asks the provider to prove. Kept in the protected state, so that the browser cannot take it back.</summary>
internal sealed record SignInAsk
{
    public bool Mfa { get; init; }
    public TimeSpan? MaxAge { get; init; }
    public IReadOnlyList<string> Methods { get; init; } = [];
    public IReadOnlyList<string> Contexts { get; init; } = [];

    public static SignInAsk For(StepUpDemand demand) => new()
    {
        Mfa = demand.Mfa || demand.MaxAge is not null,
        MaxAge = demand.MaxAge,
        Methods = [.. demand.Methods.SelectMany(m => m).Distinct(StringComparer.Ordinal)],
        Contexts = [.. demand.Contexts.SelectMany(c => c).Distinct(StringComparer.OrdinalIgnoreCase)],
    };

    /// <summary>Whether everything in <paramref name="other"/> was asked for here already.</summary>
    public bool Covers(SignInAsk other) =>
        (Mfa || !other.Mfa)
        && (other.MaxAge is null || MaxAge <= other.MaxAge)
        && other.Methods.All(m => Methods.Contains(m, StringComparer.Ordinal))
        && other.Contexts.All(c => Contexts.Contains(c, StringComparer.OrdinalIgnoreCase));
}

[JsonSerializable(typeof(GatewaySession))]
[JsonSerializable(typeof(SignInAsk))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class SessionJson : JsonSerializerContext;
