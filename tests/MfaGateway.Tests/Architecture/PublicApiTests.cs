using System.Reflection;
using MfaGateway.Configuration;
using MfaGateway.Host.Commands;
using MfaGateway.Policy;

namespace MfaGateway.Tests.Architecture;

/// <summary>
/// What is public is a decision: every change of it shows in the text files beside this test. To take a change on, run the tests once with the environment
/// variable <c>UPDATE_PUBLIC_API=1</c> and look at the difference before committing it.
/// </summary>
public class PublicApiTests
{
    public static TheoryData<string> Assemblies => ["MfaGateway.Policy", "MfaGateway", "MfaGateway.Host"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_public_surface_is_the_one_that_was_decided_on(string project)
    {
        var assembly = project switch
        {
            "MfaGateway.Policy" => typeof(PolicySet).Assembly,
            "MfaGateway" => typeof(GatewayOptions).Assembly,
            _ => typeof(CheckCommand).Assembly,
        };
        var file = Repository.PathOf("tests", "MfaGateway.Tests", "Architecture", $"{project}.api.txt");
        var actual = string.Concat(Lines(assembly).Select(line => line + "\n"));

        if (Environment.GetEnvironmentVariable("UPDATE_PUBLIC_API") == "1") File.WriteAllText(file, actual);

        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), actual);
    }

    private static IEnumerable<string> Lines(Assembly assembly) =>
        from type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal)
        from line in new[] { Head(type) }.Concat(Members(type).Select(member => "  " + member).Distinct().Order(StringComparer.Ordinal))
        select line;

    private static string Head(Type type)
    {
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        return $"{kind} {Name(type)}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
        foreach (var member in type.GetMembers(Declared))
        {
            // what the compiler adds to every record says nothing about a decision
            if (member.Name is "<Clone>$" or "Equals" or "GetHashCode" or "ToString" or "Deconstruct" or "op_Equality" or "op_Inequality" or "value__") continue;
            switch (member)
            {
                case FieldInfo field when IsVisible(field.Attributes):
                    yield return $"field {Name(field.FieldType)} {field.Name}";
                    break;
                case ConstructorInfo constructor when IsVisible(constructor.Attributes) && !IsCopy(constructor):
                    yield return $"new({Parameters(constructor)})";
                    break;
                case PropertyInfo property when IsVisible(property.GetMethod) || IsVisible(property.SetMethod):
                    yield return $"{(IsStatic(property) ? "static " : "")}{Name(property.PropertyType)} {property.Name} {{{(IsVisible(property.GetMethod) ? " get;" : "")}{Setter(property)} }}";
                    break;
                case MethodInfo { IsSpecialName: false } method when IsVisible(method):
                    yield return $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}({Parameters(method)})";
                    break;
                default:
                    break;
            }
        }
    }

    private static string Setter(PropertyInfo property)
    {
        if (!IsVisible(property.SetMethod)) return "";
        return property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit)) ? " init;" : " set;";
    }

    private static bool IsStatic(PropertyInfo property) => (property.GetMethod ?? property.SetMethod)!.IsStatic;

    private static bool IsCopy(ConstructorInfo constructor) => constructor.GetParameters() is [var only] && only.ParameterType == constructor.DeclaringType;

    private static bool IsVisible(MethodBase? method) =>
        method is not null && (method.Attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem
        && method.Name is not "get_EqualityContract" and not "PrintMembers";

    private static bool IsVisible(MethodAttributes attributes) =>
        (attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;

    private static bool IsVisible(FieldAttributes attributes) =>
        (attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}"));

    private static string Name(Type type)
    {
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        if (Nullable.GetUnderlyingType(type) is { } value) return Name(value) + "?";
        if (type.IsGenericParameter) return type.Name;
        var name = type.Namespace?.StartsWith("MfaGateway", StringComparison.Ordinal) == true ? type.FullName ?? type.Name : type.Name;
        return type.IsGenericType ? $"{name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name.Replace('+', '.');
    }
}
