using System.Security.Cryptography;
using System.Text;
using MfaGateway.Configuration;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace MfaGateway.Nodes;

/// <summary>
/// Makes sure that the gateways of an estate understand each other's sessions and cookies: each keeps a note in Redis, protected by the key ring, that every
/// other must be able to read. A gateway that cannot does not start; one that finds out later stops, because it would sign people out.
/// </summary>
internal sealed class NodeAgreement(
    RedisConnection redis, KeyRingKeeper keys, GatewaySettings settings, IDataProtectionProvider protection, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<NodeAgreement> logger)
    : BackgroundService
{
    private const string Note = "agreement";
    private const string Turn = "turn";

    /// <summary>The note goes when no gateway has been there for this long, so that an estate may be given new keys.</summary>
    private static readonly TimeSpan _life = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan _every = TimeSpan.FromSeconds(30);

    /// <summary>A gateway that dies in its turn holds the others up for this long.</summary>
    private static readonly TimeSpan _turnLasts = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan _turnPause = TimeSpan.FromMilliseconds(50);

    private const int Looks = 4;

    private static readonly TimeSpan _lookPause = TimeSpan.FromSeconds(1);

    /// <summary>As far apart as machines with Kerberos may be (RFC 4120, 8.2).</summary>
    private static readonly TimeSpan _clocksApart = TimeSpan.FromMinutes(5);

    private bool _clocksCompared;

    private readonly IDataProtector _protector = protection.CreateProtector("MfaGateway.Agreement.v1");

    /// <summary>What is wrong with this gateway beside the others; null when nothing is. One gateway at a time: the first to protect anything makes the key
    /// ring, and gateways that did so at the same moment would each use a key that the others do not know.</summary>
    /// <exception cref="RedisException">Redis does not answer.</exception>
    public async Task<ConfigurationProblem?> FindProblemAsync(CancellationToken cancellationToken)
    {
        if (await CompareClocksAsync(cancellationToken) is { } clocks) return clocks;
        var turn = redis.Key(Turn);
        while (!await redis.Database.StringSetAsync(turn, Environment.MachineName, _turnLasts, When.NotExists, CommandFlags.DemandMaster).WaitAsync(cancellationToken))
            await Task.Delay(_turnPause, time, cancellationToken);
        try
        {
            return await CompareAsync(cancellationToken);
        }
        finally
        {
            await redis.Database.KeyDeleteAsync(turn, CommandFlags.DemandMaster | CommandFlags.FireAndForget);
        }
    }

    /// <summary>Once: by its own time a gateway ends sessions, in Redis too, and one with a wrong clock would end everybody's. What the clock does later is the business of
    /// <see cref="Clock.SteadyTime"/>.</summary>
    private async Task<ConfigurationProblem?> CompareClocksAsync(CancellationToken cancellationToken)
    {
        if (_clocksCompared) return null;
        var told = await redis.Database.ExecuteAsync("TIME").WaitAsync(cancellationToken);
        var difference = time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds((long)told[0]);
        _clocksCompared = difference.Duration() <= _clocksApart;
        return _clocksCompared ? null : new ConfigurationProblem(
            "$.Gateway.Redis", $"This machine's clock is {difference.Duration():c} {(difference > TimeSpan.Zero ? "ahead of" : "behind")} that of Redis: sessions would end, or live on, by that much.",
            "Set the clocks of both machines by a time server.");
    }

    private async Task<ConfigurationProblem?> CompareAsync(CancellationToken cancellationToken)
    {
        var key = redis.Key(Note);
        var ours = Convert.ToBase64String(_protector.Protect(Encoding.UTF8.GetBytes(settings.Origin)));
        if (await redis.Database.StringSetAsync(key, ours, _life, When.NotExists, CommandFlags.DemandMaster).WaitAsync(cancellationToken)) return null;
        var note = (string?)await redis.Database.StringGetAsync(key, CommandFlags.DemandMaster).WaitAsync(cancellationToken);
        if (note is null) return null; // it went between the two
        if (await ReadAsync(note, cancellationToken) is not { } origin)
        {
            return new ConfigurationProblem("$.Gateway.Keys", $"Gateways that share '{settings.Current.Redis.Prefix}' in Redis protect sessions and cookies with keys that this one does not have.",
                "Give every gateway the same Keys: Store Redis and one certificate, or a Path that all of them share.");
        }

        if (origin != settings.Origin)
        {
            return new ConfigurationProblem("$.Gateway.Redis.Prefix", $"'{settings.Current.Redis.Prefix}' in Redis belongs to the gateways of {origin}, and this one is {settings.Origin}.",
                "Set another prefix, or the same PublicOrigin.");
        }

        await redis.Database.KeyExpireAsync(key, _life, CommandFlags.DemandMaster).WaitAsync(cancellationToken);
        return null;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await FindProblemAsync(cancellationToken) is { } problem) throw new NodeDisagreementException(problem);
        }
        catch (Exception e) when (RedisConnection.IsAway(e))
        {
            // the session store says so in the log; the loop asks again
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await FindProblemAsync(stoppingToken) is not { } problem) continue;
                logger.Disagreement(problem.Message, problem.Remedy);
                lifetime.StopApplication();
            }
            catch (Exception e) when (RedisConnection.IsAway(e))
            {
                // see above
            }
        }
    }

    /// <summary>A key that this gateway has not heard of may only be new, or about to be put back by the gateways that know it.</summary>
    private async Task<string?> ReadAsync(string note, CancellationToken cancellationToken)
    {
        for (var looked = 0; ; looked++)
        {
            if (Read(note) is { } origin) return origin;
            if (looked == Looks) return null;
            if (looked > 0) await Task.Delay(_lookPause, time, cancellationToken);
            await keys.LookAgainAsync(cancellationToken);
        }
    }

    private string? Read(string note)
    {
        try
        {
            return Encoding.UTF8.GetString(_protector.Unprotect(Convert.FromBase64String(note)));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
