namespace MfaGateway.Lab.Estate;

/// <summary>The lab's own policy: staff read mail with a second factor, administrators administer with a fresh one.</summary>
internal static class LabPolicy
{
    public const string Text = """
        {
          "version": 1,
          "rules": [
            { "id": "staff-owa", "effect": "permit", "when": { "resource": ["owa"], "group": ["Staff"] }, "demand": { "mfa": true, "maxAge": "12:00:00" } },
            { "id": "staff-options", "effect": "permit", "when": { "resource": ["ecp-options"], "group": ["Staff"] }, "demand": { "mfa": true, "maxAge": "12:00:00" } },
            { "id": "admins-ecp", "effect": "permit", "when": { "resource": ["ecp"], "group": ["Exchange Admins"] }, "demand": { "mfa": true, "maxAge": "00:15:00" } }
          ],
          "examples": [
            { "name": "staff with a second factor read mail",
              "request": { "resource": "owa", "user": "alice@contoso.test", "groups": ["Staff"], "methods": ["pwd", "otp"], "mfa": true },
              "expect": "allow", "rule": "staff-owa" },
            { "name": "staff without a second factor are asked for one",
              "request": { "resource": "owa", "user": "bob@contoso.test", "groups": ["Staff"], "methods": ["pwd"] },
              "expect": "step-up", "rule": "staff-owa" },
            { "name": "staff reach their own options",
              "request": { "resource": "ecp-options", "user": "alice@contoso.test", "groups": ["Staff"], "methods": ["pwd", "otp"], "mfa": true },
              "expect": "allow", "rule": "staff-options" },
            { "name": "staff do not reach the admin center",
              "request": { "resource": "ecp", "user": "alice@contoso.test", "groups": ["Staff"], "methods": ["pwd", "otp"], "mfa": true },
              "expect": "deny" },
            { "name": "administrators reach the admin center",
              "request": { "resource": "ecp", "user": "admin@contoso.test", "groups": ["Staff", "Exchange Admins"], "methods": ["pwd", "otp"], "mfa": true },
              "expect": "allow", "rule": "admins-ecp" },
            { "name": "administrators need a fresh second factor",
              "request": { "resource": "ecp", "user": "admin@contoso.test", "groups": ["Staff", "Exchange Admins"], "methods": ["pwd", "otp"], "mfa": true, "mfaAge": "00:16:00" },
              "expect": "step-up", "rule": "admins-ecp" }
          ]
        }
        """;
}
