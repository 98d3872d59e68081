using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>A token made by hand, so that it can be made wrong: names may repeat, values are any JSON, the signature is anything.</summary>
internal sealed class TokenDraft
{
    private readonly List<(string Name, string Json)> _header = [];
    private readonly List<(string Name, string Json)> _claims = [];
    private Func<byte[], byte[]> _sign;

    public TokenDraft(SigningKey key)
    {
        _sign = key.Sign;
        SignedBy(key).Header("typ", "JWT");
    }

    /// <summary>Replaces the claims as a whole when set.</summary>
    public string? Payload { get; set; }

    public TokenDraft SignedBy(SigningKey key)
    {
        _sign = key.Sign;
        Header("alg", key.Algorithm);
        if (key.Kid is null) _header.RemoveAll(h => h.Name == "kid");
        else Header("kid", key.Kid);
        return this;
    }

    public TokenDraft SignedBy(Func<byte[], byte[]> sign)
    {
        _sign = sign;
        return this;
    }

    /// <summary>HS256 with these bytes as the secret.</summary>
    public TokenDraft SignedBySecret(byte[] secret) => Header("alg", "HS256").SignedBy(bytes => HMACSHA256.HashData(secret, bytes));

    public TokenDraft Header(string name, object? value) => Set(_header, name, JsonSerializer.Serialize(value));

    public TokenDraft HeaderAgain(string name, object? value) => Add(_header, name, JsonSerializer.Serialize(value));

    public TokenDraft Claim(string name, object? value) => Set(_claims, name, JsonSerializer.Serialize(value));

    /// <summary>A claim whose value is written as it stands.</summary>
    public TokenDraft ClaimJson(string name, string json) => Set(_claims, name, json);

    /// <summary>The same name once more.</summary>
    public TokenDraft ClaimAgain(string name, object? value) => Add(_claims, name, JsonSerializer.Serialize(value));

    public TokenDraft Without(string name)
    {
        _claims.RemoveAll(c => c.Name == name);
        return this;
    }

    /// <summary>The value of a claim that is a number.</summary>
    public long Number(string name) => long.Parse(_claims.First(c => c.Name == name).Json, System.Globalization.CultureInfo.InvariantCulture);

    public override string ToString()
    {
        var text = $"{Part(Object(_header))}.{Part(Payload ?? Object(_claims))}";
        return $"{text}.{Base64Url.EncodeToString(_sign(Encoding.ASCII.GetBytes(text)))}";
    }

    /// <summary>The left half of a hash (OpenID Connect Core 3.3.2.11).</summary>
    public static string HalfHash(byte[] hash) => Base64Url.EncodeToString(hash.AsSpan(0, hash.Length / 2));

    private static string Object(IEnumerable<(string Name, string Json)> members) =>
        "{" + string.Join(",", members.Select(m => $"{JsonSerializer.Serialize(m.Name)}:{m.Json}")) + "}";

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private TokenDraft Set(List<(string Name, string Json)> list, string name, string json)
    {
        var at = list.FindIndex(m => m.Name == name);
        if (at < 0) return Add(list, name, json);
        list[at] = (name, json);
        return this;
    }

    private TokenDraft Add(List<(string Name, string Json)> list, string name, string json)
    {
        list.Add((name, json));
        return this;
    }
}
