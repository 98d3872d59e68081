using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>Keeps the gateway's log, and lets a test wait for an entry.</summary>
internal sealed class LogWatch : ILoggerProvider
{
    private readonly ConcurrentQueue<(int Id, string Text)> _entries = new();
    private readonly SemaphoreSlim _arrived = new(0);

    public string Text => string.Join('\n', _entries.Select(e => e.Text));

    /// <summary>Waits until the number of entries with this id is at least <paramref name="count"/>.</summary>
    public async Task WaitForAsync(int id, int count = 1)
    {
        while (_entries.Count(e => e.Id == id) < count)
        {
            Assert.True(await _arrived.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken), $"No log entry {id} came.\n{Text}");
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose() => _arrived.Dispose();

    private sealed class Logger(LogWatch watch, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            watch._entries.Enqueue((eventId.Id, $"{logLevel} {category}: {formatter(state, exception)} {exception}"));
            watch._arrived.Release();
        }
    }
}
