using System.CommandLine;
using System.Text.Json;
using MfaGateway.Host.Sizing;

namespace MfaGateway.Tests.Sizing;

public sealed class SizeCommandTests
{
    [Fact]
    public void a_small_office_needs_two_cores()
    {
        var needed = Estimate.Of(new UseOfMail { Users = 100 });

        Assert.Equal(2, needed.Cores);
        Assert.InRange(needed.Memory, 200e6, 220e6);
    }

    [Fact]
    public void twice_the_people_need_twice_what_is_above_rest()
    {
        var (one, two) = (Estimate.Of(new UseOfMail { Users = 100_000 }), Estimate.Of(new UseOfMail { Users = 200_000 }));

        Assert.Equal(2 * one.RequestsPerSecond, two.RequestsPerSecond, 6);
        Assert.Equal(2 * (one.Memory - 200e6), two.Memory - 200e6, 0);
        Assert.InRange(two.Cores, (2 * one.Cores) - 2, 2 * one.Cores);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 4)]
    public void with_one_gateway_away_the_others_carry_everybody(int gateways, int carrying)
    {
        var (all, needed) = (Estimate.Of(new UseOfMail { Users = 200_000, Gateways = 1 }), Estimate.Of(new UseOfMail { Users = 200_000, Gateways = gateways }));

        Assert.Equal((all.Memory - 200e6) / carrying, needed.Memory - 200e6, 0);
        Assert.InRange(needed.Cores, all.Cores / carrying, (all.Cores / carrying) + 1);
    }

    [Fact]
    public void every_assumption_counts()
    {
        var plain = new UseOfMail { Users = 200_000 };
        var needed = Estimate.Of(plain);

        Assert.True(Estimate.Of(plain with { Active = 0.8 }).Cores > needed.Cores);
        Assert.True(Estimate.Of(plain with { RequestsPerMinute = 30 }).Cores > needed.Cores);
        Assert.True(Estimate.Of(plain with { SignInMinutes = 1 }).Cores > needed.Cores);
        Assert.True(Estimate.Of(plain with { Busy = 0.25 }).Cores > needed.Cores);
        Assert.True(Estimate.Of(plain with { Tabs = 3 }).Memory > needed.Memory);
        Assert.True(Estimate.Of(plain with { Tabs = 3 }).Descriptors > needed.Descriptors);
        Assert.True(Estimate.Of(plain with { Kerberos = true }).Memory > needed.Memory);
    }

    [Fact]
    public void the_text_names_what_to_buy()
    {
        var (code, text, _) = Run("size", "--users", "5000");

        Assert.Equal(0, code);
        Assert.Contains("5,000 people, 40 % of them at once", text.Replace("40%", "40 %", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("so that one may be away", text, StringComparison.Ordinal);
        Assert.Contains("LimitNOFILE", text, StringComparison.Ordinal);
    }

    [Fact]
    public void programs_get_numbers()
    {
        var (code, text, _) = Run("size", "--users", "5000", "--json");

        Assert.Equal(0, code);
        Assert.Equal(400, JsonElement.Parse(text).GetProperty("requestsPerSecond").GetDouble());
    }

    [Theory]
    [InlineData("--users", "0")]
    [InlineData("--active", "120")]
    [InlineData("--busy", "0")]
    [InlineData("--gateways", "0")]
    public void what_makes_no_sense_is_said(string option, string value)
    {
        var (code, _, error) = option == "--users" ? Run("size", option, value) : Run("size", "--users", "10", option, value);

        Assert.NotEqual(0, code);
        Assert.Contains($"{option} {value} is out of range", error, StringComparison.Ordinal);
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var root = new RootCommand { SizeCommand.Create(output) };
        return (root.Parse(arguments).Invoke(new InvocationConfiguration { Output = output, Error = error }), output.ToString(), error.ToString());
    }
}
