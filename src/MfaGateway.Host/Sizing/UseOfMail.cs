namespace MfaGateway.Host.Sizing;

/// <summary>What people do with Outlook on the web at the busiest time: assumptions, each of which the command line can replace.</summary>
internal sealed record UseOfMail
{
    /// <summary>People with a mailbox that is read through the gateway.</summary>
    public required int Users { get; init; }

    /// <summary>Share of them with Outlook open at the busiest time, 0 to 1. Default 0.4.</summary>
    public double Active { get; init; } = 0.4;

    /// <summary>Tabs each of these has open; each hangs on a request for notifications. Default 1.5.</summary>
    public double Tabs { get; init; } = 1.5;

    /// <summary>Requests a minute of one of these, averaged over the busiest hour, polls included. Default 12.</summary>
    public double RequestsPerMinute { get; init; } = 12;

    /// <summary>In how many minutes all of them sign in, in the morning. Default 30.</summary>
    public double SignInMinutes { get; init; } = 30;

    /// <summary>Whether the gateway signs on to Exchange with Kerberos.</summary>
    public bool Kerberos { get; init; }

    /// <summary>Gateways; one of them is taken to be away. Default 2.</summary>
    public int Gateways { get; init; } = 2;

    /// <summary>Share of a processor that may be busy, 0 to 1: above it waiting grows faster than work. Default 0.5.</summary>
    public double Busy { get; init; } = 0.5;
}
