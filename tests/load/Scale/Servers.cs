using MfaGateway.Load.Rig;

namespace MfaGateway.Load.Scale;

/// <summary>What a small GET costs with so many Exchange servers. Each person stays with a server, so there are enough of them for all.</summary>
internal sealed class Servers : IScaleMeasurement
{
    private const int People = 64;

    private static readonly int[] _counts = [1, 4, 16];

    public string Name => "servers";

    public string Title => "Small GET, by Exchange servers";

    public async Task MeasureAsync(Extent extent, Findings findings, CancellationToken cancellationToken)
    {
        foreach (var count in _counts)
        {
            await using var site = await Site.StartAsync(People, cancellationToken);
            await using var gateway = site.StartGateway("gateway", site.NextPort(), Stores.Settings(Stores.Memory, null, site.StartBackends(count)));
            List<string> cookies = [await site.FirstSignInAsync(gateway, cancellationToken)];
            while (cookies.Count < People) cookies.Add(await site.SignInAsync(gateway, site.NextPerson(), cancellationToken));
            var file = Path.Combine(site.Folder, "cookies");
            await File.WriteAllLinesAsync(file, cookies, cancellationToken);
            gateway.Cookie = $"@{file}";

            await Generators.RunAsync(Workload.Small, gateway, site.Authority, extent.WarmUp, cancellationToken);
            findings.Add($"{count}", await Generators.RunAsync(Workload.Small, gateway, site.Authority, extent.Seconds, cancellationToken));
        }
    }
}
