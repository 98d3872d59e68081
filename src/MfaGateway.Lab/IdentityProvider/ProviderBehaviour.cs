namespace MfaGateway.Lab.IdentityProvider;

/// <summary>How the identity provider misbehaves. The default is a healthy one.</summary>
internal sealed record ProviderBehaviour
{
    /// <summary>Wait before every answer. Default none.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Drop every connection instead of answering. Default false.</summary>
    public bool Abort { get; init; }

    /// <summary>Publish something else than a key set where the keys should be. Default false.</summary>
    public bool BrokenKeys { get; init; }

    /// <summary>Misbehaves as it says. True when the request is dealt with.</summary>
    public async Task<bool> MisbehavedAsync(HttpContext context, DialectPaths paths)
    {
        if (Delay > TimeSpan.Zero) await Task.Delay(Delay, context.RequestAborted);
        if (Abort) context.Abort();
        var keys = BrokenKeys && context.Request.Path.Equals($"/{paths.Keys}", StringComparison.OrdinalIgnoreCase);
        if (keys) await context.Response.WriteAsync("<h1>Under construction</h1>", context.RequestAborted);
        return Abort || keys;
    }
}
