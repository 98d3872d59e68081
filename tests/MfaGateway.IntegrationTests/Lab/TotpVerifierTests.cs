using MfaGateway.Lab.IdentityProvider;
using Microsoft.Extensions.Time.Testing;
using OtpNet;

namespace MfaGateway.IntegrationTests.Lab;

public sealed class TotpVerifierTests
{
    /// <summary>Secret and codes of RFC 6238 appendix B (SHA-1), the last six of their eight digits.</summary>
    private static readonly LabUser Alice = new("alice@contoso.test", "pw", Base32Encoding.ToString("12345678901234567890"u8.ToArray()), []);

    private static readonly LabUser Bob = new("bob@contoso.test", "pw", null, []);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_111_111_109));
    private readonly TotpVerifier _codes;

    public TotpVerifierTests() => _codes = new TotpVerifier(_time);

    [Fact]
    public void the_code_of_the_standard_is_accepted() => Assert.True(_codes.Accept(Alice, "081804"));

    [Fact]
    public void spaces_as_apps_show_them_do_not_matter() => Assert.True(_codes.Accept(Alice, "081 804"));

    [Fact]
    public void a_code_works_only_once()
    {
        _codes.Accept(Alice, "081804");

        Assert.False(_codes.Accept(Alice, "081804"));
    }

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void one_step_before_and_after_are_tolerated(int steps, bool expected)
    {
        var code = new Totp(Base32Encoding.ToBytes(Alice.TotpSecret)).ComputeTotp(_time.GetUtcNow().AddSeconds(30 * steps).UtcDateTime);

        Assert.Equal(expected, _codes.Accept(Alice, code));
    }

    [Fact]
    public void each_step_counts_by_itself()
    {
        var now = _codes.CurrentCode(Alice);
        _codes.Accept(Alice, now);
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.True(_codes.Accept(Alice, _codes.CurrentCode(Alice)));
        Assert.False(_codes.Accept(Alice, now));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("000000")]
    [InlineData("not a code")]
    public void anything_else_is_refused(string? code) => Assert.False(_codes.Accept(Alice, code));

    [Fact]
    public void a_user_without_second_factor_has_no_code()
    {
        Assert.Null(_codes.CurrentCode(Bob));
        Assert.False(_codes.Accept(Bob, "081804"));
    }
}
