using System.Text.Json;

namespace MfaGateway.Lab.Exchange;

/// <summary>Lets a test or a curious administrator look into a simulator and break it. Only for those who talk to its port directly.</summary>
internal static class ControlDoor
{
    public const string Root = "/.lab";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly string[] SignsOfAProxy = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Via"];

    /// <summary>Whether the request is for the door and came straight to this port; anything else is an ordinary request to Exchange.</summary>
    public static bool IsOpenFor(HttpContext context) =>
        context.Request.Path.StartsWithSegments(Root, StringComparison.Ordinal)
        && context.Request.Host.Port == context.Connection.LocalPort
        && !SignsOfAProxy.Any(context.Request.Headers.ContainsKey);

    public static async Task ServeAsync(HttpContext context, RequestLog log, BehaviourSwitch behaviour)
    {
        switch (context.Request.Method, context.Request.Path.Value)
        {
            case ("GET", Root + "/requests"):
                _ = long.TryParse(context.Request.Query["since"], out var since);
                await context.Response.WriteAsJsonAsync(log.Since(since), Json, context.RequestAborted);
                break;
            case ("DELETE", Root + "/requests"):
                log.Clear();
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case ("GET", Root + "/behaviour"):
                await context.Response.WriteAsJsonAsync(behaviour.Current, Json, context.RequestAborted);
                break;
            case ("PUT", Root + "/behaviour"):
                await ChangeAsync(context, behaviour);
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    /// <summary>The body is the whole behaviour: what it does not name goes back to the default.</summary>
    private static async Task ChangeAsync(HttpContext context, BehaviourSwitch behaviour)
    {
        string? problem;
        try
        {
            var wanted = await JsonSerializer.DeserializeAsync<Behaviour>(context.Request.Body, Json, context.RequestAborted);
            problem = wanted is null ? "the body is null" : wanted.Problem();
            if (wanted is not null && problem is null) behaviour.Current = wanted;
        }
        catch (JsonException e)
        {
            problem = e.Message;
        }

        context.Response.StatusCode = problem is null ? StatusCodes.Status204NoContent : StatusCodes.Status400BadRequest;
        if (problem is not null) await context.Response.WriteAsync(problem, context.RequestAborted);
    }
}
