namespace MfaGateway.Exchange;

/// <summary>An answer that goes on for minutes and can be ended early, as if the server had ended it.</summary>
internal sealed class EndableContent(HttpContent inner, CancellationToken end) : PassingContent(inner)
{
    protected override async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end);
        try
        {
            return await body.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
    }
}
