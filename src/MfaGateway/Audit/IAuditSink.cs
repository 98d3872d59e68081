namespace MfaGateway.Audit;

/// <summary>Takes audit lines. It throws when it cannot keep one: the trail decides what that means.</summary>
public interface IAuditSink : IAsyncDisposable
{
    /// <summary>Keeps one event; when the task ends the event is safe.</summary>
    /// <param name="auditEvent">The event.</param>
    /// <param name="cancellationToken">Ends the wait, not the writing.</param>
    Task WriteAsync(AuditEvent auditEvent, CancellationToken cancellationToken);

    /// <summary>Throws when it could not keep an event now. Asked while it is failing, so that a gateway without requests notices that it is over.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task ProbeAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Makes sinks of one kind.</summary>
public interface IAuditSinkFactory
{
    /// <summary>The name by which <c>Gateway:Audit:Sinks:Kind</c> chooses it.</summary>
    string Kind { get; }

    /// <summary>Makes a sink.</summary>
    /// <param name="options">Its section, validated.</param>
    IAuditSink Create(AuditSinkOptions options);
}
