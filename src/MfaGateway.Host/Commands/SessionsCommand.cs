using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MfaGateway.Configuration;
using MfaGateway.Host.PolicyVerbs;

namespace MfaGateway.Host.Commands;

/// <summary><c>mfagw sessions</c>: who is signed in, and ending it, through the management listener of a running gateway.</summary>
internal static class SessionsCommand
{
    private static readonly string[] _columns = ["id", "user", "provider", "began", "lastActive", "methods"];

    public static Command Create()
    {
        var command = new Command(
            "sessions",
            """
            See who is signed in, and end sessions: on every gateway that shares them, with their running requests, within two seconds.
            Asks a running gateway on its management listener. Exit code 0: done, 1: there is no such session, 3: the gateway does not answer.

            Examples:
              mfagw sessions list --config gateway.json
              mfagw sessions show 3f9a0c11d2e4b5a6 --config gateway.json
              mfagw sessions revoke --user alice@contoso.com --config gateway.json
              mfagw sessions revoke --older-than 08:00:00 --management http://127.0.0.1:8445
              mfagw sessions revoke --all --config gateway.json
            """);
        command.Subcommands.Add(List());
        command.Subcommands.Add(Show());
        command.Subcommands.Add(Revoke());
        return command;
    }

    private static Command List()
    {
        var (target, user) = (new Target(), new Option<string>("--user") { Description = "Only sessions of this person, as policy and audit name it.", HelpName = "NAME" });
        var command = new Command("list", "Who is signed in, those active last first.") { user };
        target.AddTo(command);
        command.SetAction((parse, cancellationToken) => target.AskAsync(parse, async (client, streams) =>
        {
            var name = parse.GetValue(user);
            var answer = await client.GetFromJsonAsync<JsonObject>(new Uri($"api/sessions{(name is null ? "" : $"?user={Uri.EscapeDataString(name)}")}", UriKind.Relative), cancellationToken);
            if (parse.GetValue(target.Json)) streams.Write(answer!);
            else PrintList(answer!, streams);
            return CommandLine.Fine;
        }));
        return command;
    }

    private static Command Show()
    {
        var (target, id) = (new Target(), new Argument<string>("ID") { Description = "The session, as list and the audit trail (gateway.session) name it; its first 8 digits are enough." });
        var command = new Command("show", "One session and what was proven for it.") { id };
        target.AddTo(command);
        command.SetAction((parse, cancellationToken) => target.AskAsync(parse, async (client, streams) =>
        {
            using var response = await client.GetAsync(new Uri($"api/sessions/{Uri.EscapeDataString(parse.GetRequiredValue(id))}", UriKind.Relative), cancellationToken);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
            {
                streams.Complain(response.StatusCode is HttpStatusCode.NotFound ? "There is no such session." : "Several sessions begin like that; write more digits.");
                return CommandLine.No;
            }

            var session = (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>(cancellationToken))!;
            if (parse.GetValue(target.Json)) streams.Write(session);
            else streams.Rows(0, [.. session.Select(fact => new[] { fact.Key, Streams.Plain(Text(fact.Value)) })]);
            return CommandLine.Fine;
        }));
        return command;
    }

