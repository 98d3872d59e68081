using MfaGateway.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MfaGateway.SignIn;

/// <summary><c>/.gateway/signin</c>: the page where a person chooses a provider, and the hop that keeps the fragment of the address.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder endpoints) => endpoints.MapMethods(
        "/.gateway/signin", [HttpMethods.Get, HttpMethods.Head], (HttpContext context, ProviderCatalog providers, SignInStarter starter, PageWriter pages) =>
        {
            var query = context.Request.Query;
            var returnTo = ReturnTarget.From(query["return"], query["fragment"]);
            if (GatewayFeature.Of(context).Session is { } session && starter.ReadAsk(query["ask"]) is { } ask)
            {
                return query.ContainsKey("go")
                    ? starter.StepUpAsync(context, session, ask, returnTo)
                    : pages.KeepFragmentAsync(context, $"{PageWriter.SignInAddress(returnTo, null)}&ask={query["ask"]}");
            }

            var loginHint = HintOf(returnTo, "login_hint");
            if (query["provider"] is [{ Length: > 0 } name] && providers.Find(name) is { } chosen) return starter.StartAsync(context, chosen, returnTo, loginHint);
            if (!providers.TryChoose(loginHint, HintOf(returnTo, "whr"), out var provider)) return pages.ChooserAsync(context, providers.All, returnTo);
            return query.ContainsKey("go")
                ? starter.StartAsync(context, provider, returnTo, loginHint)
                : pages.KeepFragmentAsync(context, PageWriter.SignInAddress(returnTo, null));
        });

    /// <summary>Hints stand in the address of the page that was asked for.</summary>
    private static string? HintOf(string returnTo, string name)
    {
        var hash = returnTo.IndexOf('#', StringComparison.Ordinal);
        return Shield.CanonicalTarget.TryParse(hash < 0 ? returnTo : returnTo[..hash], out var target) ? target.SingleQueryValue(name) : null;
    }
}
