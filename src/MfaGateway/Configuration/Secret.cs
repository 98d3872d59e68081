using System.ComponentModel;
using System.Globalization;

namespace MfaGateway.Configuration;

/// <summary>A value that must not be seen: printing it shows three asterisks.</summary>
[TypeConverter(typeof(SecretConverter))]
public sealed class Secret
{
    private readonly string _value;

    /// <summary>Takes the value in.</summary>
    /// <param name="value">The secret; not empty.</param>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public Secret(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        _value = value;
    }

    /// <summary>Three asterisks.</summary>
    public override string ToString() => "***";

    internal string Reveal() => _value;

    private sealed class SecretConverter : TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

        public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
            value is string { Length: > 0 } text ? new Secret(text) : null;
    }
}
