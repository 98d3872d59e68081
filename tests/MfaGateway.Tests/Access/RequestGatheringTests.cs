using System.Net;
using MfaGateway.Access;
using MfaGateway.Exchange;
using MfaGateway.Policy;
using MfaGateway.Policy.Documents;
using MfaGateway.Shield;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Tests.Access;

public sealed class RequestGatheringTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gathering-");

    public void Dispose() => _folder.Delete(recursive: true);

    private AccessRequest Gather(string when, string? trial = null)
    {
        var file = Path.Combine(_folder.FullName, "countries.mmdb");
        File.WriteAllBytes(file, MmdbWriter.Write([("192.0.2.0/24", "DE")]));
        var policies = new PoliciesInForce(Compile(when), trial is null ? null : Compile(trial), CountryDatabase.Read(file), "");
        Assert.True(CanonicalTarget.TryParse("/owa/x", out var target));
        var context = new DefaultHttpContext { Request = { Method = "POST" } };
        context.Request.Headers.UserAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0";
        var gateway = new GatewayFeature { Source = IPAddress.Parse("192.0.2.7"), Target = target, Publication = new Publication("owa", "owa", 0) };
        return RequestGathering.Gather(context, gateway, policies, DateTimeOffset.UnixEpoch);
    }

    private static PolicySet Compile(string when) =>
        PolicyCompiler.Compile($$"""{ "version": 1, "rules": [ { "id": "p", "effect": "permit", "when": { {{when}} } } ] }""").Policy!;

    [Fact]
    public void What_no_policy_asks_for_is_not_looked_up()
    {
        var request = Gather(""" "group": ["Staff"] """);

        Assert.Equal((null, null, null), (request.Country, request.Client, request.Platform));
        Assert.Equal(("owa", "/owa/x", "POST", "192.0.2.7", DateTimeOffset.UnixEpoch), (request.Resource, request.Path, request.HttpMethod, $"{request.Source}", request.Now));
        Assert.Same(AccessSubject.Anonymous, request.Subject);
    }

    [Theory]
    [InlineData(""" "country": ["DE"] """, "DE", null, null)]
    [InlineData(""" "not": { "client": ["other"] } """, null, "browser", null)]
    [InlineData(""" "any": [ { "platform": ["ios"] }, { "all": [ { "country": ["AT"] } ] } ] """, "DE", null, "windows")]
    public void What_a_policy_asks_for_is_looked_up(string when, string? country, string? client, string? platform)
    {
        var request = Gather(when);

        Assert.Equal((country, client, platform), (request.Country, request.Client, request.Platform));
    }

    [Fact]
    public void What_the_policy_on_trial_asks_for_is_looked_up_as_well() => Assert.Equal("browser", Gather(""" "group": ["Staff"] """, """ "client": ["browser"] """).Client);
}
