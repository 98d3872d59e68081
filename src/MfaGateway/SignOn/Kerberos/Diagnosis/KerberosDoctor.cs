using System.Net.Sockets;
using MfaGateway.Configuration;
using MfaGateway.SignOn.Kerberos.Gssapi;
using Microsoft.Extensions.Logging.Abstractions;

namespace MfaGateway.SignOn.Kerberos.Diagnosis;

/// <summary>Examines everything that signing on with Kerberos needs, from the keytab to the flags of a user's account.</summary>
public static class KerberosDoctor
{
    /// <summary>Clocks may differ by five minutes (the default of Active Directory); beyond two somebody should look.</summary>
    private static readonly TimeSpan _skewAllowed = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    /// <summary>Examines; nothing is thrown for what is wrong.</summary>
    /// <param name="configuration">A configuration that was loaded without a problem.</param>
    /// <param name="folder">Folder of the configuration file.</param>
    /// <param name="user">A user to sign on, by UPN; null for none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the examination.</param>
    public static async Task<IReadOnlyList<SignOnFinding>> ExamineAsync(
        GatewayOptions configuration, string folder, string? user, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(time);
        var signOn = configuration.Exchange.SignOn;
        if (!signOn.Method.Equals(KerberosRules.MethodName, StringComparison.OrdinalIgnoreCase))
            return [SignOnFinding.Unknown("settings", $"The sign-on method is {signOn.Method}; there is nothing to examine.", "Set Exchange:SignOn:Method to Kerberos.")];
        if (OperatingSystem.IsWindows())
            return [SignOnFinding.Unknown("settings", "On Windows the system itself holds account and tickets.", "Use klist, setspn -Q and the event log; docs/kerberos.md says what to look for.")];
        using var scratch = new ScratchFolder();
        var settings = new GatewaySettings(configuration, folder);
        KerberosEnvironment.Prepare(signOn.Kerberos, settings.Resolve, scratch.Path);
        var examination = new Examination(signOn.Kerberos, signOn.ServicePrincipalName!, GssAccount.Of(signOn.Kerberos, settings.Resolve), time);
        return await examination.RunAsync(user, cancellationToken);
    }

    private sealed class Examination(KerberosOptions options, string service, GssAccount account, TimeProvider time)
    {
        private readonly List<SignOnFinding> _findings = [];

