using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using MfaGateway.Configuration;

namespace MfaGateway.Tests.Documentation;

/// <summary>Writes the reference of settings from the options classes: their names, types, annotations, default values and doc comments.</summary>
internal static class SettingsReference
{
    public static string Write()
    {
        var sections = new List<(Type Type, List<string> Paths)>();
        Collect(typeof(GatewayOptions), "Gateway", sections);
        var text = new StringBuilder();
        foreach (var (type, paths) in sections) WriteSection(text, type, paths);
        return text.ToString().TrimEnd();
    }

    /// <summary>Depth first; a class that several settings share gets one section with all its paths.</summary>
    private static void Collect(Type type, string path, List<(Type Type, List<string> Paths)> sections)
    {
        if (sections.Find(s => s.Type == type) is { Paths: { } known })
        {
            known.Add(path);
            return;
        }

        sections.Add((type, [path]));
        foreach (var property in Properties(type))
        {
            if (SectionOf(property) is { } inner) Collect(inner.Type, $"{path}:{property.Name}{inner.Suffix}", sections);
        }
    }

    private static void WriteSection(StringBuilder text, Type type, List<string> paths)
    {
        var defaults = Activator.CreateInstance(type)!;
        text.Append(CultureInfo.InvariantCulture, $"### {string.Join(", ", paths.Select(p => $"`{p}`"))}\n\n{DocComments.Of(type)}\n\n| Setting | Type | Default | Range | Meaning |\n|---|---|---|---|---|\n");
        foreach (var property in Properties(type))
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{property.Name}` | {TypeOf(property)} | {DefaultOf(property, defaults)} | {RangeOf(property)} | {DocComments.Of(property)} |\n");
        }

        text.Append('\n');
    }

    private static PropertyInfo[] Properties(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance);

    private static (Type Type, string Suffix)? SectionOf(PropertyInfo property)
    {
        var type = property.PropertyType;
        if (type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type))
            return type.GetGenericArguments()[^1] is { } element && IsSection(element) ? (element, typeof(IDictionary).IsAssignableFrom(type) ? ":{name}" : ":{number}") : null;
        return IsSection(type) ? (type, "") : null;
    }

    private static bool IsSection(Type type) => type.Namespace!.StartsWith("MfaGateway", StringComparison.Ordinal) && type != typeof(Secret);

    private static string TypeOf(PropertyInfo property)
    {
        var type = property.PropertyType;
        if (SectionOf(property) is { } section) return section.Suffix switch { "" => "section", ":{name}" => "sections by name", _ => "list of sections" };
        if (type == typeof(IList<string>)) return "list of texts";
        if (type == typeof(Dictionary<string, string>)) return "texts by name";
        return (Nullable.GetUnderlyingType(type) ?? type) switch
        {
            var t when t == typeof(TimeSpan) => "`d.hh:mm:ss`",
            var t when t == typeof(bool) => "true/false",
            var t when t == typeof(int) || t == typeof(long) => "whole number",
            var t when t == typeof(Uri) => "address",
            var t when t == typeof(Secret) => "secret",
            _ => "text",
        };
    }

    private static string DefaultOf(PropertyInfo property, object defaults)
    {
        if (property.IsDefined(typeof(MinLengthAttribute))) return "**required**";
        var value = property.GetValue(defaults);
        if (value is null) return property.IsDefined(typeof(RequiredAttribute)) ? "**required**" : "–";
        return value switch
        {
            bool truth => truth ? "`true`" : "`false`",
            string or TimeSpan or int or long => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
            _ => "–",
        };
    }

    private static string RangeOf(PropertyInfo property)
    {
        var allowed = property.GetCustomAttributes<ValidationAttribute>().Select(rule => rule switch
        {
            RangeAttribute range => $"`{Show(range, range.Minimum)}` to `{Show(range, range.Maximum)}`",
            AllowedValuesAttribute values => string.Join(" or ", values.Values.Where(v => v is not null).Select(v => $"`{v}`")),
            RegularExpressionAttribute pattern => pattern.ErrorMessage!.Replace("Write ", "", StringComparison.Ordinal).TrimEnd('.'),
            _ => null,
        });
        return string.Join(", ", allowed.Where(a => a is not null)) is { Length: > 0 } text ? text : "–";
    }

    /// <summary>A range of time spans is written as text in the annotation.</summary>
    private static string Show(RangeAttribute range, object bound) => range.OperandType == typeof(TimeSpan)
        ? TimeSpan.Parse($"{bound}", CultureInfo.InvariantCulture).ToString()
        : Convert.ToString(bound, CultureInfo.InvariantCulture)!;
}
