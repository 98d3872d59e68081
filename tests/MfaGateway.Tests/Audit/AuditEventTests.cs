using System.Net;
using System.Text.Json;
using MfaGateway.Audit;
using MfaGateway.Exchange;
using MfaGateway.Sessions;
using MfaGateway.Shield;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Tests.Audit;

public class AuditEventTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_line_has_the_names_of_the_Elastic_Common_Schema()
    {
        var line = AuditEvent.Of(Request("/owa/service.svc?action=FindItem"), AuditActions.Decision, success: true, "permitted", Now) with
        {
            Decision = "allow", Rules = ["staff"], Destination = "ex1", ReportOnly = "deny", Trace = "t",
        };

        var json = Json(line);

        Assert.Equal(
            [
                "@timestamp", "event.action", "event.id", "event.outcome", "gateway.decision", "gateway.destination", "gateway.methods", "gateway.mfa_at", "gateway.node",
                "gateway.provider", "gateway.reason", "gateway.report_only", "gateway.resource", "gateway.rules", "gateway.session", "http.request.method", "source.ip", "trace.id",
                "url.path", "user.id", "user.name", "user_agent.original",
            ],
            json.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            ("2026-11-23T09:00:00+00:00", "decision", "success", "permitted", "alice@contoso.com", "192.0.2.7", "POST", "/owa/service.svc", "owa", "adfs", "2026-11-23T08:00:00+00:00"),
            (Text("@timestamp"), Text("event.action"), Text("event.outcome"), Text("gateway.reason"), Text("user.name"), Text("source.ip"), Text("http.request.method"), Text("url.path"),
                Text("gateway.resource"), Text("gateway.provider"), Text("gateway.mfa_at")));
        Assert.Matches("^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$", Text("event.id"));
        Assert.Matches("^[0-9a-f]{16}$", Text("gateway.session"));

        string Text(string name) => json.GetProperty(name).GetString()!;
    }

    [Fact]
    public void No_query_cookie_token_or_handle_is_ever_written()
    {
        var context = Request("/owa/?login_hint=CONFIDENTIAL&X-OWA-CANARY=CONFIDENTIAL");
        context.Request.Headers.Cookie = "__Host-mfagw=CONFIDENTIAL; X-OWA-CANARY=CONFIDENTIAL";
        context.Request.Headers.Authorization = "Bearer CONFIDENTIAL";
        context.Request.Headers.Referer = "https://mail.contoso.com/owa/?CONFIDENTIAL";

        var line = Json(AuditEvent.Of(context, AuditActions.Decision, success: true, null, Now)).ToString();

        Assert.DoesNotContain("CONFIDENTIAL", line, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void What_is_long_is_cut()
    {
        var context = Request("/owa/" + new string('p', 400));
        context.Request.Headers.UserAgent = new string('u', 10_000);
        context.Request.Method = new string('M', 1_000);

        var line = AuditEvent.Of(context, AuditActions.AttackRefused, success: false, null, Now);

        Assert.Equal((256, 256, 256), (line.Path!.Length, line.UserAgent!.Length, line.Method!.Length));
    }

    [Fact]
    public void A_request_without_meaning_session_or_address_leaves_those_fields_out()
    {
        var context = new DefaultHttpContext();
        context.Features.Set(new GatewayFeature());

        var json = Json(AuditEvent.Of(context, AuditActions.AttackRefused, success: false, "malformed-request", Now));

        Assert.Equal(["@timestamp", "event.action", "event.id", "event.outcome", "gateway.node", "gateway.reason", "trace.id"], json.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_reference_of_a_request_is_one_and_no_other_has_it()
    {
        var feature = new GatewayFeature();

        Assert.Equal(feature.Reference, feature.Reference);
        Assert.Equal(1_000, Enumerable.Range(0, 1_000).Select(_ => new GatewayFeature().Reference).Distinct(StringComparer.Ordinal).Count());
    }

    private static DefaultHttpContext Request(string target)
    {
        var facts = new GatewaySession
        {
            User = "alice@contoso.com",
            Subject = "sub-1",
            Provider = "adfs",
            Methods = ["pwd", "otp", "mfa"],
            Claims = new Dictionary<string, IReadOnlyList<string>> { ["secret"] = ["CONFIDENTIAL"] },
            MfaAt = Now.AddHours(-1),
            IdTokenHint = "eyJ.CONFIDENTIAL.CONFIDENTIAL",
            CreatedAt = Now.AddHours(-1),
        };
        Assert.True(CanonicalTarget.TryParse(target, out var parsed));
        var context = new DefaultHttpContext { Request = { Method = "POST", Path = parsed.Path, QueryString = new QueryString(parsed.Query) } };
        context.Request.Headers.UserAgent = "Mozilla/5.0";
        context.Features.Set(new GatewayFeature
        {
            Source = IPAddress.Parse("192.0.2.7"),
            Target = parsed,
            Publication = new Publication("owa", "owa", 0),
            Session = new LiveSession(SessionHandle.Create().Key(), facts, default, Now, Now.AddHours(10), Now),
        });
        return context;
    }

    private static JsonElement Json(AuditEvent line) => JsonElement.Parse(JsonSerializer.Serialize(line, AuditJson.Default.AuditEvent));
}
