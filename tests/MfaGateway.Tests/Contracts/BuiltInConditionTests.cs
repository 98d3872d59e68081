using System.Net;
using MfaGateway.Policy;
using MfaGateway.Policy.Conditions;
using MfaGateway.Tests.Policy;

namespace MfaGateway.Tests.Contracts;

public sealed class UserConditionContract : ConditionFactoryContract
{
    protected override IConditionFactory Create() => new UserFactory();

    protected override string Arguments => """["*@contoso.test"]""";

    protected override IReadOnlyList<string> WrongArguments => ["[]", "[1]", "\"alice\"", """["a*b"]"""];

    protected override AccessRequest Holding => Policies.Request();

    protected override AccessRequest NotHolding => Policies.Request(new AccessSubject { User = "eve@fabrikam.test" });
}

public sealed class NetworkConditionContract : ConditionFactoryContract
{
    protected override IConditionFactory Create() => new NetworkFactory();

    protected override string Arguments => """["intranet"]""";

    protected override IReadOnlyList<string> WrongArguments => ["[]", """["elsewhere"]"""];

    protected override AccessRequest Holding => Policies.Request();

    protected override AccessRequest NotHolding => Policies.Request() with { Source = IPAddress.Parse("203.0.113.7") };
}

public sealed class ClaimConditionContract : ConditionFactoryContract
{
    protected override IConditionFactory Create() => new ClaimFactory();

    protected override string Arguments => """[{ "type": "department", "operator": "equals", "value": "Sales" }]""";

    protected override IReadOnlyList<string> WrongArguments => ["[]", """[{ "type": "department" }]"""];

    protected override AccessRequest Holding => WithDepartment("Sales");

    protected override AccessRequest NotHolding => WithDepartment("Finance");

    private static AccessRequest WithDepartment(string name) =>
        Policies.Request(new AccessSubject { Claims = new Dictionary<string, IReadOnlyList<string>> { ["department"] = [name] } });
}
