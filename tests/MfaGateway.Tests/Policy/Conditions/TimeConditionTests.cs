using System.Globalization;
using CsCheck;
using MfaGateway.Policy;
using MfaGateway.Policy.Conditions;

namespace MfaGateway.Tests.Policy.Conditions;

public class TimeConditionTests
{
    private const string OfficeHours =
        """ "time": [ { "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"], "from": "08:00", "to": "18:00", "timeZone": "Europe/Berlin" } ] """;

    private static Match Says(string when, string utc) => Policies.PermitWhen(when).Explain(Policies.Request() with { Now = Time(utc) }).Rules[0].Conditions[0].Says;

    private static Match Window(string window, string utc) => Says($$""" "time": [ { {{window}} } ] """, utc);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    // Berlin is one hour ahead of UTC in winter, two in summer.
    [Theory]
    [InlineData("2025-01-06T06:59:59Z", Match.No)]
    [InlineData("2025-01-06T07:00:00Z", Match.Yes)]
    [InlineData("2025-01-06T16:59:59Z", Match.Yes)]
    [InlineData("2025-01-06T17:00:00Z", Match.No)]
    [InlineData("2025-07-07T06:00:00Z", Match.Yes)]
    [InlineData("2025-07-07T05:59:59Z", Match.No)]
    [InlineData("2025-07-07T16:00:00Z", Match.No)]
    [InlineData("2025-07-05T10:00:00Z", Match.No)]
    [InlineData("2025-07-06T23:30:00Z", Match.No)]
    [InlineData("2025-01-06T09:00:00+02:00", Match.Yes)]
    public void A_window_is_read_from_the_clock_on_the_wall_of_its_time_zone(string now, Match expected) => Assert.Equal(expected, Says(OfficeHours, now));

    // A night shift that begins on Friday at 22:00 ends on Saturday at 06:00, although Saturday is not listed.
    [Theory]
    [InlineData("2025-01-10T21:59:59Z", Match.No)]
    [InlineData("2025-01-10T22:00:00Z", Match.Yes)]
    [InlineData("2025-01-11T00:00:00Z", Match.Yes)]
    [InlineData("2025-01-11T05:59:59Z", Match.Yes)]
    [InlineData("2025-01-11T06:00:00Z", Match.No)]
    [InlineData("2025-01-10T05:00:00Z", Match.No)]
    [InlineData("2025-01-11T22:30:00Z", Match.No)]
    public void A_window_over_midnight_belongs_to_the_day_on_which_it_begins(string now, Match expected) =>
        Assert.Equal(expected, Window(""" "weekdays": ["friday"], "from": "22:00", "to": "06:00", "timeZone": "UTC" """, now));

    [Theory]
    [InlineData("2025-01-12T23:30:00Z", Match.Yes)]
    [InlineData("2025-01-13T00:30:00Z", Match.Yes)]
    public void Sunday_night_reaches_into_monday(string now, Match expected) =>
        Assert.Equal(expected, Window(""" "weekdays": ["sunday"], "from": "23:00", "to": "01:00", "timeZone": "UTC" """, now));

    // On 30 March 2025 clocks in Berlin went from 02:00 to 03:00, at 01:00 UTC.
    [Theory]
    [InlineData("01:30", "02:30", "2025-03-30T00:29:59Z", Match.No)]
    [InlineData("01:30", "02:30", "2025-03-30T00:30:00Z", Match.Yes)]
    [InlineData("01:30", "02:30", "2025-03-30T00:59:59Z", Match.Yes)]
    [InlineData("01:30", "02:30", "2025-03-30T01:00:00Z", Match.No)]
    [InlineData("02:00", "03:00", "2025-03-30T00:59:59Z", Match.No)]
    [InlineData("02:00", "03:00", "2025-03-30T01:00:00Z", Match.No)]
    [InlineData("22:00", "06:00", "2025-03-30T03:59:59Z", Match.Yes)]
    [InlineData("22:00", "06:00", "2025-03-30T04:00:00Z", Match.No)]
    public void An_hour_that_clocks_skip_is_in_no_window(string from, string to, string now, Match expected) =>
        Assert.Equal(expected, Window($$""" "from": "{{from}}", "to": "{{to}}", "timeZone": "Europe/Berlin" """, now));

