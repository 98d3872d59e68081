using MfaGateway.Audit;
using MfaGateway.Configuration;
using MfaGateway.Sessions;
using MfaGateway.SignIn;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Recheck;

/// <summary>
/// One question about the user of a session, by one node of all. Before it is put, the session notes that it is: a refresh token may work once, and who finds
/// the note of a node that died in between must not take "this token is not valid" for "this user is not".
/// </summary>
internal sealed class RecheckAttempt(
    SessionRegistry sessions, ProviderCatalog providers, ProviderQuestion question, ProviderOutages outages, AuditTrail audit, GatewaySettings settings,
    TimeProvider time, ILogger<RecheckAttempt> logger)
{
    private static readonly TimeSpan _storeEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _storeFor = TimeSpan.FromMinutes(1);

    /// <summary>Whether it is time to ask about the user of these facts.</summary>
    public bool IsDue(GatewaySession facts) => settings.Current.Sessions.Recheck.Every is { } every && time.GetUtcNow() - facts.ConfirmedAt >= every;

    /// <summary>Asks, unless another node is asking just now.</summary>
    /// <returns>False when another node is.</returns>
    public async Task<bool> TryAsync(LiveSession session)
    {
        // a question takes no longer than the first part; a node that dies keeps the others from asking for the whole
        var life = settings.Current.Limits.ProviderTimeout + TimeSpan.FromSeconds(5);
        var (claim, began) = ($"recheck:{session.Key.Value}", time.GetTimestamp());
        if (!await sessions.ClaimAsync(claim, life, CancellationToken.None)) return false;
        try
        {
            await AskAsync(session);
        }
        finally
        {
            if (time.GetElapsedTime(began) < life) await sessions.ReleaseAsync(claim, CancellationToken.None); // later it may be another's
        }

        return true;
    }

    private async Task AskAsync(LiveSession session)
    {
        var (name, asked, earlier) = (Guid.NewGuid().ToString("N"), time.GetUtcNow(), (string?)null);
        var provider = providers.Find(session.Facts.Provider);
        var known = await sessions.ChangeAsync(
            session,
            facts =>
            {
                if (!IsDue(facts) || facts.Recheck is not { RefreshToken: not null } state) return null; // another node has asked meanwhile
                earlier = state.Pending;
                return facts with { Recheck = provider is null ? state with { RefreshToken = null } : state with { Pending = name } };
            },
            CancellationToken.None);
        if (known is null || provider is null) return; // taken out of the configuration: its people sign in again where there is one

        var word = await question.AskAsync(provider, known);
        if (word is ProviderWord.Silent silent) outages.Failed(provider.Name, silent.Why);
        else outages.Answered(provider.Name);
        await ActAsync(session, provider, new Question(name, asked, earlier is not null), word);
    }

    private Task ActAsync(LiveSession session, Provider provider, Question asked, ProviderWord word)
    {
        switch (word)
        {
            case ProviderWord.Vouches vouches:
                return KeepAsync(session, facts => Confirmed(facts, provider, asked, vouches));
            case ProviderWord.Refuses { OrUsedUp: true } when asked.AfterAnother:
                logger.TokenLost(session.Key, provider.Name);
                return KeepAsync(session, facts => OfMine(facts, asked, state => state with { RefreshToken = null, Pending = null }));
            case ProviderWord.Refuses refuses:
                logger.UserRefused(session.Key, provider.Name, refuses.Error);
                return EndAsync(session, asked, "recheck-refused");
            case ProviderWord.Contradicts contradicts:
                logger.UserContradicted(session.Key, provider.Name, contradicts.Why);
                return EndAsync(session, asked, "recheck-contradicted");
            case ProviderWord.Silent silent:
                return KeepAsync(session, facts => OfMine(facts, asked, state => state with
                {
                    RefreshToken = silent.RefreshToken ?? state.RefreshToken,
                    Pending = silent.RefreshToken is null && (silent.MayBeUsedUp || asked.AfterAnother) ? asked.Name : null,
                }));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Whatever another node, which took this one for dead, did meanwhile: the token just given counts. If there was one, which of the two tokens
    /// still works is not known, and the note stays.</summary>
    private static GatewaySession Confirmed(GatewaySession facts, Provider provider, Question asked, ProviderWord.Vouches vouches)
    {
        var state = facts.Recheck ?? new RecheckState { ConfirmedAt = asked.At };
        return (vouches.Now is { } now ? RefreshedToken.Merge(facts, now, provider) : facts) with
        {
            Recheck = state with
            {
                ConfirmedAt = asked.At > state.ConfirmedAt ? asked.At : state.ConfirmedAt,
                RefreshToken = vouches.RefreshToken ?? state.RefreshToken,
                Pending = state.Pending == asked.Name ? null : state.Pending ?? asked.Name,
            },
        };
    }

    /// <summary>A change that another node's question makes pointless.</summary>
    private static GatewaySession? OfMine(GatewaySession facts, Question asked, Func<RecheckState, RecheckState> change) =>
        facts.Recheck is { } state && state.Pending == asked.Name ? facts with { Recheck = change(state) } : null;

    private Task KeepAsync(LiveSession session, Func<GatewaySession, GatewaySession?> change) =>
        InsistAsync(() => sessions.ChangeAsync(session, change, CancellationToken.None));

    /// <summary>Ends the session, unless another node has asked since, who then knows better.</summary>
    private async Task EndAsync(LiveSession session, Question asked, string reason)
    {
        var ended = false;
        await InsistAsync(async () =>
        {
            await sessions.RereadAsync(session, CancellationToken.None);
            if (session.Facts.Recheck?.Pending == asked.Name) ended = await sessions.EndAsync(session.Key, CancellationToken.None);
        });
        if (!ended) return;
        try
        {
            var (facts, now) = (session.Facts, time.GetUtcNow());
            await audit.RecordAsync(
                new AuditEvent
                {
                    Timestamp = now, Action = AuditActions.SessionRevoked, Outcome = "success", Id = Guid.CreateVersion7(now).ToString("N"), Reason = reason,
                    UserName = facts.User, UserId = facts.Subject, Provider = facts.Provider, Session = session.Key.Digits,
                },
                CancellationToken.None);
        }
        catch (AuditFailedException)
        {
            // the end counts more than its line; the trail has said so in the log
        }
    }

    /// <summary>A store that is away for a moment must not cost the only token that still works.</summary>
    private async Task InsistAsync(Func<Task> work)
    {
        for (var began = time.GetTimestamp(); ; await Task.Delay(_storeEvery, time))
        {
            try
            {
                await work();
                return;
            }
            catch (SessionStoreException) when (time.GetElapsedTime(began) < _storeFor)
            {
                // again in a moment
            }
        }
    }

    /// <param name="Name">The note that the session holds of it.</param>
    /// <param name="At">When it was put.</param>
    /// <param name="AfterAnother">There was the note of an earlier one whose answer nobody has kept.</param>
    private sealed record Question(string Name, DateTimeOffset At, bool AfterAnother);
}