        public async Task<IReadOnlyList<SignOnFinding>> RunAsync(string? user, CancellationToken cancellationToken)
        {
            ExamineKeytab();
            foreach (var kdc in options.Kdcs) await ExamineControllerAsync(kdc, cancellationToken);
            if (_findings.Count(f => f.Subject == "domain-controller") is > 0 and var all
                && _findings.Count(f => f is { Subject: "domain-controller", Outcome: FindingOutcome.Unknown }) == all) return _findings;
            using var delegation = new GssDelegation(account, time, NullLogger.Instance);
            // the library blocks, for up to 25 seconds where a domain controller stays silent
            var own = await Task.Factory.StartNew(() => ExamineAccount(delegation), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (own is null) return _findings;
            if (user is not null)
                await Task.Factory.StartNew(() => ExamineUser(delegation, user), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await ExamineDirectoryAsync(own, user, cancellationToken);
            return _findings;
        }

        private void ExamineKeytab()
        {
            try
            {
                var mine = Keytab.Read(File.ReadAllBytes(account.Keytab)).Where(entry => entry.Principal == account.Principal).ToList();
                _findings.Add(mine.Count > 0
                    ? SignOnFinding.Good("keytab", $"{account.Keytab} holds keys of {account.Principal}: {string.Join(", ", mine.Select(entry => $"version {entry.Version} type {entry.EncryptionType}"))}.")
                    : SignOnFinding.Bad("keytab", SignOnFailure.KeytabMissing, $"{account.Keytab} holds no key of {account.Principal}.", "Make it for this very name."));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                _findings.Add(SignOnFinding.Bad("keytab", SignOnFailure.KeytabMissing, $"{account.Keytab} cannot be read: {e.Message}", "Check the path, and that the gateway's user may read it."));
            }
        }

        private async Task ExamineControllerAsync(string kdc, CancellationToken cancellationToken)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(_patience);
            try
            {
                var clock = await KdcProbe.ClockAsync(kdc, options.Account!, options.Realm!, limit.Token);
                var skew = (clock - time.GetUtcNow()).Duration();
                _findings.Add(SignOnFinding.Good("domain-controller", $"{kdc} answers."));
                _findings.Add(skew < _skewAllowed
                    ? SignOnFinding.Good("clock", $"Its clock differs from ours by {skew.TotalSeconds:f0} seconds.")
                    : SignOnFinding.Bad("clock", SignOnFailure.ClockSkew, $"The clock of {kdc} differs from ours by {skew:d\\.hh\\:mm\\:ss}.", "Set the clock of this machine from the domain controllers (NTP)."));
            }
            catch (Exception e) when (e is SocketException or IOException or InvalidDataException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                var cause = e is OperationCanceledException ? $"no answer within {_patience.TotalSeconds:f0} seconds" : e.Message;
                _findings.Add(SignOnFinding.Unknown("domain-controller", $"{kdc} does not answer: {cause}.", $"Check name, route and firewall (TCP 88). See {SignOnFailure.KdcUnreachable.Remedy}."));
            }
        }

        private GssCredential? ExamineAccount(GssDelegation delegation)
        {
            try
            {
                var own = delegation.Acquire();
                _findings.Add(SignOnFinding.Good("account", $"{account.Principal} obtains a ticket with this keytab."));
                return own;
            }
            catch (GssException e)
            {
                AddFailure("account", GssFailures.Of(e), e.Message);
            }
            catch (DllNotFoundException e)
            {
                AddFailure("account", SignOnFailure.LibraryMissing, e.Message);
            }

            return null;
        }

        private void ExamineUser(GssDelegation delegation, string user)
        {
            switch (delegation.Obtain(user, service))
            {
                case Delegated.Granted granted:
                    using (granted.Ticket) _findings.Add(SignOnFinding.Good("user", $"{user} can be signed on to {service} as {granted.Ticket.Owner} until {granted.Ticket.Expires:u}."));
                    if (RefusedNames.Contains(user, options) || RefusedNames.Contains(GssNamesOfUsers.Plain(granted.Ticket.Owner), options))
                        _findings.Add(SignOnFinding.Bad("user", SignOnFailure.PrivilegedUser, $"The gateway refuses {user} all the same.", "It is in RefusedUsers, or a computer."));
                    break;
                case Delegated.Refused refused:
                    AddFailure("user", refused.Failure, refused.Detail);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        private async Task ExamineDirectoryAsync(GssCredential own, string? user, CancellationToken cancellationToken)
        {
            var host = options.Kdcs.Count > 0 ? options.Kdcs.Select(kdc => kdc.Split(':')[0]).First() : new string([.. options.Realm!.Select(char.ToLowerInvariant)]);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(_patience);
            try
            {
                using var directory = await LdapConnection.OpenAsync(host, own, limit.Token);
                _findings.AddRange(await new DirectoryExamination(directory, options.Account!, service).ExamineAsync(user, limit.Token));
            }
            catch (Exception e) when (e is SocketException or IOException or LdapException or GssException or System.Formats.Asn1.AsnContentException
                or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                _findings.Add(SignOnFinding.Unknown("directory", $"The directory on {host} cannot be asked: {e.Message}.", "Open TCP 389 to it from this machine, or look at the accounts by hand as docs/kerberos.md says."));
            }
        }

        private void AddFailure(string subject, SignOnFailure failure, string detail) => _findings.Add(failure.IsOutage
            ? SignOnFinding.Unknown(subject, detail, $"See {failure.Remedy}.") with { Code = failure.Code }
            : SignOnFinding.Bad(subject, failure, detail, "The findings below may say more."));
    }

    /// <summary>For the library's configuration; a gateway that runs beside keeps its own.</summary>
    private sealed class ScratchFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("mfagw-doctor-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