    // On 26 October 2025 clocks in Berlin went from 03:00 back to 02:00, at 01:00 UTC: 02:30 was at 00:30 and at 01:30 UTC.
    [Theory]
    [InlineData("02:00", "03:00", "2025-10-25T23:59:59Z", Match.No)]
    [InlineData("02:00", "03:00", "2025-10-26T00:30:00Z", Match.Yes)]
    [InlineData("02:00", "03:00", "2025-10-26T01:30:00Z", Match.Yes)]
    [InlineData("02:00", "03:00", "2025-10-26T02:00:00Z", Match.No)]
    [InlineData("01:00", "02:30", "2025-10-26T00:29:59Z", Match.Yes)]
    [InlineData("01:00", "02:30", "2025-10-26T00:30:00Z", Match.No)]
    [InlineData("01:00", "02:30", "2025-10-26T01:00:00Z", Match.Yes)]
    [InlineData("22:00", "06:00", "2025-10-26T04:59:59Z", Match.Yes)]
    [InlineData("22:00", "06:00", "2025-10-26T05:00:00Z", Match.No)]
    public void An_hour_that_clocks_repeat_is_in_its_window_both_times(string from, string to, string now, Match expected) =>
        Assert.Equal(expected, Window($$""" "from": "{{from}}", "to": "{{to}}", "timeZone": "Europe/Berlin" """, now));

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("W. Europe Standard Time")]
    [InlineData("Europe/Vienna")]
    public void A_time_zone_has_its_iana_or_its_windows_name(string zone)
    {
        var window = $$""" "from": "09:00", "to": "10:00", "timeZone": "{{zone}}" """;

        Assert.Equal(Match.Yes, Window(window, "2025-01-06T08:30:00Z"));
        Assert.Equal(Match.Yes, Window(window, "2025-07-07T07:30:00Z"));
    }

    [Theory]
    [InlineData("India Standard Time", "2025-01-06T03:30:00Z")]
    [InlineData("Asia/Kathmandu", "2025-01-06T03:15:00Z")]
    [InlineData("Australia/Lord_Howe", "2025-07-06T22:30:00Z")]
    [InlineData("Australia/Lord_Howe", "2025-01-05T22:00:00Z")]
    [InlineData("Pacific Standard Time", "2025-01-06T17:00:00Z")]
    public void Offsets_of_half_and_quarter_hours_count(string zone, string nineOClock)
    {
        var window = $$""" "from": "09:00", "to": "09:01", "timeZone": "{{zone}}" """;

        Assert.Equal(Match.Yes, Window(window, nineOClock));
        Assert.Equal(Match.No, Says($$""" "time": [ { {{window}} } ] """, Time(nineOClock).AddSeconds(-1).ToString("o", CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("2025-01-06T00:00:00Z", Match.Yes)]
    [InlineData("2025-01-06T23:59:59Z", Match.Yes)]
    [InlineData("2025-01-07T00:00:00Z", Match.No)]
    public void Without_from_and_to_a_window_is_the_whole_day(string now, Match expected) =>
        Assert.Equal(expected, Window(""" "weekdays": ["monday"], "timeZone": "UTC" """, now));

    [Theory]
    [InlineData("2025-01-06T09:00:00Z", Match.Yes)]
    [InlineData("2025-01-11T20:00:00Z", Match.Yes)]
    [InlineData("2025-01-11T09:00:00Z", Match.No)]
    public void Any_window_of_the_list_will_do(string now, Match expected) => Assert.Equal(expected, Says(
        """
        "time": [ { "weekdays": ["monday"], "from": "08:00", "to": "18:00", "timeZone": "UTC" },
                  { "weekdays": ["saturday"], "from": "19:00", "to": "24:00", "timeZone": "UTC" } ]
        """,
        now));

    [Fact]
    public void The_clock_on_the_wall_is_that_of_the_time_zone_whatever_it_was_asked_before()
    {
        var zones = Gen.OneOf("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "UTC").Select(name => TimeZones.Find(name)!);
        var hours = Gen.Select(Gen.Int[1850, 2099], Gen.Int[0, 366 * 24]).Select((year, hour) => new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(hour));
        var seconds = Gen.Int[-4000, 4000].Array[1, 8];

        Gen.Select(zones, hours, seconds).Sample(
            (zone, hour, steps) =>
            {
                var clock = new WallClock(zone);
                foreach (var step in steps)
                {
                    var instant = hour.AddSeconds(step);
                    Assert.Equal(TimeZoneInfo.ConvertTime(instant, zone).DateTime, clock.At(instant));
                }
            },
            iter: Scale.Of(20_000));
    }

    [Theory]
    [InlineData("Europe/Berlin", "2025-03-30T01:00:00Z")]
    [InlineData("America/New_York", "2025-11-02T06:00:00Z")]
    [InlineData("Australia/Lord_Howe", "2025-04-05T15:00:00Z")]
    [InlineData("Asia/Singapore", "1941-08-31T16:40:00Z")]
    public void The_clock_follows_a_change_to_the_second(string name, string change)
    {
        var (zone, at) = (TimeZones.Find(name)!, Time(change));
        var clock = new WallClock(zone);

        Assert.NotEqual(zone.GetUtcOffset(at.AddSeconds(-1)), zone.GetUtcOffset(at));
        var seconds = Enumerable.Range(-900, 1800).ToList();
        Assert.All([.. seconds, .. seconds.AsEnumerable().Reverse()], second => Assert.Equal(TimeZoneInfo.ConvertTime(at.AddSeconds(second), zone).DateTime, clock.At(at.AddSeconds(second))));
    }

    [Theory]
    [InlineData("W. Europe Standard Tim", "W. Europe Standard Time")]
    [InlineData("Europe/Berln", "Europe/Berlin")]
    public void A_slip_in_the_name_of_a_time_zone_is_recognized_in_either_spelling(string typed, string meant) =>
        Assert.Equal(meant, MfaGateway.Policy.Documents.DidYouMean.Nearest(TimeZones.Names, typed));

    [Fact]
    public void The_ends_of_time_are_in_no_way_special()
    {
        var clock = new WallClock(TimeZones.Find("America/New_York")!);

        Assert.Equal(DateTime.MinValue, clock.At(DateTimeOffset.MinValue));
        Assert.True(new WallClock(TimeZones.Find("Europe/Berlin")!).At(DateTimeOffset.MinValue) > DateTime.MinValue);
        Assert.InRange(clock.At(DateTimeOffset.MaxValue), DateTime.MaxValue.AddDays(-1), DateTime.MaxValue);
    }

    [Fact]
    public void An_explanation_shows_day_and_time_on_the_wall() =>
        Assert.Equal("Monday 11:30 Europe/Berlin", Policies.PermitWhen(OfficeHours).Explain(Policies.Request()).Rules[0].Conditions[0].Found);
}
