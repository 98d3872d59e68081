using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MfaGateway.Host.Commands;

namespace MfaGateway.Host.Sizing;

/// <summary><c>mfagw size</c>: what an estate of so many people needs.</summary>
internal static class SizeCommand
{
    public static Command Create(TextWriter? output = null)
    {
        var none = new UseOfMail { Users = 1 };
        var users = new Option<int>("--users") { Description = "People whose mail is read through the gateway.", Required = true, HelpName = "N" };
        var active = new Option<double>("--active") { Description = "Percent of them with Outlook open at the busiest time.", DefaultValueFactory = _ => none.Active * 100, HelpName = "PERCENT" };
        var tabs = new Option<double>("--tabs") { Description = "Tabs each of these has open.", DefaultValueFactory = _ => none.Tabs };
        var requests = new Option<double>("--requests-per-minute") { Description = "Requests of each of these in the busiest hour, polls included.", DefaultValueFactory = _ => none.RequestsPerMinute };
        var minutes = new Option<double>("--sign-in-minutes") { Description = "In how many minutes they all sign in, in the morning.", DefaultValueFactory = _ => none.SignInMinutes };
        var gateways = new Option<int>("--gateways") { Description = "How many gateways; with two and more, one may be away.", DefaultValueFactory = _ => none.Gateways };
        var busy = new Option<double>("--busy") { Description = "Percent of the processors that may be in use.", DefaultValueFactory = _ => none.Busy * 100, HelpName = "PERCENT" };
        var kerberos = new Option<bool>("--kerberos") { Description = "The gateway signs on to Exchange with Kerberos." };
        var json = new Option<bool>("--json") { Description = "Print the result as JSON; memory in bytes." };
        Above(users, 0, 10_000_000);
        Above(active, 0, 100);
        Above(tabs, 0, 100);
        Above(requests, 0, 10_000);
        Above(minutes, 0, 1_440);
        Above(gateways, 0, 100);
        Above(busy, 0, 100);
        var command = new Command(
            "size",
            """
            Say what so many people need: cores, memory and descriptors of each gateway, memory of Redis, audit trail. A beginning, from figures of a slow
            machine and assumptions about people (docs/sizing.md); look at your own after the first week.

            Examples:
              mfagw size --users 5000
              mfagw size --users 20000 --gateways 3 --active 60 --kerberos
              mfagw size --users 5000 --json
            """) { users, active, tabs, requests, minutes, gateways, busy, kerberos, json };
        command.SetAction(parsed =>
        {
            var use = new UseOfMail
            {
                Users = parsed.GetValue(users),
                Active = parsed.GetValue(active) / 100,
                Tabs = parsed.GetValue(tabs),
                RequestsPerMinute = parsed.GetValue(requests),
                SignInMinutes = parsed.GetValue(minutes),
                Gateways = parsed.GetValue(gateways),
                Busy = parsed.GetValue(busy) / 100,
                Kerberos = parsed.GetValue(kerberos),
            };
            var to = output ?? Console.Out;
            to.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(Estimate.Of(use), JsonSerializerOptions.Web) : Text(use, Estimate.Of(use)));
            return CommandLine.Fine;
        });
        return command;
    }

    private static void Above<T>(Option<T> option, T least, T most) where T : IComparable<T> => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<T>() is { } value && (value.CompareTo(least) <= 0 || value.CompareTo(most) > 0))
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} {value} is out of range: write a number above {least}, at most {most}."));
    });

    private static string Text(UseOfMail use, Estimate needed) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {use.Users:n0} people, {use.Active:p0} of them at once with {use.Tabs:0.#} tabs each and {use.RequestsPerMinute:0.#} requests a minute:
          {needed.RequestsPerSecond:n0} requests a second, {needed.SignInsPerSecond:0.#} sign-ins a second in the morning

        Each of {use.Gateways} gateway{(use.Gateways == 1 ? ", which must never be away" : "s, so that one may be away")}:
          cores        {needed.Cores:n0} ({use.Busy:p0} in use at the busiest time)
          memory       {Bytes(needed.Memory)}
          descriptors  {needed.Descriptors:n0} (LimitNOFILE)

        Together:
          Redis        {Bytes(needed.RedisMemory)}
          audit trail  {Bytes(needed.AuditPerDay)} a day
        """);

    private static string Bytes(double bytes) => bytes switch
    {
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0} KB"),
    };
}
