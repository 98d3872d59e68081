using System.Net;
using MfaGateway.InteropTests.Setup;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>Somebody who is signed in and goes on reading and sending, two requests at a time, and looks at every answer.</summary>
internal sealed class Reader : IAsyncDisposable
{
    private readonly Browser _browser;
    private readonly Account _account;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<string> _complaints = [];
    private readonly Task _loops;
    private int _served;

    private Reader(Browser browser, Account account)
    {
        (_browser, _account) = (browser, account);
        _loops = Task.WhenAll(ReadOnAsync(HttpMethod.Get, "/owa/default.aspx"), ReadOnAsync(HttpMethod.Post, "/owa/service.svc"));
    }

    /// <summary>Answers that were right.</summary>
    public int Served => Volatile.Read(ref _served);

    /// <summary>Answers that were not: failures, and mail of somebody else.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_lock) return [.. _complaints];
        }
    }

    public static async Task<Reader> SignInAsync(Deployment deployment, Account account)
    {
        var browser = deployment.OpenBrowser();
        await browser.OpenAsync("/owa/");
        await browser.GivePasswordAsync(account);
        Assert.Equal(HttpStatusCode.OK, browser.Status);
        return new Reader(browser, account);
    }

    /// <summary>Waits until so many more answers were right.</summary>
    public async Task GoOnAsync(int answers, TimeSpan patience)
    {
        var (from, began) = (Served, TimeProvider.System.GetTimestamp());
        while (Served - from < answers)
        {
            Assert.True(Complaints.Count == 0, string.Join('\n', Complaints));
            Assert.True(TimeProvider.System.GetElapsedTime(began) < patience, $"{_account.Name} got {Served - from} answers in {patience.TotalSeconds} seconds.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loops;
        _stop.Dispose();
        _browser.Dispose();
    }

    private async Task ReadOnAsync(HttpMethod method, string path)
    {
        var right = $"Exchange shows {path} to {_account.Name.Replace("@", @"\@", StringComparison.Ordinal)}@{Domain.Realm}";
        for (var n = 0; !_stop.IsCancellationRequested; n++)
        {
            try
            {
                var (status, text) = await _browser.FetchAsync(method, $"{path}?n={n}");
                if (status == HttpStatusCode.OK && text == right) Interlocked.Increment(ref _served);
                else Complain($"{_account.Name} got {(int)status}: {text}");
            }
            catch (HttpRequestException e)
            {
                Complain($"{_account.Name} got no answer: {e}");
            }
        }
    }

    private void Complain(string complaint)
    {
        lock (_lock) _complaints.Add(complaint);
    }
}
