using Microsoft.Extensions.Logging;

namespace MfaGateway.Tests;

/// <summary>A log that is read by the test.</summary>
internal sealed class KeptLog<T> : ILogger<T>
{
    private readonly List<int> _ids = [];

    /// <summary>The events, in order.</summary>
    public IReadOnlyList<int> Ids => _ids;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _ids.Add(eventId.Id);
}
