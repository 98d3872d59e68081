using System.Text.Json;
using System.Text.Json.Serialization;
using MfaGateway.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MfaGateway.Sessions;

/// <summary>What administrators do with sessions, on the management listener: list, show, end. No tokens, no handles.</summary>
internal sealed class SessionApi(SessionRegistry sessions, AuditTrail audit, TimeProvider time)
{
    private const int Most = 10_000;
    private const int ShortestId = 8;

    /// <summary>Ending a session is a round trip to the store and a line in the audit trail.</summary>
    private static readonly ParallelOptions _several = new() { MaxDegreeOfParallelism = 16 };

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/sessions", (HttpContext context) => AnswerAsync(context, api => api.ListAsync(context)));
        endpoints.MapGet("/api/sessions/{id}", (HttpContext context, string id) => AnswerAsync(context, api => api.ShowAsync(context, id)));
        endpoints.MapPost("/api/sessions/revoke", (HttpContext context) => AnswerAsync(context, api => api.RevokeAsync(context)));
    }

    private static async Task AnswerAsync(HttpContext context, Func<SessionApi, Task> answer)
    {
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            await answer(context.RequestServices.GetRequiredService<SessionApi>());
        }
        catch (SessionStoreException) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable; // said in the log
        }
    }

    private async Task ListAsync(HttpContext context)
    {
        var user = context.Request.Query["user"].ToString();
        var (views, more) = (new List<SessionView>(), false);
        await foreach (var (stored, facts) in sessions.ListAsync(context.RequestAborted))
        {
            if (user.Length > 0 && !IsOf(user, facts)) continue;
            if (more = views.Count == Most) break;
            views.Add(View(stored, facts, whole: false));
        }

        await context.Response.WriteAsJsonAsync(new SessionList(views, more), SessionApiJson.Default.SessionList, cancellationToken: context.RequestAborted);
    }

    private async Task ShowAsync(HttpContext context, string id)
    {
        var found = new List<SessionView>();
        await foreach (var (stored, facts) in sessions.ListAsync(context.RequestAborted))
        {
            if (Names(id, stored.Key)) found.Add(View(stored, facts, whole: true));
        }

        if (found is [var one]) await context.Response.WriteAsJsonAsync(one, SessionApiJson.Default.SessionView, cancellationToken: context.RequestAborted);
        else context.Response.StatusCode = found.Count == 0 ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict;
    }

    private async Task RevokeAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } wish)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var (revoked, unrecorded, now) = (0, 0, time.GetUtcNow());
        await Parallel.ForEachAsync(sessions.ListAsync(context.RequestAborted), _several, async (session, _) =>
        {
            if (!wish.Means(session.Stored, session.Facts, now) || !await sessions.EndAsync(session.Stored.Key, CancellationToken.None)) return;
            Interlocked.Increment(ref revoked);
            if (!await RecordAsync(session.Stored, session.Facts, now)) Interlocked.Increment(ref unrecorded); // the end counts more than its line
        });
        await context.Response.WriteAsJsonAsync(new RevokeResult(revoked, unrecorded), SessionApiJson.Default.RevokeResult, cancellationToken: context.RequestAborted);
    }

    private async Task<bool> RecordAsync(StoredSession stored, GatewaySession? facts, DateTimeOffset now)
    {
        try
        {
            await audit.RecordAsync(
                new AuditEvent
                {
                    Timestamp = now, Action = AuditActions.SessionRevoked, Outcome = "success", Id = Guid.NewGuid().ToString(), Reason = "ended-by-administrator",
                    UserName = facts?.User, UserId = facts?.Subject, Provider = stored.Provider, Session = stored.Key.Digits,
                },
                CancellationToken.None);
            return true;
        }
        catch (AuditFailedException)
        {
            return false;
        }
    }

    private static async Task<RevokeWish?> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType()) return null; // what a form of a foreign page cannot send
        try
        {
            var wish = await context.Request.ReadFromJsonAsync(SessionApiJson.Default.RevokeWish, context.RequestAborted);
            return wish is { IsClear: true } ? wish : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsOf(string user, GatewaySession? facts) => string.Equals(user, facts?.User, StringComparison.OrdinalIgnoreCase);

    private static bool Names(string id, SessionKey key) => id.Length >= ShortestId && key.Value.StartsWith(id, StringComparison.Ordinal);

    private static SessionView View(StoredSession stored, GatewaySession? facts, bool whole) => new(
        stored.Key.Digits, facts?.User, stored.Provider, facts?.CreatedAt, stored.LastActive, stored.Expires, facts?.Mfa ?? false, facts?.MfaAt,
        facts?.Methods ?? [], whole ? facts?.Groups : null, whole ? facts?.Contexts : null, whole ? facts?.Subject : null);

    /// <summary>Exactly one of the four says which sessions are meant.</summary>
    internal sealed record RevokeWish(string? Id, string? User, bool All, TimeSpan? OlderThan)
    {
        [JsonIgnore]
        public bool IsClear => (Id is { Length: >= ShortestId } ? 1 : 0) + (User is { Length: > 0 } ? 1 : 0) + (All ? 1 : 0) + (OlderThan >= TimeSpan.Zero ? 1 : 0) == 1
            && Id is not { Length: < ShortestId };

        /// <summary>A session that nobody can read is as old as can be.</summary>
        public bool Means(StoredSession stored, GatewaySession? facts, DateTimeOffset now) =>
            All
            || (Id is not null && Names(Id, stored.Key))
            || (User is not null && IsOf(User, facts))
            || (OlderThan is { } age && now - (facts?.CreatedAt ?? DateTimeOffset.MinValue) > age);
    }

    /// <param name="Sessions">Those active last first.</param>
    /// <param name="More">There are more than fit.</param>
    internal sealed record SessionList(IReadOnlyList<SessionView> Sessions, bool More);

    /// <param name="Revoked">How many ended.</param>
    /// <param name="Unrecorded">How many of them the audit trail did not keep.</param>
    internal sealed record RevokeResult(int Revoked, int Unrecorded);

    /// <summary>A session as administrators see it. Its id is the audit trail's <c>gateway.session</c>; without a user it cannot be read with these keys.</summary>
    internal sealed record SessionView(
        string Id, string? User, string Provider, DateTimeOffset? Began, DateTimeOffset LastActive, DateTimeOffset Expires, bool Mfa, DateTimeOffset? MfaAt,
        IReadOnlyList<string> Methods, IReadOnlyList<string>? Groups, IReadOnlyList<string>? Contexts, string? Subject);
}

[JsonSerializable(typeof(SessionApi.SessionList))]
[JsonSerializable(typeof(SessionApi.SessionView))]
[JsonSerializable(typeof(SessionApi.RevokeWish))]
[JsonSerializable(typeof(SessionApi.RevokeResult))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
internal sealed partial class SessionApiJson : JsonSerializerContext;
