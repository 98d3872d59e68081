using System.Text.Json;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>Lets a test or a curious administrator count tokens, change users, and make the token endpoint slow or strict.</summary>
internal static class ProviderDoor
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static void MapDoor(this WebApplication app)
    {
        app.MapGet("/.lab/tokens", (TokenControl control) => Results.Json(control.Counts, Json));
        app.MapPut("/.lab/tokens", async (HttpContext context, TokenControl control) =>
        {
            var (wanted, problem) = await ReadAsync<TokenBehaviour>(context);
            if (wanted is null || (problem = wanted.Problem()) is not null) return Results.Text(problem, statusCode: StatusCodes.Status400BadRequest);
            control.Current = wanted;
            return Results.NoContent();
        });
        app.MapPut("/.lab/users/{upn}", async (HttpContext context, string upn, LabUsers users) =>
        {
            var (wanted, problem) = await ReadAsync<UserChange>(context);
            if (wanted is null) return Results.Text(problem, statusCode: StatusCodes.Status400BadRequest);
            return users.Change(upn, user => user with { Disabled = wanted.Disabled ?? user.Disabled, Groups = wanted.Groups ?? user.Groups }) ? Results.NoContent() : Results.NotFound();
        });
    }

    private static async Task<(T? Value, string? Problem)> ReadAsync<T>(HttpContext context)
        where T : class
    {
        try
        {
            return (await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Json, context.RequestAborted), "the body is null");
        }
        catch (JsonException e)
        {
            return (null, e.Message);
        }
    }

    /// <param name="Disabled">The account is disabled, or enabled again.</param>
    /// <param name="Groups">The groups the user is in from now on.</param>
    [System.Text.Json.Serialization.JsonUnmappedMemberHandling(System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow)]
    internal sealed record UserChange(bool? Disabled, IReadOnlyList<string>? Groups);
}
