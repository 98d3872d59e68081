using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MfaGateway.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MfaGateway.Tests.Access;

/// <summary>
/// Stands in for an Open Policy Agent: its Data API and its Health API as openpolicyagent.org/docs/rest-api documents them, over real sockets on loopback.
/// It reads no Rego. What it answers is either recorded text or what a policy document says about the input it was sent.
/// </summary>
internal sealed class OpaStandIn : IAsyncDisposable
{
    /// <summary>A policy that is not loaded, or a rule without default.</summary>
    public const string Undefined = "{}";

    /// <summary>Two definitions of one rule that disagree.</summary>
    public const string Conflict =
        """
        { "code": "internal_error", "message": "error(s) occurred while evaluating query",
          "errors": [ { "code": "eval_conflict_error", "message": "complete rules must not produce multiple outputs", "location": { "file": "mfagw.rego", "row": 3, "col": 1 } } ] }
        """;

    /// <summary>A body that is no JSON.</summary>
    public const string InvalidParameter = """{ "code": "invalid_parameter", "message": "body contains malformed input document: unexpected EOF" }""";

    /// <summary>What <c>system.authz</c> answers to a wrong token.</summary>
    public const string Unauthorized = """{ "code": "unauthorized", "message": "request rejected by administrative policy" }""";

    private readonly IHost _host;

    private OpaStandIn(IHost host) => _host = host;

    /// <summary>Answers a question.</summary>
    public Func<HttpContext, JsonElement, Task> Answer { get; set; } = (context, _) => Text(context, 200, Undefined);

    public int Health { get; set; } = 200;

    /// <summary>How often anything at all was asked.</summary>
    public int Received { get; private set; }

    public ConcurrentQueue<Question> Questions { get; } = new();

    public Uri Url { get; private set; } = null!; // set by StartAsync

    public static async Task<OpaStandIn> StartAsync()
    {
        OpaStandIn? agent = null;
        var host = new HostBuilder().ConfigureWebHost(web => web
            .UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0))
            .Configure(app => app.Run(context => agent!.ServeAsync(context)))).Build();
        agent = new OpaStandIn(host);
        await host.StartAsync(TestContext.Current.CancellationToken);
        agent.Url = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return agent;
    }

    public static async Task Text(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Answers every question with this text.</summary>
    public void Always(int status, string body) => Answer = (context, _) => Text(context, status, body);

    /// <summary>Answers as a policy document would, in the agent's words.</summary>
    public void AnswerAs(PolicySet policy) => Answer = (context, input) => Text(context, 200, Result(policy, Read(input)));

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        Received++;
        if (context.Request.Path == "/health" && HttpMethods.IsGet(context.Request.Method))
        {
            await Text(context, Health, "{}");
            return;
        }

        using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        Questions.Enqueue(new Question(
            context.Request.Method, context.Request.Path, context.Request.Headers.Authorization.ToString(), context.Request.ContentType, context.Connection.Id, body.RootElement.Clone()));
        await Answer(context, body.RootElement.GetProperty("input"));
    }

    private static string Result(PolicySet policy, AccessRequest request)
    {
        var (decision, demand) = (policy.Decide(request), policy.DemandsOf(request));
        var result = new JsonObject { ["decision"] = decision.Kind.ToCode(), ["reason"] = decision.Reason };
        if (decision.RuleId is { } rule) result["rules"] = new JsonArray(rule);
        if (decision.Kind is DecisionKind.StepUp)
        {
            var demands = new JsonObject();
            if (demand.Mfa) demands["mfa"] = true;
            if (demand.MaxAge is { } maxAge) demands["maxAge"] = maxAge.ToString(maxAge < TimeSpan.FromDays(1) ? @"hh\:mm\:ss" : @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);
            if (demand.Methods.Count > 0) demands["method"] = Strings(demand.Methods.SelectMany(methods => methods).Distinct());
            if (demand.Contexts.Count > 0) demands["context"] = Strings(demand.Contexts.SelectMany(contexts => contexts).Distinct());
            result["demands"] = demands;
        }

        return new JsonObject { ["decision_id"] = "0f9c1b52-2f0c-4d0b-9f21-6d3c8a1b7e55", ["result"] = result }.ToJsonString();
    }

    private static JsonArray Strings(IEnumerable<string> values) => [.. values.Select(value => (JsonNode)value)];

    private static AccessRequest Read(JsonElement input) => new()
    {
        Resource = input.GetProperty("resource").GetString()!,
        Path = input.GetProperty("path").GetString()!,
        HttpMethod = input.GetProperty("method").GetString()!,
        Source = Text(input, "source") is { } source ? IPAddress.Parse(source) : null,
        Country = Text(input, "country"),
        Client = Text(input, "client"),
        Platform = Text(input, "platform"),
        Now = input.GetProperty("now").GetDateTimeOffset(),
        Subject = new AccessSubject
        {
            User = Text(input, "user") ?? "",
            Provider = Text(input, "provider") ?? "",
            Groups = Set(input.GetProperty("groups")),
            Methods = Set(input.GetProperty("methods")),
            Contexts = Set(input.GetProperty("contexts")),
            Mfa = input.GetProperty("mfa").GetBoolean(),
            MfaAt = input.TryGetProperty("mfaAt", out var at) ? at.GetDateTimeOffset() : null,
            DeviceManaged = Truth(input.GetProperty("device"), "managed"),
            DeviceCompliant = Truth(input.GetProperty("device"), "compliant"),
            Claims = input.GetProperty("claims").EnumerateObject().ToDictionary(claim => claim.Name, IReadOnlyList<string> (claim) => [.. Set(claim.Value)]),
        },
    };

    private static string? Text(JsonElement json, string key) => json.TryGetProperty(key, out var value) ? value.GetString() : null;

    private static bool? Truth(JsonElement json, string key) => json.TryGetProperty(key, out var value) ? value.GetBoolean() : null;

    private static HashSet<string> Set(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetString()!)];

    /// <summary>What was asked.</summary>
    public sealed record Question(string Method, string Path, string Authorization, string? ContentType, string Connection, JsonElement Body);
}
