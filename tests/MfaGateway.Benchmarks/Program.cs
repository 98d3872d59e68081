using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/MfaGateway.Benchmarks -- --filter '*'          everything
// dotnet run -c Release --project tests/MfaGateway.Benchmarks -- --filter '*' --job short
// dotnet run -c Release --project tests/MfaGateway.Benchmarks -- --minimum               in a minute, on a machine that is busy
if (args is ["--minimum"])
    MfaGateway.Benchmarks.Minimum.Print();
else
    BenchmarkSwitcher.FromAssembly(typeof(MfaGateway.Benchmarks.PolicyDecideBenchmark).Assembly).Run(args);
