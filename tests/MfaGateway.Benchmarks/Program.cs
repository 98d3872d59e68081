using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/MfaGateway.Benchmarks -- --filter '*'          everything
// dotnet run -c Release --project tests/MfaGateway.Benchmarks -- --filter '*' --job short
BenchmarkSwitcher.FromAssembly(typeof(MfaGateway.Benchmarks.PolicyDecideBenchmark).Assembly).Run(args);
