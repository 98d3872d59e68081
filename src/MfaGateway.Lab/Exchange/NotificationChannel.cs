namespace MfaGateway.Lab.Exchange;

/// <summary>The pending notification request: a GET that hangs and streams small script frames.</summary>
internal sealed class NotificationChannel(BehaviourSwitch behaviour, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>Opens a channel; the client hangs on it with the id.</summary>
    public static IResult Open() => Results.Json(new { cid = Guid.NewGuid().ToString() });

    public async Task StreamAsync(HttpContext context)
    {
        var wanted = behaviour.Current.Notification;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        using var interval = new PeriodicTimer(TimeSpan.FromMilliseconds(wanted.IntervalMs), time);
        var end = time.GetUtcNow().AddMilliseconds(wanted.DurationMs);
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache, no-store";
        try
        {
            var frame = 0;
            do
            {
                await context.Response.WriteAsync($"<script>notify({{\"id\":\"alive\",\"n\":{++frame}}})</script>\r\n", ending.Token);
                await context.Response.Body.FlushAsync(ending.Token);
            }
            while (time.GetUtcNow() < end && await interval.WaitForNextTickAsync(ending.Token));
        }
        catch (OperationCanceledException)
        {
            // The client left, or the lab stops: a hanging request ends so.
        }
    }
}
