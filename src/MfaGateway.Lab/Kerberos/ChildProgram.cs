using System.ComponentModel;
using System.Diagnostics;
using MfaGateway.Lab.Estate;

namespace MfaGateway.Lab.Kerberos;

/// <summary>Programs of the system that do one thing and end.</summary>
internal static class ChildProgram
{
    /// <summary>Runs a program to its end and returns what it said.</summary>
    /// <exception cref="LabException">It cannot be started, or it failed; with its words.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Start(start);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode == 0) return await output;
            throw new LabException($"`{program} {string.Join(' ', start.ArgumentList)}` failed ({process.ExitCode}):\n{await errors}{await output}");
        }
        catch (OperationCanceledException)
        {
            if (!process.HasExited) process.Kill();
            throw;
        }
    }

    /// <exception cref="LabException">There is no such program.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new LabException($"`{start.FileName}` did not start.");
        }
        catch (Win32Exception e)
        {
            throw new LabException($"`{start.FileName}` cannot be started: {e.Message}", e);
        }
    }
}
