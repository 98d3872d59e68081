using System.Reflection;
using System.Reflection.Emit;
using MfaGateway.Policy.Conditions;

namespace MfaGateway.Tests.PlugIns;

/// <summary>Assemblies made on the spot, for plug-ins that nobody would keep in a repository.</summary>
internal static class MadeAssembly
{
    private const MethodAttributes Implements = MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig | MethodAttributes.NewSlot | MethodAttributes.Final;

    private static readonly ConstructorInfo Exception = typeof(InvalidOperationException).GetConstructor([typeof(string)])!;

    public static byte[] Of(string name, Action<ModuleBuilder> fill, string version = "1.0.0.0")
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name) { Version = Version.Parse(version) }, typeof(object).Assembly);
        fill(assembly.DefineDynamicModule(name));
        using var bytes = new MemoryStream();
        assembly.Save(bytes);
        return bytes.ToArray();
    }

    /// <summary>A factory whose conditions are null, so that each question to them throws.</summary>
    public static void Factory(this ModuleBuilder module, string? condition, string type = "Made.Factory", string? constructorThrows = null) =>
        module.Factory(il => Load(il, condition), type, constructorThrows);

    /// <summary>A factory that asks another assembly for its name.</summary>
    public static void Factory(this ModuleBuilder module, MethodInfo name) => module.Factory(il => il.Emit(OpCodes.Call, name), "Made.Factory", null);

    /// <summary>A library with one method that returns a text.</summary>
    public static (byte[] Bytes, MethodInfo Method) Library(string name, string text, string version = "1.0.0.0")
    {
        var bytes = Of(name, module =>
        {
            var type = module.DefineType("Made.Library", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
            var il = type.DefineMethod("Text", MethodAttributes.Public | MethodAttributes.Static, typeof(string), []).GetILGenerator();
            il.Emit(OpCodes.Ldstr, text);
            il.Emit(OpCodes.Ret);
            type.CreateType();
        }, version);
        using var stream = new MemoryStream(bytes);
        var loaded = new System.Runtime.Loader.AssemblyLoadContext(name, isCollectible: true).LoadFromStream(stream);
        return (bytes, loaded.GetType("Made.Library")!.GetMethod("Text")!);
    }

    private static void Factory(this ModuleBuilder module, Action<ILGenerator> name, string typeName, string? constructorThrows)
    {
        var type = module.DefineType(typeName, TypeAttributes.Public | TypeAttributes.Sealed, typeof(object), [typeof(IConditionFactory)]);
        if (constructorThrows is null) type.DefineDefaultConstructor(MethodAttributes.Public);
        else Throw(type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, []).GetILGenerator(), constructorThrows);
        var getName = type.DefineMethod("get_Name", Implements | MethodAttributes.SpecialName, typeof(string), []).GetILGenerator();
        name(getName);
        getName.Emit(OpCodes.Ret);
        var create = type.DefineMethod("Create", Implements, typeof(ICondition), [typeof(ConditionArguments)]).GetILGenerator();
        create.Emit(OpCodes.Ldnull);
        create.Emit(OpCodes.Ret);
        type.CreateType();
    }

    private static void Load(ILGenerator il, string? text)
    {
        if (text is null) il.Emit(OpCodes.Ldnull);
        else il.Emit(OpCodes.Ldstr, text);
    }

    private static void Throw(ILGenerator il, string message)
    {
        il.Emit(OpCodes.Ldstr, message);
        il.Emit(OpCodes.Newobj, Exception);
        il.Emit(OpCodes.Throw);
    }
}
