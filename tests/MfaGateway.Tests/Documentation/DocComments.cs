using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MfaGateway.Tests.Documentation;

/// <summary>The summaries of doc comments as one line of Markdown, from the XML file that the compiler writes.</summary>
internal static partial class DocComments
{
    private static readonly Dictionary<string, XElement> Members = XDocument
        .Load(Path.Combine(AppContext.BaseDirectory, "MfaGateway.xml"))
        .Descendants("member").ToDictionary(m => m.Attribute("name")!.Value, StringComparer.Ordinal);

    public static string Of(Type type) => Summary($"T:{type.FullName}");

    public static string Of(PropertyInfo property) => Summary($"P:{property.DeclaringType!.FullName}.{property.Name}");

    private static string Summary(string member)
    {
        var summary = Members[member].Element("summary") ?? throw new InvalidOperationException($"'{member}' has no summary.");
        var text = string.Concat(summary.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "see" } see => $"`{see.Attribute("cref")!.Value.Split('.')[^1]}`",
            XElement other => other.Value,
            _ => node.ToString().Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal),
        }));
        text = Spaces().Replace(text, " ").Replace("docs/configuration.md", "see below", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
        return SaidByTheTable().Replace(text, "").Trim();
    }

    /// <summary>The heading names the section, and a column says what is required.</summary>
    [GeneratedRegex(@" Section `[^`]+`\.| Required\.$")]
    private static partial Regex SaidByTheTable();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
