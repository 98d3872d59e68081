using MfaGateway.Sessions;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.SignOn;

/// <summary>Signs the user on at Exchange after the gateway has let it in. It never forwards on failure: a failure is a result.</summary>
internal interface IBackendSignOn
{
    /// <summary>The name by which <c>Gateway:Exchange:SignOn:Method</c> chooses it.</summary>
    string Name { get; }

    /// <summary>What to put on a request to a server for a session.</summary>
    /// <param name="context">The request.</param>
    /// <param name="session">Whose it is; null for anonymous publications.</param>
    /// <param name="destination">The server's address.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<SignOnResult> SignOnAsync(HttpContext context, LiveSession? session, Uri destination, CancellationToken cancellationToken);
}

/// <summary>What a sign-on method did.</summary>
internal abstract record SignOnResult
{
    private SignOnResult()
    {
    }

    /// <summary>The name of the case only: a plain record would print the ticket.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>The request carries this header.</summary>
    public sealed record Authorized(string HeaderName, string HeaderValue) : SignOnResult;

    /// <summary>Exchange does its own logon.</summary>
    public sealed record NotNeeded : SignOnResult
    {
        public static readonly NotNeeded Instance = new();
    }

    /// <summary>The user cannot be signed on; the caller gets 502.</summary>
    public sealed record Failed(string Reason) : SignOnResult;
}
