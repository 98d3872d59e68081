using System.Buffers;
using System.Text.Json;
using MfaGateway.Policy;

namespace MfaGateway.Access.Opa;

/// <summary>Writes a request as Open Policy Agent's <c>input</c>, in the words of <c>mfagw policy explain --request</c>. What is not known is left out.</summary>
internal static class OpaInput
{
    public static ReadOnlyMemory<byte> Write(AccessRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartObject("input");
        json.WriteString("resource", request.Resource);
        json.WriteString("path", request.Path);
        json.WriteString("method", request.HttpMethod);
        if (request.Source is { } source) json.WriteString("source", source.ToString());
        if (request.Country is { } country) json.WriteString("country", country);
        if (request.Client is { } client) json.WriteString("client", client);
        if (request.Platform is { } platform) json.WriteString("platform", platform);
        json.WriteString("now", request.Now);
        WriteSubject(json, request.Subject);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteSubject(Utf8JsonWriter json, AccessSubject subject)
    {
        if (subject.User.Length > 0) json.WriteString("user", subject.User);
        if (subject.Provider.Length > 0) json.WriteString("provider", subject.Provider);
        WriteList(json, "groups", subject.Groups);
        WriteList(json, "methods", subject.Methods);
        WriteList(json, "contexts", subject.Contexts);
        json.WriteBoolean("mfa", subject.Mfa);
        if (subject is { Mfa: true, MfaAt: { } at }) json.WriteString("mfaAt", at); // the age of no proof is nobody's business
        json.WriteStartObject("device");
        if (subject.DeviceManaged is { } managed) json.WriteBoolean("managed", managed);
        if (subject.DeviceCompliant is { } compliant) json.WriteBoolean("compliant", compliant);
        json.WriteEndObject();
        json.WriteStartObject("claims");
        foreach (var (type, values) in subject.Claims) WriteList(json, type, values);
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
