using System.CommandLine;
using MfaGateway.Host.Commands;
using MfaGateway.Host.PolicyVerbs;
using MfaGateway.Host.ShieldVerbs;
using MfaGateway.Host.Sizing;

// mfagw [run] --config FILE is the default verb: a service definition may leave "run" out
var root = new RootCommand(
    """
    Multi-factor authentication in front of Outlook on the web and the Exchange admin center.

    Examples:
      mfagw run --config /etc/mfagw/gateway.json      start the gateway
      mfagw check --config gateway.json               find every mistake in configuration and policy, offline
      mfagw doctor --config gateway.json              try out what signing on to Exchange with Kerberos needs
      mfagw policy test --policy policy.json          run the examples of a policy
      mfagw policy explain --policy policy.json --request request.json
      mfagw policy lint --policy policy.json          what its author will hardly have meant; also: coverage, format
      mfagw policy replay --audit audit.jsonl --policy policy-next.json    whom a change would have hit
      mfagw sessions list --config gateway.json       who is signed in; also: show, revoke
      mfagw shield list                               the rules against known attacks; also: test
      mfagw size --users 5000                         what so many people need
    """);
RunCommand.AddTo(root);
root.Subcommands.Add(CheckCommand.Create());
root.Subcommands.Add(SessionsCommand.Create());
root.Subcommands.Add(ShieldCommands.Create(Console.In));
root.Subcommands.Add(DoctorCommand.Create());
root.Subcommands.Add(SizeCommand.Create());
root.Subcommands.Add(PolicyCommands.Create(Console.In, TimeProvider.System));
return await CommandLine.InvokeAsync(root, args);
