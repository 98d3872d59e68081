using System.ComponentModel;
using System.Net.Security;
using MfaGateway.Pages;
using MfaGateway.SignOn.Kerberos;
using MfaGateway.SignOn.Kerberos.Gssapi;
using MfaGateway.SignOn.Kerberos.Windows;

namespace MfaGateway.Tests.SignOn.Kerberos;

public class SignOnFailureTests
{
    private const int FirstEvent = 6001;
    private const int LastEvent = 6099;

    [Fact]
    public void Every_failure_has_a_code_and_a_log_event_of_its_own()
    {
        var declared = typeof(SignOnFailure).GetFields().Where(field => field.FieldType == typeof(SignOnFailure)).Select(field => (SignOnFailure)field.GetValue(null)!).ToList();

        Assert.Equal(declared, SignOnFailure.All);
        Assert.Equal(declared.Count, declared.Select(failure => failure.Code).Distinct().Count());
        Assert.Equal(declared.Count, declared.Select(failure => failure.Event).Distinct().Count());
        Assert.All(declared, failure => Assert.InRange(failure.Event, FirstEvent, LastEvent));
    }

    [Fact]
    public void Every_failure_has_words_for_the_user_and_a_remedy_for_the_administrator()
    {
        var page = File.ReadAllLines(Repository.PathOf("docs", "kerberos.md"));

        Assert.All(SignOnFailure.All, failure =>
        {
            Assert.All(PageTexts.All, texts => Assert.Contains(failure.Text, texts.Refusals.Keys));
            var heading = Array.IndexOf(page, $"### {failure.Code}");
            Assert.True(heading >= 0, $"docs/kerberos.md has no heading '{failure.Code}'.");
            Assert.StartsWith($"{failure.Event}. ", page[heading + 1], StringComparison.Ordinal);
            Assert.EndsWith($"docs/kerberos.md#{failure.Code}", failure.Remedy, StringComparison.Ordinal);
        });
    }

    /// <summary>What Samba cannot be made to answer; the rest is tried against a real domain controller.</summary>
    [Theory]
    [InlineData(GssFailures.Impersonate, 18, "user-disabled")] // Windows says "revoked" of disabled accounts
    [InlineData(GssFailures.Impersonate, 13, "delegation-refused")]
    [InlineData(GssFailures.Acquire, 18, "account-disabled")]
    [InlineData(GssFailures.Acquire, 1, "account-disabled")]
    [InlineData(GssFailures.Acquire, 23, "account-disabled")]
    [InlineData(GssFailures.Acquire, 37, "clock-skew")]
    [InlineData(GssFailures.Acquire, 31, "keytab-stale")]
    [InlineData(GssFailures.Acquire, 154, "kdc-unreachable")]
    [InlineData("gss_init_sec_context", 37, "clock-skew")]
    [InlineData("gss_init_sec_context", 14, "encryption-type")]
    [InlineData("gss_init_sec_context", 29, "kdc-unreachable")]
    [InlineData("gss_init_sec_context", 13, "delegation-refused")]
    [InlineData("gss_init_sec_context", 60, "kerberos-failed")]
    public void Codes_of_the_library_lead_to_causes(string call, int code, string cause) => Assert.Equal(cause, GssFailures.Of(call, code).Code);

    [Theory]
    [InlineData(1317, "user-unknown")]
    [InlineData(1331, "user-disabled")]
    [InlineData(1909, "user-disabled")]
    [InlineData(1793, "user-expired")]
    [InlineData(1907, "password-expired")]
    [InlineData(1311, "kdc-unreachable")]
    [InlineData(1398, "clock-skew")]
    [InlineData(5, "kerberos-failed")]
    public void Windows_tells_its_errors_in_words_of_the_machines_language(int code, string cause)
    {
        static string German(int number) => $"Fehler Nummer {number}";

        Assert.Equal(cause, WindowsFailures.OfLogon(German(code), German).Code);
        Assert.Equal("kerberos-failed", WindowsFailures.OfLogon(German(code), number => new Win32Exception(number).Message).Code);
    }

    [Fact]
    public void Windows_tokens_that_are_not_made_have_a_cause_too()
    {
        Assert.Same(SignOnFailure.ServiceUnknown, WindowsFailures.OfToken(NegotiateAuthenticationStatusCode.TargetUnknown));
        Assert.Same(SignOnFailure.DelegationRefused, WindowsFailures.OfToken(NegotiateAuthenticationStatusCode.UnknownCredentials));
    }

    [Fact]
    public void An_outage_is_answered_503_and_everything_else_not()
    {
        Assert.Equal(
            ["kdc-unreachable", "kdc-slow", "kdc-queue-full"],
            SignOnFailure.All.Where(failure => failure.ToRefusal() is { Status: 503, RetryAfter: > 0 }).Select(failure => failure.Code));
    }
}
