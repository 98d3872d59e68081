using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>Keeps the gateway's log, and lets a test wait for an entry.</summary>
internal sealed class LogWatch : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _entries = new();
    private readonly SemaphoreSlim _arrived = new(0);

    public string Text => string.Join('\n', _entries);

    public int CountOf(string words) => _entries.Count(e => e.Contains(words, StringComparison.Ordinal));

    /// <summary>Waits until so many entries hold these words.</summary>
    public async Task WaitForAsync(string words, int count = 1)
    {
        while (CountOf(words) < count)
        {
            Assert.True(await _arrived.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken), $"The log never said '{words}'.\n{Text}");
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
            watch._entries.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
            watch._arrived.Release();
        }
    }
}
