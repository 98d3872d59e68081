using System.ComponentModel.DataAnnotations;

namespace MfaGateway.Limits;

/// <summary>Bounds on what anybody can make the gateway do. What is over a bound is answered 429, or its connection is closed. Section <c>Gateway:Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>New sign-ins a client address may begin in a minute; more are answered 429. An IPv6 address counts with its whole /64, here and below. Default
    /// 1,200: a large office behind one address at nine in the morning.</summary>
    [Range(1, 100_000)]
    public int SignInsPerMinute { get; set; } = 1_200;

    /// <summary>Times a signed-in user may be sent to the provider again in a minute, for a stronger or fresher sign-in; more are answered 429. Default 60: every
    /// tab of a busy browser at once.</summary>
    [Range(1, 10_000)]
    public int StepUpsPerMinute { get; set; } = 60;

    /// <summary>Sessions a user may have. One more ends that one of which nothing was heard longest, so that nobody is locked out by sessions of a forgotten
    /// machine or of somebody else. Default 50.</summary>
    [Range(1, 10_000)]
    public int SessionsPerUser { get; set; } = 50;

    /// <summary>Requests a minute of a client address without a session, all at once if need be; more are answered 429. Signed-in people behind the same
    /// address do not count. Default 30,000: the sign-ins above with their pages, twice.</summary>
    [Range(10, 100_000_000)]
    public int AddressRequestsPerMinute { get; set; } = 30_000;

    /// <summary>Requests of a client address without a session that may run at once. Default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int AddressRequestsAtOnce { get; set; } = 1_000;

    /// <summary>Requests a minute of one session, all at once if need be; more are answered 429. Default 60,000: opening
    /// Outlook takes a few hundred, and a thousand a second is a program, not a person.</summary>
    [Range(100, 100_000_000)]
    public int SessionRequestsPerMinute { get; set; } = 60_000;

    /// <summary>Requests of one session that may run at once, without hanging ones. Default 200: two HTTP/2 connections full of streams (RFC 9113, 6.5.2
    /// recommends 100 each).</summary>
    [Range(10, 1_000_000)]
    public int SessionRequestsAtOnce { get; set; } = 200;

    /// <summary>Requests a minute of all sessions of one user. Default 120,000.</summary>
    [Range(100, 100_000_000)]
    public int UserRequestsPerMinute { get; set; } = 120_000;

    /// <summary>Requests of all sessions of one user that may run at once, without hanging ones. Default 400. Exchange itself serves fewer (<c>Set-ThrottlingPolicy
    /// -OwaMaxConcurrency</c>, 5 by default) and queues or refuses the rest.</summary>
    [Range(10, 1_000_000)]
    public int UserRequestsAtOnce { get; set; } = 400;

    /// <summary>Requests waiting for notifications that one user may have. Each tab with Outlook has one, for minutes, so they are counted apart from other
    /// work. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int UserHangingRequests { get; set; } = 100;

    /// <summary>Connections of browsers in all; more are closed at once. Default 50,000. On Linux the process must be allowed as many descriptors and half as many
    /// again for connections to Exchange.</summary>
    [Range(100, 1_000_000)]
    public int Connections { get; set; } = 50_000;

    /// <summary>Connections of one client address; more are closed at once. Balancers listed in <c>ForwardedHeaders</c> are not counted. Default 10,000: a browser has one
    /// or two, and thousands of people may share an address. Raise it to <c>Connections</c> behind a balancer that shows its own address and cannot say whose.</summary>
    [Range(10, 1_000_000)]
    public int AddressConnections { get; set; } = 10_000;

    /// <summary>HTTP/2 frames a minute on one connection that carry no work, all at once if need be: settings, pings, resets, empty data. More end the connection;
    /// those of balancers listed in <c>ForwardedHeaders</c> are not counted. Default 3,000: a browser that leaves a page resets at most 100 streams.</summary>
    [Range(100, 10_000_000)]
    public int IdleFramesPerMinute { get; set; } = 3_000;

    /// <summary>Longest time until the header of a request has arrived. Needs a restart. Default 30 seconds, as Kestrel has it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time a connection stays open without a request. Needs a restart. Default 130 seconds, as Kestrel has it: more than a balancer's usual
    /// minute or two, so that the balancer closes first and no request meets a closing connection.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>Bytes a second that a browser must send of a body or take of an answer that is ready, after five seconds; a slower one is cut off. An
    /// answer that waits for Exchange is not slow. Who takes nothing of a long answer is cut off when he could have taken the 64 KiB that wait for him, after
    /// four and a half minutes with the default. Needs a restart. Default 240, as Kestrel has it: a modem has ten times as much.</summary>
    [Range(1, 1_000_000)]
    public int MinimumBytesPerSecond { get; set; } = 240;

    /// <summary>Longest time to fetch anything from an identity provider. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan ProviderTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest answer accepted from an identity provider, in bytes. Default 1,048,576 (1 MiB); a token with 2,000 groups is about 100 KB.</summary>
    [Range(16_384, 16_777_216)]
    public int ProviderAnswerBytes { get; set; } = 1_048_576;
}
