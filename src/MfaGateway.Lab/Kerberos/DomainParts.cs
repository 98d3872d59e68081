using System.Runtime.InteropServices;

namespace MfaGateway.Lab.Kerberos;

/// <summary>What a domain controller on this machine needs, and how to get what is missing.</summary>
internal static class DomainParts
{
    /// <summary>A file of each Debian package; where the system's kind of processor is in the path there is a star.</summary>
    private static readonly (string File, string Package)[] Files =
    [
        ("/usr/sbin/samba", "samba"),
        ("/usr/bin/samba-tool", "samba-common-bin"),
        ("/usr/share/samba/setup/provision.ldif", "samba-ad-provision"),
        ("/usr/lib/*/samba/ldb/samba_dsdb.so", "samba-dsdb-modules"),
        ("/usr/lib/*/samba/vfs/acl_xattr.so", "samba-vfs-modules"),
        ("/usr/lib/python3/dist-packages/samba/samdb.py", "python3-samba"),
    ];

    /// <summary>Why there can be no domain controller here and what to do about it; null when there can.</summary>
    public static string? Missing() => Missing(OperatingSystem.IsLinux(), Environment.IsPrivilegedProcess, Exists, HasLibrary());

    /// <summary>The same for any machine.</summary>
    /// <param name="linux">It runs Linux.</param>
    /// <param name="root">We may listen on port 88.</param>
    /// <param name="exists">Whether a file is there.</param>
    /// <param name="library">The Kerberos library is installed.</param>
    internal static string? Missing(bool linux, bool root, Func<string, bool> exists, bool library)
    {
        if (!linux) return "--sign-on kerberos needs Linux: the lab's domain controller is Samba. Without it the lab runs anywhere.";
        List<string> packages = [.. Files.Where(part => !exists(part.File)).Select(part => part.Package)];
        if (!library) packages.Add("libgssapi-krb5-2");
        List<string> problems = [];
        if (packages.Count > 0) problems.Add($"--sign-on kerberos needs packages that are not installed: {string.Join(", ", packages)}. On Debian: {(root ? "" : "sudo ")}apt-get install {string.Join(' ', packages)}");
        if (!root) problems.Add("--sign-on kerberos needs root: a domain controller listens on ports 88 and 389, and Samba sets the rights of its files. Run the lab with sudo.");
        return problems.Count == 0 ? null : string.Join('\n', problems);
    }

    private static bool Exists(string file)
    {
        var parts = file.Split("/*/");
        if (parts.Length == 1) return File.Exists(file);
        return Directory.Exists(parts[0]) && Directory.EnumerateDirectories(parts[0]).Any(folder => File.Exists(Path.Combine(folder, parts[1])));
    }

    private static bool HasLibrary()
    {
        if (!NativeLibrary.TryLoad("libgssapi_krb5.so.2", out var library)) return false;
        NativeLibrary.Free(library);
        return true;
    }
}
