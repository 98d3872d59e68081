using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Conditions;

/// <summary><c>device</c>: the token says that the device is managed, or compliant. When it does not speak of the device there is no answer.</summary>
internal sealed class DeviceFactory : IConditionFactory
{
    public string Name => "device";

    public ICondition Create(ConditionArguments arguments)
    {
        var words = FactCondition.Read(arguments, Words.DeviceKeys, "device state");
        return new DeviceCondition(Lists(words, "managed"), Lists(words, "compliant"));
    }

    private static bool Lists(string[] words, string word) => words.Contains(word, StringComparer.OrdinalIgnoreCase);

    private sealed class DeviceCondition(bool managed, bool compliant) : ICondition
    {
        public Match Evaluate(AccessRequest request)
        {
            var subject = request.Subject;
            if ((managed && subject.DeviceManaged is true) || (compliant && subject.DeviceCompliant is true))
                return Match.Yes;
            return (managed && subject.DeviceManaged is null) || (compliant && subject.DeviceCompliant is null) ? Match.Error : Match.No;
        }

        public string Describe(AccessRequest request) =>
            $"managed: {Show(request.Subject.DeviceManaged)}, compliant: {Show(request.Subject.DeviceCompliant)}";

        private static string Show(bool? fact) => fact switch
        {
            true => "yes",
            false => "no",
            null => "not known",
        };
    }
}
