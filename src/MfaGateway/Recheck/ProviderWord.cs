using MfaGateway.Sessions;

namespace MfaGateway.Recheck;

/// <summary>What a provider says about a user when it is asked again.</summary>
internal abstract record ProviderWord
{
    private ProviderWord()
    {
    }

    /// <summary>Never prints a token.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>The user is still welcome.</summary>
    /// <param name="Now">The user as the new token describes him; null when there was none.</param>
    /// <param name="RefreshToken">For the next question; null when the last one goes on to count.</param>
    public sealed record Vouches(GatewaySession? Now, string? RefreshToken) : ProviderWord;

    /// <summary>The user is not.</summary>
    /// <param name="Error">The error code.</param>
    /// <param name="OrUsedUp">It may also mean that the refresh token had been used before.</param>
    public sealed record Refuses(string Error, bool OrUsedUp) : ProviderWord;

    /// <summary>The answer is about somebody else.</summary>
    /// <param name="Why">For the log.</param>
    public sealed record Contradicts(string Why) : ProviderWord;

    /// <summary>No answer, or none that says anything about the user.</summary>
    /// <param name="Why">For the log.</param>
    /// <param name="MayBeUsedUp">The provider may have taken the refresh token and given another that did not arrive.</param>
    /// <param name="RefreshToken">A new one that did arrive.</param>
    public sealed record Silent(string Why, bool MayBeUsedUp, string? RefreshToken = null) : ProviderWord;
}
