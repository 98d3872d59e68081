using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Imports.Adfs;

/// <summary>Reads PolicyMetadata. Every element and attribute must be one that is understood: skipping a condition would let more people
/// in than the policy did.</summary>
internal sealed class AdfsMetadataReader(AdfsImportOptions options, List<PolicyProblem> problems)
{
    private const int LongestText = 1_000_000; // characters; an export of a policy has a few thousand
    private const int Deepest = 16; // elements; an export has seven levels

    private const int MostProblems = 50; // more would tell nobody more, and finding the place of each takes time

    private static readonly string[] Leaves =
        [AdfsVocabulary.Fresh, AdfsVocabulary.ClaimType, AdfsVocabulary.Operator, AdfsVocabulary.Value, AdfsVocabulary.ParameterName];

    private readonly HashSet<string> _usedParameters = new(StringComparer.Ordinal);

    public AdfsPolicy? Read(string xml)
    {
        if (Parse(xml) is not { Root: { } root } || !CheckShape(root))
            return null;
        CheckChildren(root, AdfsVocabulary.Fresh, AdfsVocabulary.Rules);
        var fresh = ReadFresh(root);
        var rules = One(root, AdfsVocabulary.Rules) is { } list ? ReadRules(list) : [];
        foreach (var name in options.Parameters.Keys.Where(name => !_usedParameters.Contains(name)))
            problems.Add(new PolicyProblem($"parameter {name}", "the policy has no such parameter", "Leave it out, or correct its name"));
        return new AdfsPolicy(fresh, rules);
    }

