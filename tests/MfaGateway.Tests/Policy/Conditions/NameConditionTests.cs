using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy.Conditions;

/// <summary>The conditions that compare names: resource, provider, user, group.</summary>
public class NameConditionTests
{
    private static Match Says(string when, AccessRequest request) => Policies.PermitWhen(when).Explain(request).Rules[0].Conditions[0].Says;

    [Theory]
    [InlineData("owa", Match.Yes)]
    [InlineData("OWA", Match.Yes)]
    [InlineData("ecp-options", Match.Yes)]
    [InlineData("ecp", Match.No)]
    [InlineData("", Match.No)]
    public void Resource_is_one_of_the_listed_whatever_its_case(string resource, Match expected) =>
        Assert.Equal(expected, Says(""" "resource": ["owa", "ecp-options"] """, Policies.Request() with { Resource = resource }));

    [Theory]
    [InlineData("adfs", Match.Yes)]
    [InlineData("ADFS", Match.Yes)]
    [InlineData("entra", Match.No)]
    [InlineData("", Match.No)]
    public void Provider_is_one_of_the_listed_whatever_its_case(string provider, Match expected) =>
        Assert.Equal(expected, Says(""" "provider": ["adfs"] """, Policies.Request(new AccessSubject { Provider = provider })));

    [Theory]
    [InlineData("bob@contoso.com", Match.Yes)]
    [InlineData("BOB@Contoso.com", Match.Yes)]
    [InlineData("CONTOSO\\carol", Match.Yes)]
    [InlineData("anyone@fabrikam.com", Match.Yes)]
    [InlineData("anyone@FABRIKAM.COM", Match.Yes)]
    [InlineData("alice@contoso.com", Match.No)]
    [InlineData("anyone@notfabrikam.com", Match.No)]
    [InlineData("anyone@fabrikam.com.evil.test", Match.No)]
    [InlineData("@fabrikam.com", Match.No)]
    [InlineData("fabrikam.com", Match.No)]
    [InlineData("", Match.No)]
    public void User_is_a_listed_name_or_of_a_listed_domain(string user, Match expected) => Assert.Equal(
        expected,
        Says(""" "user": ["bob@contoso.com", "contoso\\Carol", "*@fabrikam.com"] """, Policies.Request(new AccessSubject { User = user })));

    [Theory]
    [InlineData("Staff", Match.Yes)]
    [InlineData("STAFF", Match.Yes)]
    [InlineData("Exchange Admins", Match.Yes)]
    [InlineData("Staff2", Match.No)]
    public void Group_is_held_by_a_member_of_any_listed_one(string group, Match expected) => Assert.Equal(
        expected,
        Says(""" "group": ["staff", "exchange admins"] """, Policies.Request(new AccessSubject { Groups = new HashSet<string> { "Everyone", group } })));

    [Fact]
    public void Nobody_is_in_no_group() => Assert.Equal(Match.No, Says(""" "group": ["Staff"] """, Policies.Request(AccessSubject.Anonymous)));

    [Fact]
    public void A_subject_keeps_the_groups_it_was_made_with_and_compares_them_without_regard_to_case()
    {
        var groups = new HashSet<string>(StringComparer.Ordinal) { "Staff" };
        var subject = new AccessSubject { Groups = groups };

        groups.Add("Exchange Admins");

        Assert.Equal(Match.No, Says(""" "group": ["Exchange Admins"] """, Policies.Request(subject)));
        Assert.Equal(Match.Yes, Says(""" "group": ["STAFF"] """, Policies.Request(subject)));
    }
}
