namespace MfaGateway.InteropTests.Setup;

/// <summary>What stands where Exchange would.</summary>
internal interface IMailServer : IAsyncDisposable
{
    /// <summary>Scheme, host and port.</summary>
    string Address { get; }
}

/// <summary>Starts one that shows a certificate and may use a folder.</summary>
internal delegate Task<IMailServer> StartMailServer(TestCertificate certificate, string folder);
