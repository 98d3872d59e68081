using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using MfaGateway.ClusterTests.Setup;
using MfaGateway.InteropTests.Setup;
using MfaGateway.Lab.Estate;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>A gateway in a process of its own with people who are signed in, whose processor time is read for a number of their requests.</summary>
internal sealed class MeasuredGateway : IAsyncDisposable
{
    private readonly Node _node;
    private readonly List<(Browser Browser, Account Account)> _people = [];
    private readonly Func<Account, string> _right;

    private MeasuredGateway(Node node, Func<Account, string> right) => (_node, _right) = (node, right);

    public string Name => _node.Name;

    /// <summary>Processor time of the gateway for one request, in microseconds, of each round.</summary>
    public List<double> Costs { get; } = [];

    /// <param name="name">Of the folder, too.</param>
    /// <param name="folder">Where it makes a folder of its own.</param>
    /// <param name="parts">Provider and mail server.</param>
    /// <param name="signOn">How people are signed on.</param>
    /// <param name="listener">The certificate that everybody shows and trusts.</param>
    /// <param name="client">What the gateway proves itself with.</param>
    /// <param name="right">What the mail server says to somebody.</param>
    public static async Task<MeasuredGateway> StartAsync(
        string name, string folder, (NodeProvider Provider, IMailServer Exchange) parts, JsonObject signOn, TestCertificate listener, TestCertificate client, Func<Account, string> right)
    {
        var own = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        var configuration = await Gateway.WriteAsync(own, parts.Provider.Issuer, parts.Exchange.Address, signOn, listener, client);
        var ports = LabPorts.FindFree(1);
        var gateway = new MeasuredGateway(new Node(name, configuration, ports.Gateway.Port, ports.Management.Port, []), right);
        try
        {
            await gateway._node.StartAsync();
            foreach (var account in Account.Staff.Take(4)) await gateway.SignInAsync(account, listener);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>So many requests, eight at a time; what each costs.</summary>
    public async Task<double> SpendAsync(int requests)
    {
        var before = ProcessorTime();
        await Task.WhenAll(_people.Concat(_people).Select(person => RequestAsync(person.Browser, person.Account, requests / 8)));
        return (ProcessorTime() - before).TotalMicroseconds / requests;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (browser, _) in _people) browser.Dispose();
        await _node.DisposeAsync();
    }

    private async Task SignInAsync(Account account, TestCertificate listener)
    {
        var browser = new Browser(_node.Port, listener.Path);
        _people.Add((browser, account));
        await browser.OpenAsync("/owa/");
        await browser.GivePasswordAsync(account);
    }

    private async Task RequestAsync(Browser browser, Account account, int requests)
    {
        var right = _right(account);
        for (var n = 0; n < requests; n++)
        {
            var (status, text) = await browser.FetchAsync(HttpMethod.Get, "/owa/default.aspx");
            Assert.True(status == HttpStatusCode.OK && text == right, $"{Name} answered {account.Name} {(int)status}: {text}");
        }
    }

    /// <summary>User and system time of all its threads (<c>/proc/PID/stat</c>).</summary>
    private TimeSpan ProcessorTime()
    {
        using var process = Process.GetProcessById(_node.ProcessId);
        return process.TotalProcessorTime;
    }
}
