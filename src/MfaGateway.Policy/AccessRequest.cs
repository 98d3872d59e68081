using System.Net;

namespace MfaGateway.Policy;

/// <summary>The question: may this subject do this, from there, now? Everything a condition may look at is in here.</summary>
public sealed record AccessRequest
{
    /// <summary>Who asks.</summary>
    public required AccessSubject Subject { get; init; }

    /// <summary>The published application, one of <see cref="ResourceNames"/>.</summary>
    public required string Resource { get; init; }

    /// <summary>Canonical path without query string. Default <c>/</c>.</summary>
    public string Path { get; init; } = "/";

    /// <summary>HTTP verb in capital letters. Default <c>GET</c>.</summary>
    public string HttpMethod { get; init; } = "GET";

    /// <summary>Address of the client, or <see langword="null"/> when unknown. An IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2)
    /// becomes its IPv4 form, because a dual-stack listener reports one client in either form.</summary>
    public IPAddress? Source { get; init => field = value is { IsIPv4MappedToIPv6: true } ? value.MapToIPv4() : value; }

    /// <summary>The country of the client's address: ISO 3166-1 alpha-2, or <see cref="CountryNames.Unknown"/> when it was looked up in vain;
    /// <see langword="null"/> when nobody looked, or there was no address to look up.</summary>
    public string? Country { get; init; }

    /// <summary>The kind of client software, one of <see cref="ClientNames"/>; <see langword="null"/> when not known.</summary>
    public string? Client { get; init; }

    /// <summary>The device platform, one of <see cref="PlatformNames"/>; <see langword="null"/> when not known.</summary>
    public string? Platform { get; init; }

    /// <summary>The time of the request.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>What a record of the request does not tell although the policy looks at it. Null for every request that is made now.</summary>
    internal PolicyNeeds? Unrecorded { get; init; }
}
