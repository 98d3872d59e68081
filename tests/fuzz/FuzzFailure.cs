namespace MfaGateway.Fuzz;

/// <summary>An input that breaks a promise.</summary>
internal sealed class FuzzFailure(string target, string input, string why, Exception? inner = null) : Exception($"{target}: {why}", inner)
{
    public string Target => target;

    public string Input => input;

    /// <summary>Throws unless the promise was kept.</summary>
    public static void Unless(bool kept, string promise)
    {
        if (!kept)
            throw new InvalidOperationException($"broken promise: {promise}");
    }
}
