using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using MfaGateway.Policy.Documents;
using Microsoft.Extensions.Configuration;

namespace MfaGateway.Configuration;

/// <summary>Compares a configuration with the options classes: unknown keys, values of the wrong type, missing and out-of-range values. The binder itself
/// stops at its first error and passes over unknown keys.</summary>
internal static class ConfigurationShape
{
    /// <summary>How a problem begins that keeps the configuration from being bound.</summary>
    public const string NotReadable = "The value";

    private static readonly string[] _otherRoots = ["Gateway", "Serilog", "Logging"];

    /// <summary>Keys beside <c>Gateway</c> that the file may hold for the host.</summary>
    public static void CheckRoots(IConfiguration files, List<ConfigurationProblem> problems)
    {
        foreach (var root in files.GetChildren().Where(c => !c.Key.StartsWith('$') && !_otherRoots.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
            problems.Add(Unknown($"$.{root.Key}", root.Key, _otherRoots));
    }

    public static void Check(IConfigurationSection section, Type type, string path, List<ConfigurationProblem> problems)
    {
        if (ElementOf(type) is { } element) CheckElements(section, type, element, path, problems);
        else if (IsLeaf(type)) CheckLeaf(section, type, path, problems);
        else CheckObject(section, type, path, problems);
    }

    /// <summary>Required values, ranges and patterns as the options classes annotate them, through the whole tree.</summary>
    public static void CheckAnnotations(object options, string path, List<ConfigurationProblem> problems)
    {
        foreach (var property in Properties(options.GetType()))
        {
            var value = property.GetValue(options);
            var here = $"{path}.{property.Name}";
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>().Where(rule => !rule.IsValid(value))) problems.Add(Broken(here, value, rule));
            Descend(value, here, problems);
        }
    }

    private static void Descend(object? value, string path, List<ConfigurationProblem> problems)
    {
        if (value is IDictionary map)
        {
            foreach (DictionaryEntry entry in map) Descend(entry.Value, $"{path}.{entry.Key}", problems);
        }
        else if (value is IEnumerable items and not string)
        {
            var n = 0;
            foreach (var item in items) Descend(item, $"{path}[{n++}]", problems);
        }
        else if (value is not null && !IsLeaf(value.GetType()))
        {
            CheckAnnotations(value, path, problems);
        }
    }

    private static ConfigurationProblem Broken(string path, object? value, ValidationAttribute rule) => rule switch
    {
        RequiredAttribute => new(path, "A value is missing.", "Set it; docs/configuration.md says to what."),
        MinLengthAttribute => new(path, "The list is empty.", "Name at least one."),
        RangeAttribute range => new(path, $"'{Show(value)}' is out of range.", $"Use a value from {Show(range.Minimum)} to {Show(range.Maximum)}."),
        AllowedValuesAttribute allowed => new(path, $"'{Show(value)}' is not possible here.", $"Use {string.Join(" or ", allowed.Values.Where(v => v is not null).Select(Show))}."),
        RegularExpressionAttribute pattern => new(path, $"'{Show(value)}' has the wrong form.", pattern.ErrorMessage ?? $"It must match {pattern.Pattern}."),
        _ => new(path, rule.FormatErrorMessage(path), "See docs/configuration.md."),
    };

    private static void CheckObject(IConfigurationSection section, Type type, string path, List<ConfigurationProblem> problems)
    {
        if (section.Value is { Length: > 0 } text) problems.Add(new(path, $"{NotReadable} '{text}' stands where an object belongs.", "Write { … } with the settings below it."));
        var properties = Properties(type);
        foreach (var child in section.GetChildren())
        {
            var property = Array.Find(properties, p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null) problems.Add(Unknown($"{path}.{child.Key}", child.Key, [.. properties.Select(p => p.Name)]));
            else Check(child, property.PropertyType, $"{path}.{property.Name}", problems);
        }
    }

    private static void CheckElements(IConfigurationSection section, Type type, Type element, string path, List<ConfigurationProblem> problems)
    {
        if (section.Value is { Length: > 0 } text) problems.Add(new(path, $"{NotReadable} '{text}' stands where a list or an object belongs.", typeof(IDictionary).IsAssignableFrom(type) ? "Write { … } with a name for each." : "Put it in [ … ]."));
        foreach (var child in section.GetChildren())
        {
            var isIndex = int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _);
            Check(child, element, isIndex ? $"{path}[{child.Key}]" : $"{path}.{child.Key}", problems);
        }
    }

    private static void CheckLeaf(IConfigurationSection section, Type type, string path, List<ConfigurationProblem> problems)
    {
        if (section.GetChildren().Any())
        {
            problems.Add(new(path, $"{NotReadable} is an object or a list where a single one belongs.", $"Write {Expected(type)}."));
            return;
        }

        if (string.IsNullOrEmpty(section.Value)) return;
        if (section.Value.Contains('\0', StringComparison.Ordinal)) // the end of a text to the operating system, and of a path in the middle of it
        {
            problems.Add(new(path, $"{NotReadable} holds a NUL character.", $"Write {Expected(type)} without it."));
            return;
        }

        try
        {
            var plain = Nullable.GetUnderlyingType(type) ?? type;
            if (HasForm(section.Value, plain))
            {
                TypeDescriptor.GetConverter(plain).ConvertFromInvariantString(section.Value);
                return;
            }
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException or InvalidOperationException or OverflowException)
        {
            // reported below: converters wrap what they meet in different exceptions
        }

        problems.Add(new(path, $"{NotReadable} '{section.Value}' cannot be read.", $"Write {Expected(type)}."));
    }

    /// <summary>What converters take for something else: a relative address, and a time span without its colons or with 24 hours and more, which
    /// <see cref="TimeSpan"/> reads as days.</summary>
    private static bool HasForm(string text, Type type)
    {
        if (type == typeof(Uri)) return Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out var address) && address.IsAbsoluteUri; // asked for an absolute one, it takes /x for a file
        return type != typeof(TimeSpan) || TimeSpan.TryParseExact(
            text, [@"hh\:mm\:ss", @"hh\:mm\:ss\.FFFFFFF", @"d\.hh\:mm\:ss", @"d\.hh\:mm\:ss\.FFFFFFF"], CultureInfo.InvariantCulture, out _);
    }

    private static string Expected(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(TimeSpan) => "a time span as hh:mm:ss, or d.hh:mm:ss for days",
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(int) || t == typeof(long) => "a whole number",
        var t when t == typeof(Uri) => "an absolute address such as https://mail.contoso.com",
        _ => "a text",
    };

    private static ConfigurationProblem Unknown(string path, string key, IReadOnlyList<string> known) =>
        new(path, $"There is no setting '{key}'.", Sentence(DidYouMean.Among(known, key)));

    /// <summary>Texts of the policy compiler come without their full stop.</summary>
    internal static string Sentence(string text) => text.EndsWith('?') || text.EndsWith('.') ? text : text + ".";

    private static bool IsLeaf(Type type) =>
        type.IsPrimitive || type.IsEnum || Nullable.GetUnderlyingType(type) is not null || type == typeof(string) || type == typeof(TimeSpan) || type == typeof(Uri) || type == typeof(Secret);

    private static Type? ElementOf(Type type) => type != typeof(string) && type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) ? type.GetGenericArguments()[^1] : null;

    private static PropertyInfo[] Properties(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance);

    private static string Show(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
