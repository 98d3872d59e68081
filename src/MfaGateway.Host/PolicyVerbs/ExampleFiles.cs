using MfaGateway.Policy;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary>Reads the examples that stand in files of their own.</summary>
internal sealed class ExampleFiles(InputFiles files)
{
    /// <summary>All examples with their file, or sentences saying why there are none.</summary>
    public async Task<(IReadOnlyList<(string File, PolicyExample Example)> Examples, IReadOnlyList<string> Complaints)> ReadAsync(
        IReadOnlyList<string> paths, PolicySet policy, CancellationToken cancellationToken)
    {
        var examples = new List<(string, PolicyExample)>();
        var complaints = new List<string>();
        foreach (var path in paths)
        {
            var (text, why) = await files.ReadAsync(path, cancellationToken);
            if (text is null)
            {
                complaints.Add(why);
                continue;
            }

            var read = PolicyExamples.ReadFile(text, policy, out var problems);
            if (problems.Count > 0)
                complaints.AddRange([$"`{path}` is not a file of examples:", .. problems.Select(problem => $"  {problem}")]);
            examples.AddRange(read.Select(example => (path, example)));
        }

        return (examples, complaints);
    }
}
