using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using MfaGateway.Lab.Estate;
using MfaGateway.Lab.Exchange;
using MfaGateway.Lab.IdentityProvider;
using Microsoft.Extensions.Logging;
using OtpNet;

namespace MfaGateway.BrowserTests.Fixtures;

/// <summary>Makes the settings that differ from the lab's own, the content of <c>Gateway</c>.</summary>
internal delegate JsonObject Overlay(string stateFolder, LabPorts ports);

/// <summary>A running lab with enough people in it: a one-time code works once, so every test signs in somebody else.</summary>
public sealed class Estate : IAsyncDisposable
{
    private const int Tries = 5;
    private const int PeopleOfAKind = 60;

    private readonly LabEstate _lab;
    private readonly ConcurrentQueue<LabUser> _staff;
    private readonly ConcurrentQueue<LabUser> _admins;

    private Estate(LabEstate lab)
    {
        _lab = lab;
        _staff = new ConcurrentQueue<LabUser>(lab.Users.All.Where(user => user.Upn.StartsWith("alice", StringComparison.Ordinal)));
        _admins = new ConcurrentQueue<LabUser>(lab.Users.All.Where(user => user.Upn.StartsWith("admin", StringComparison.Ordinal)));
    }

    public Uri Gateway => _lab.Ports.Gateway;

    public Uri IdentityProvider => _lab.IdentityProvider;

    internal IReadOnlyList<ExchangeSimulator> Exchange => _lab.Exchange;

    internal LabEstate Lab => _lab;

    internal static async Task<Estate> StartAsync(string dialect, string certificates, Overlay? overlay, string signOn)
    {
        for (var left = Tries; ; left--)
        {
            var state = Directory.CreateTempSubdirectory("mfagw-browser-").FullName;
            try
            {
                return await StartAsync(dialect, certificates, overlay, signOn, state);
            }
            catch (Exception e) when (left > 1 && (e is IOException || e.Message.StartsWith("Already in use", StringComparison.Ordinal)))
            {
                Directory.Delete(state, recursive: true); // somebody else took a port between looking and listening
            }
        }
    }

    /// <summary>Somebody in the group Staff who has a second factor and has not signed in yet.</summary>
    public Person Alice() => Next(_staff);

    /// <summary>Somebody who administers Exchange.</summary>
    public Person Admin() => Next(_admins);

    /// <summary>Somebody in the group Staff without a second factor.</summary>
    public Person Bob() => new(_lab.Users.Find("bob@contoso.test")!);

    /// <summary>Requests that any server received with that word in the target. Probes never have it.</summary>
    public IReadOnlyList<string> Received(string word) =>
    [
        .. _lab.Exchange.SelectMany(server => server.Requests.Since(0)).Select(request => request.Target)
            .Where(target => target.Contains(word, StringComparison.Ordinal)),
    ];

    /// <summary>The audit line that a reference finds; null when there is none.</summary>
    public JsonElement? AuditLine(string reference)
    {
        using var file = new StreamReader(new FileStream(_lab.State.AuditFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        while (file.ReadLine() is { } line)
        {
            if (!line.Contains(reference, StringComparison.Ordinal)) continue;
            var json = JsonElement.Parse(line);
            if (json.GetProperty("event.id").GetString() == reference) return json;
        }

        return null;
    }

    public Task RestartGatewayAsync() => _lab.RestartGatewayAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _lab.DisposeAsync();
        Directory.Delete(_lab.State.Path, recursive: true);
    }

    private static async Task<Estate> StartAsync(string dialect, string certificates, Overlay? overlay, string signOn, string state)
    {
        foreach (var file in Directory.GetFiles(certificates)) File.Copy(file, Path.Combine(state, Path.GetFileName(file)));
        var people = JsonSerializer.Serialize(MakePeople(), JsonSerializerOptions.Web);
        await File.WriteAllTextAsync(Path.Combine(state, "users.json"), people);
        var ports = LabPorts.FindFree(3);
        var config = Path.Combine(state, "overlay.json");
        var settings = overlay?.Invoke(state, ports) ?? [];
        settings["Limits"] = new JsonObject { ["ProviderTimeout"] = "00:01:00" }; // the provider's first answer takes long on a machine that does much else
        await File.WriteAllTextAsync(config, new JsonObject { ["Gateway"] = settings }.ToJsonString());
        var options = new LabOptions { Port = ports.Port, Servers = ports.Servers, Provider = dialect, SignOn = signOn, State = state, Config = config };
        return new Estate(await LabEstate.StartAsync(options, logging => logging.ClearProviders(), CancellationToken.None));
    }

    private static IEnumerable<LabUser> MakePeople()
    {
        yield return new LabUser("bob@contoso.test", "bob-has-one-factor", null, ["Staff"]);
        for (var n = 1; n <= PeopleOfAKind; n++)
        {
            yield return MakePerson($"alice{n}@contoso.test", "Staff");
            yield return MakePerson($"admin{n}@contoso.test", "Staff", "Exchange Admins");
        }
    }

    private static LabUser MakePerson(string upn, params string[] groups) =>
        new(upn, RandomNumberGenerator.GetHexString(16, true), Base32Encoding.ToString(RandomNumberGenerator.GetBytes(20)), groups);

    private static Person Next(ConcurrentQueue<LabUser> people) =>
        people.TryDequeue(out var user) ? new Person(user) : throw new InvalidOperationException("Every person of that kind has signed in; make more.");
}
