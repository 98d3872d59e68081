using System.Text;

namespace MfaGateway.SignOn.Kerberos.Gssapi;

/// <summary>A call failed. Carries the codes by which the cause is told and the library's own words for the log.</summary>
internal sealed class GssException : Exception
{
    /// <summary>Where the codes of krb5 begin; the first 128 are the errors of RFC 4120.</summary>
    private const int Krb5Base = -1765328384;

    private GssException(string call, uint major, uint minor, string text)
        : base($"{call}: {text} (major 0x{major:x8}, minor {(int)minor})") => (Call, Major, Minor) = (call, major, (int)minor);

    public string Call { get; }

    /// <summary>RFC 2744: the reason.</summary>
    public uint Major { get; }

    /// <summary>The mechanism's own code. Exact only with the krb5 mechanism: SPNEGO numbers codes anew in each process.</summary>
    public int Minor { get; }

    /// <summary>Error of RFC 4120 section 7.5.9 that a domain controller answered with (0 to 127), or a larger number for an error of the library.</summary>
    public int Code => unchecked(Minor - Krb5Base);

    /// <summary>The upper half of the code says whether the call failed.</summary>
    public static void ThrowOn(uint major, uint minor, string call)
    {
        if (major >> 16 != 0) throw Of(major, minor, call);
    }

    /// <summary>Must run on the thread that got the error: the library keeps the words of a code per thread.</summary>
    private static GssException Of(uint major, uint minor, string call) => new(call, major, minor, Text(minor) is { Length: > 0 } text ? text : "no words for it");

    private static unsafe string Text(uint code)
    {
        const int MechanismCode = 2;
        var text = new StringBuilder();
        uint more = 0;
        do
        {
            if (LibGssapi.gss_display_status(out _, code, MechanismCode, GssNames.Kerberos, ref more, out var part) >> 16 != 0) break;
            text.Append(text.Length > 0 ? "; " : "").Append(Encoding.UTF8.GetString(GssBuffer.Take(ref part)));
        }
        while (more != 0);
        return text.ToString();
    }
}
