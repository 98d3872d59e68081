using MfaGateway.Policy.Documents;

namespace MfaGateway.Fuzz;

/// <summary>A request written as JSON is read, or refused in words.</summary>
internal static class RequestTarget
{
    public static FuzzTarget Create() => new("request", DocumentWriter.Words, random => new DocumentWriter(random).WriteRequest(), Try) { Share = 3 };

    private static FuzzFindings Try(string json)
    {
        var request = PolicyCompiler.ReadRequest(json, DateTimeOffset.UnixEpoch, out var problems);

        FuzzFailure.Unless(request is null == problems.Count > 0, "a text is either a request or has problems");
        return new FuzzFindings(request is not null, Targets.Check(problems, json, "$"));
    }
}