    // No DTD, hence no entities (billion laughs) and nothing fetched; bounded in length.
    private XDocument? Parse(string xml)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = LongestText,
        };
        using var text = new StringReader(xml);
        using var reader = XmlReader.Create(text, settings);
        var line = 1;
        try
        {
            while (reader.Read())
            {
                line = ((IXmlLineInfo)reader).LineNumber;
                if (reader.Depth > Deepest)
                    throw new XmlException("The elements are nested too deeply.", null, line, 1);
            }

            using var again = new StringReader(xml);
            using var second = XmlReader.Create(again, settings);
            return XDocument.Load(second, LoadOptions.SetLineInfo);
        }
        catch (XmlException error)
        {
            problems.Add(new PolicyProblem(
                "/",
                $"not the XML of a policy: {DocumentNode.Quote(error.Message)}",
                "Export the policy again: (Get-AdfsAccessControlPolicy -Name '…').PolicyMetadata")
            {
                Line = error.LineNumber > 0 ? error.LineNumber : line, // what settings forbid comes without its line
            });
            return null;
        }
    }

    private bool CheckShape(XElement root)
    {
        if (root.Name != XName.Get(AdfsVocabulary.Root, AdfsVocabulary.Namespace))
        {
            Report(
                root,
                $"the root is {DocumentNode.Quote(root.Name.LocalName)}, not the `{AdfsVocabulary.Root}` of AD FS",
                "Export the policy again, with its namespaces");
            return false;
        }

        var before = problems.Count;
        foreach (var element in root.DescendantsAndSelf())
        {
            if (element.Name.Namespace != AdfsVocabulary.Namespace)
                Report(element, $"the element {DocumentNode.Quote(element.Name.LocalName)} is not one of AD FS", "Import a policy without it");
            foreach (var attribute in element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration && !IsType(element, attribute)))
                Report(element, $"unknown attribute {DocumentNode.Quote(attribute.Name.LocalName)}", "Import a policy without it");
            if (element.HasElements && Leaves.Contains(element.Name.LocalName))
                Report(element, $"there are elements inside `{element.Name.LocalName}`", "Export the policy again");
            if (element.HasElements && element.Nodes().OfType<XText>().Any(text => !string.IsNullOrWhiteSpace(text.Value)))
                Report(element, $"there is text between the elements of `{element.Name.LocalName}`", "Export the policy again");
        }

        return problems.Count == before;
    }

    private static bool IsType(XElement element, XAttribute attribute) =>
        attribute.Name == XName.Get("type", AdfsVocabulary.InstanceNamespace) && element.Name.LocalName == AdfsVocabulary.Condition;

    private bool ReadFresh(XElement root)
    {
        var fresh = One(root, AdfsVocabulary.Fresh);
        bool? required = fresh?.Value.Trim() switch { "true" or "1" => true, "false" or "0" => false, _ => null }; // XML Schema part 2, 3.2.2
        if (fresh is not null && required is null)
            Report(fresh, $"{DocumentNode.Quote(fresh.Value)} is neither true nor false", "Export the policy again");
        if (required is true && !options.FreshAuthenticationStaysAtAdfs)
        {
            Report(
                fresh!,
                "a fresh sign-in for every token is not a decision about a request",
                "If the trust of the gateway in AD FS keeps this policy and goes on enforcing it, say --fresh-authentication-at-adfs");
        }

        return required is true;
    }

    private List<AdfsRule> ReadRules(XElement list)
    {
        CheckChildren(list, AdfsVocabulary.Rule);
        var rules = list.Elements().Select(ReadRule).ToList();
        if (rules.Count == 0)
            Report(list, "the policy has no rule and permits nobody", "Import a policy with a rule");
        return rules;
    }

    private AdfsRule ReadRule(XElement rule)
    {
        CheckChildren(rule, AdfsVocabulary.Conditions, AdfsVocabulary.Exceptions);
        var conditions = One(rule, AdfsVocabulary.Conditions) is { } list ? ReadConditions(list) : [];
        var exceptions = rule.Element(XName.Get(AdfsVocabulary.Exceptions, AdfsVocabulary.Namespace)) is { } except ? ReadConditions(except) : [];
        if (conditions.Count == 0)
            Report(rule, "the rule has no condition", $"A rule for everybody has one `AlwaysCondition`");
        return new AdfsRule(conditions, exceptions);
    }

    private List<AdfsCondition> ReadConditions(XElement list)
    {
        CheckChildren(list, AdfsVocabulary.Condition);
        return [.. list.Elements().Select(ReadCondition).OfType<AdfsCondition>()];
    }

    private AdfsCondition? ReadCondition(XElement element)
    {
        if (KindOf(element) is not { } kind)
            return null;
        string[] known = [AdfsVocabulary.Operator, AdfsVocabulary.Values, AdfsVocabulary.ParameterName];
        CheckChildren(element, kind is AdfsConditionKind.Claim ? [.. known, AdfsVocabulary.ClaimType] : known);
        CheckOperator(element, kind);
        var claim = kind is AdfsConditionKind.Claim ? One(element, AdfsVocabulary.ClaimType)?.Value.Trim() ?? "" : "";
        if (kind is AdfsConditionKind.Claim && claim.Length == 0)
            Report(element, "the condition names no claim type", "Export the policy again");
        return new AdfsCondition(kind, claim, ReadValues(element, kind), PlaceOf(element), LineOf(element));
    }

    private AdfsConditionKind? KindOf(XElement element)
    {
        var written = element.Attribute(XName.Get("type", AdfsVocabulary.InstanceNamespace))?.Value.Trim();
        if (written is null)
        {
            Report(element, "the condition has no `i:type`", "Export the policy again, with its attributes");
            return null;
        }

        // A type is a qualified name: the prefix, if any, must stand for the namespace of AD FS.
        var colon = written.IndexOf(':', StringComparison.Ordinal);
        var scope = colon switch
        {
            < 0 => element.GetDefaultNamespace(),
            0 => null,
            _ => element.GetNamespaceOfPrefix(written[..colon]),
        };
        var name = written[(colon + 1)..];
        if (scope == AdfsVocabulary.Namespace && AdfsVocabulary.Types.TryGetValue(name, out var kind))
            return kind;
        if (scope == AdfsVocabulary.Namespace && options.ConditionTypes.TryGetValue(name, out var told) && Told(told) is { } toldKind)
            return toldKind;
        Report(
            element,
            $"unknown condition type {DocumentNode.Quote(written)}",
            "If you know that it means a group, a location or a device, say so with --condition-type NAME=KIND");
        return null;
    }

    private static AdfsConditionKind? Told(string word) => word switch
    {
        "group" => AdfsConditionKind.Group,
        "location" => AdfsConditionKind.Location,
        "device" => AdfsConditionKind.Device,
        _ => null,
    };

    private void CheckOperator(XElement element, AdfsConditionKind kind)
    {
        var wanted = AdfsVocabulary.OperatorOf(kind);
        if (One(element, AdfsVocabulary.Operator) is { } written && written.Value.Trim() != wanted)
            Report(written, $"unknown operator {DocumentNode.Quote(written.Value)} of this condition", $"Only `{wanted}` is understood here");
    }

    private List<string> ReadValues(XElement element, AdfsConditionKind kind)
    {
        var list = element.Element(XName.Get(AdfsVocabulary.Values, AdfsVocabulary.Namespace));
        if (list is not null)
            CheckChildren(list, AdfsVocabulary.Value);
        List<string> values = [.. list?.Elements().Select(value => value.Value.Trim()) ?? []];
        if (element.Element(XName.Get(AdfsVocabulary.ParameterName, AdfsVocabulary.Namespace)) is { } parameter)
            values.AddRange(Parameter(parameter));
        else if (kind is not (AdfsConditionKind.Always or AdfsConditionKind.Mfa) && values.Count == 0)
            Report(
                element,
                "the condition compares with nothing: its values are given at assignment",
                "Export ResultantPolicy of the relying party trust, which has them filled in");
        if (kind is AdfsConditionKind.Always or AdfsConditionKind.Mfa && values.Count > 0)
            Report(element, "this condition takes no values", "Export the policy again");
        if (values.Any(value => value.Length == 0))
            Report(element, "a value is empty", "Export the policy again");
        return values;
    }

    private IReadOnlyList<string> Parameter(XElement element)
    {
        var name = element.Value.Trim();
        _usedParameters.Add(name);
        if (options.Parameters.TryGetValue(name, out var values))
            return values;
        Report(
            element,
            $"the parameter {DocumentNode.Quote(name)} has no value",
            $"Say --parameters {name}=VALUE, or export ResultantPolicy of the relying party trust");
        return [];
    }

    private XElement? One(XElement parent, string name)
    {
        if (parent.Element(XName.Get(name, AdfsVocabulary.Namespace)) is { } child)
            return child;
        Report(parent, $"`{name}` is missing", "Export the policy again");
        return null;
    }

    private void CheckChildren(XElement parent, params string[] known)
    {
        foreach (var child in parent.Elements().Where(child => !known.Contains(child.Name.LocalName)))
            Report(child, $"unknown element {DocumentNode.Quote(child.Name.LocalName)}", $"Known here: {string.Join(", ", known)}");
        var lists = parent.Name.LocalName is AdfsVocabulary.Rules or AdfsVocabulary.Conditions or AdfsVocabulary.Exceptions or AdfsVocabulary.Values;
        foreach (var twice in parent.Elements().GroupBy(child => child.Name).Where(group => !lists && group.Count() > 1))
            Report(twice.Last(), $"`{twice.Key.LocalName}` is there twice", "Export the policy again");
        if (!parent.HasElements && !string.IsNullOrWhiteSpace(parent.Value))
            Report(parent, $"text where elements are expected: {DocumentNode.Quote(parent.Value)}", "Export the policy again");
    }

    private void Report(XElement element, string message, string remedy)
    {
        if (problems.Count < MostProblems)
            problems.Add(new PolicyProblem(PlaceOf(element), message, remedy) { Line = LineOf(element) });
    }

    private static string PlaceOf(XElement element)
    {
        var steps = element.AncestorsAndSelf().Reverse().Skip(1).Select(Step);
        return $"/{string.Join('/', steps.Prepend(element.AncestorsAndSelf().Last().Name.LocalName))}";
    }

    private static int LineOf(XElement element) => ((IXmlLineInfo)element).LineNumber;

    private static string Step(XElement element)
    {
        var name = element.Name.LocalName.Length > 40 ? element.Name.LocalName[..40] : element.Name.LocalName;
        return element.Parent!.Elements(element.Name).Skip(1).Any()
            ? string.Create(CultureInfo.InvariantCulture, $"{name}[{element.ElementsBeforeSelf(element.Name).Count() + 1}]")
            : name;
    }
}
