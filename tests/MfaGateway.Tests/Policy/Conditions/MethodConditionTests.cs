using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy.Conditions;

public class MethodConditionTests
{
    private static Match Says(string methods, string verb, params string[] proven) => Policies.PermitWhen($$""" "method": [{{methods}}] """)
        .Explain(Policies.Request(new AccessSubject { Methods = proven.ToHashSet() }) with { HttpMethod = verb }).Rules[0].Conditions[0].Says;

    [Theory]
    [InlineData("POST", Match.Yes)]
    [InlineData("GET", Match.No)]
    [InlineData("post", Match.No)]
    public void A_value_in_capital_letters_is_an_http_verb(string verb, Match expected) => Assert.Equal(expected, Says("\"POST\", \"PUT\"", verb, "POST-IT"));

    [Theory]
    [InlineData("otp", Match.Yes)]
    [InlineData("Card2", Match.Yes)]
    [InlineData("OTP", Match.No)]
    [InlineData("pwd", Match.No)]
    public void Any_other_value_is_an_authentication_method_compared_exactly(string proven, Match expected) =>
        Assert.Equal(expected, Says("\"otp\", \"Card2\"", "GET", proven));

    [Fact]
    public void Any_value_is_enough_whatever_its_kind() => Assert.Equal(Match.Yes, Says("\"POST\", \"otp\"", "GET", "otp"));

    [Fact]
    public void A_verb_is_not_met_by_a_proven_method_of_that_name() => Assert.Equal(Match.No, Says("\"POST\"", "GET", "POST"));
}
