using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace MfaGateway.Tests;

/// <summary>What the framework does when the key ring in Redis cannot be read.</summary>
internal sealed class KeysOutOfReach : IDataProtectionProvider, IDataProtector
{
    public IDataProtector CreateProtector(string purpose) => this;

    public byte[] Protect(byte[] plaintext) => throw new CryptographicException("An error occurred while trying to encrypt the provided data.", new TimeoutException());

    public byte[] Unprotect(byte[] protectedData) => throw new CryptographicException("The key ring cannot be read.", new TimeoutException());
}