    private static Command Revoke()
    {
        var target = new Target();
        var id = new Option<string>("--id") { Description = "End this session.", HelpName = "ID" };
        var user = new Option<string>("--user") { Description = "End every session of this person, as policy and audit name it.", HelpName = "NAME" };
        var all = new Option<bool>("--all") { Description = "End every session there is." };
        var older = new Option<TimeSpan?>("--older-than") { Description = "End sessions that began longer ago than this (hh:mm:ss).", HelpName = "TIME" };
        var command = new Command("revoke", "End sessions, with their running requests. Say which by exactly one option.") { id, user, all, older };
        target.AddTo(command);
        command.Validators.Add(result =>
        {
            if (new Option[] { id, user, all, older }.Count(option => result.GetResult(option) is { Implicit: false }) != 1)
                result.AddError("Say which sessions: one of --id, --user, --older-than and --all.");
        });
        command.SetAction((parse, cancellationToken) => target.AskAsync(parse, async (client, streams) =>
        {
            var wish = new JsonObject { ["all"] = parse.GetValue(all) };
            if (parse.GetValue(id) is { } one) wish["id"] = one;
            if (parse.GetValue(user) is { } person) wish["user"] = person;
            if (parse.GetValue(older) is { } age) wish["olderThan"] = age.ToString("c", CultureInfo.InvariantCulture);
            using var response = await client.PostAsJsonAsync(new Uri("api/sessions/revoke", UriKind.Relative), wish, cancellationToken);
            if (response.StatusCode is HttpStatusCode.BadRequest)
            {
                streams.Complain("The gateway does not take that: an id has at least 8 digits, a time is not negative.");
                return CommandLine.WrongUsage;
            }

            var result = (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>(cancellationToken))!;
            var (revoked, unrecorded) = (result["revoked"]!.GetValue<int>(), result["unrecorded"]!.GetValue<int>());
            if (parse.GetValue(target.Json)) streams.Write(result);
            else streams.Line($"{Streams.Count(revoked, "session")} ended.{(unrecorded > 0 ? $" The audit trail did not keep {unrecorded} of them." : "")}");
            return revoked > 0 || parse.GetValue(all) || parse.GetValue(older) is not null ? CommandLine.Fine : CommandLine.No;
        }));
        return command;
    }

    private static void PrintList(JsonObject answer, Streams streams)
    {
        var sessions = answer["sessions"]!.AsArray();
        streams.Rows(0,
        [
            ["session", "user", "provider", "began", "last active", "methods"],
            .. sessions.Select(session => _columns.Select(name => Streams.Plain(Text(session![name]))).ToArray()),
        ]);
        streams.Line(answer["more"]!.GetValue<bool>() ? $"The first {sessions.Count} sessions; name a user to see others." : Streams.Count(sessions.Count, "session") + ".");
    }

    private static string Text(JsonNode? value) => value switch
    {
        null => "-",
        JsonArray list => string.Join(", ", list.Select(item => item!.ToString())),
        JsonValue scalar when scalar.TryGetValue(out DateTimeOffset time) => time.ToString("u", CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    /// <summary>Which gateway is asked, and how the answer is printed.</summary>
    private sealed class Target
    {
        private readonly Option<FileInfo> _config = new("--config", "-c") { Description = "The gateway's configuration file, which says where its management listener is.", HelpName = "FILE" };
        private readonly Option<Uri> _management = new("--management")
        {
            Description = "The management listener, instead of the one in the configuration.",
            HelpName = "URL",
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
                result.AddError($"'{result.Tokens[0].Value}' is not an address; write http://127.0.0.1:8445.");
                return null;
            },
        };

        public Option<bool> Json { get; } = new("--json") { Description = "Print the answer as one line of JSON." };

        public void AddTo(Command command)
        {
            foreach (var option in new Option[] { _config, _management, Json }) command.Options.Add(option);
        }

        public async Task<int> AskAsync(ParseResult parse, Func<HttpClient, Streams, Task<int>> ask)
        {
            var streams = Streams.Of(parse);
            if (Address(parse) is not { } address)
            {
                streams.Complain("Say which gateway: --config with its configuration file, or --management with its address.");
                return CommandLine.WrongUsage;
            }

            using var client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };
            try
            {
                return await ask(client, streams);
            }
            catch (HttpRequestException e)
            {
                streams.Complain(e.StatusCode is HttpStatusCode.ServiceUnavailable
                    ? "The gateway's session store does not answer."
                    : $"The gateway at {address} does not answer: {e.Message}");
                return CommandLine.Unreachable;
            }
            catch (JsonException)
            {
                streams.Complain($"What answers at {address} is not a gateway's management listener.");
                return CommandLine.Unreachable;
            }
        }

        private Uri? Address(ParseResult parse)
        {
            if (parse.GetValue(_management) is { } given) return given;
            if (parse.GetValue(_config) is not { } file) return null;
            var options = ConfigurationLoader.Load(new ConfigurationSources { Files = [file.FullName] }).Options;
            var text = options?.Management.Url ?? new GatewayOptions().Management.Url;
            return new Uri(text.Replace("*", "127.0.0.1", StringComparison.Ordinal).Replace("+", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
        }
    }
}
