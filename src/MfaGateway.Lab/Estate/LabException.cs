namespace MfaGateway.Lab.Estate;

/// <summary>The lab cannot start; the message says why and what to do.</summary>
internal sealed class LabException : Exception
{
    public LabException()
    {
    }

    public LabException(string message)
        : base(message)
    {
    }

    public LabException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
