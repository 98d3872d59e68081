using BenchmarkDotNet.Running;
using MfaGateway.Benchmarks;

// dotnet run -c Release --project tests/MfaGateway.Benchmarks -- --filter '*'          everything
// dotnet run -c Release --project tests/MfaGateway.Benchmarks -- --filter '*' --job short
// dotnet run -c Release --project tests/MfaGateway.Benchmarks -- --minimum               in a minute, on a machine that is busy
// dotnet run -c Release --project tests/MfaGateway.Benchmarks -- --minimum pipeline      a request beside plain YARP
// dotnet run -c Release --project tests/MfaGateway.Benchmarks -- --allocations           bytes of a request, in seconds
if (args is ["--minimum", "pipeline"])
    await Minimum.PrintPipelineAsync();
else if (args is ["--minimum"])
{
    Minimum.Print();
    await Minimum.PrintPipelineAsync();
}
else if (args is ["--allocations"])
    await Allocations.PrintAsync();
else
    BenchmarkSwitcher.FromAssembly(typeof(PolicyDecideBenchmark).Assembly).Run([.. args, "--inProcess"]); // otherwise it builds the gateway once more, with every analyzer
