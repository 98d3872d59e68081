using System.Net;
using MfaGateway.Audit;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.Tests.Audit;

public sealed class RefusalTallyTests
{
    private static readonly RefusalKind _malformed = new(AuditActions.AttackRefused, "malformed-request", null, Refused: true);
    private static readonly RefusalKind _notPublished = _malformed with { Reason = "not-published" };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    private readonly RefusalTally _tally;

    public RefusalTallyTests() => _tally = new RefusalTally(_time);

    [Fact]
    public void The_first_of_a_kind_from_an_address_are_written_and_the_others_counted_under_one_reference()
    {
        var references = Enumerable.Range(0, RefusalTally.PerSource + 7).Select(_ => _tally.Count(_malformed, Address(1))).ToList();

        Assert.All(references.Take(RefusalTally.PerSource), Assert.Null);
        var counted = Assert.Single(_tally.Take());
        Assert.Equal((_malformed, Address(1), 7), (counted.Kind, counted.Source, counted.Count));
        Assert.All(references.Skip(RefusalTally.PerSource), reference => Assert.Equal(counted.Reference, reference));
    }

    [Fact]
    public void Another_kind_and_another_address_are_written_in_full_beside_a_flood()
    {
        for (var n = 0; n < 1_000; n++) _tally.Count(_malformed, Address(1));

        Assert.Null(_tally.Count(_notPublished, Address(1)));
        Assert.Null(_tally.Count(_malformed, Address(2)));
    }

    [Fact]
    public void Counting_begins_anew_when_it_was_taken()
    {
        for (var n = 0; n < 20; n++) _tally.Count(_malformed, Address(1));
        _tally.Take();

        Assert.Null(_tally.Count(_malformed, Address(1)));
        Assert.Empty(_tally.Take());
    }

    [Fact]
    public void A_count_says_since_when()
    {
        for (var n = 0; n < RefusalTally.PerSource; n++) _tally.Count(_malformed, Address(1));
        _time.Advance(TimeSpan.FromSeconds(10));
        _tally.Count(_malformed, Address(1));
        _time.Advance(TimeSpan.FromSeconds(10));
        _tally.Count(_malformed, Address(1));

        Assert.Equal(new DateTimeOffset(2026, 11, 23, 9, 0, 10, TimeSpan.Zero), Assert.Single(_tally.Take()).Since);
    }

    [Fact]
    public void A_flood_from_everywhere_is_bounded_in_lines_and_memory_and_none_is_lost()
    {
        var written = Enumerable.Range(0, 50_000).Count(n => _tally.Count(_malformed, Address(n)) is null);
        var counted = _tally.Take();

        Assert.Equal(RefusalTally.PerKind, written);
        Assert.InRange(counted.Count, 1, RefusalTally.MaxSources + 1);
        Assert.Contains(counted, refusals => refusals.Source is null);
        Assert.Equal(50_000, written + counted.Sum(refusals => refusals.Count));
    }

    [Fact]
    public void Somebody_who_is_signed_in_is_written_more_often_and_counted_by_himself_and_never_without_his_name()
    {
        var (alice, bob) = (People.SignedIn("alice"), People.SignedIn("bob"));
        for (var n = 0; n < 10_000; n++) _tally.Count(_malformed, Address(n % 900)); // strangers, also at her address

        var references = Enumerable.Range(0, RefusalTally.PerPerson + 7).Select(_ => _tally.Count(_malformed, Address(1), alice)).ToList();

        Assert.All(references.Take(RefusalTally.PerPerson), Assert.Null);
        Assert.Null(_tally.Count(_malformed, Address(1), bob));
        var counted = Assert.Single(_tally.Take(), counted => counted.Person is not null);
        Assert.Equal((alice, Address(1), 7L), (counted.Person, counted.Source, counted.Count));
        Assert.All(references.Skip(RefusalTally.PerPerson), reference => Assert.Equal(counted.Reference, reference));
    }

    [Fact]
    public void Nobody_gets_more_lines_by_more_sessions_or_addresses_or_by_a_crowd_of_strangers()
    {
        for (var n = 0; n < 2 * RefusalTally.MaxSources; n++) _tally.Count(_malformed, Address(n));

        var written = Enumerable.Range(0, 10 * RefusalTally.PerPerson).Count(n => _tally.Count(_malformed, Address(n), People.SignedIn("alice")) is null);

        Assert.Equal(RefusalTally.PerPerson, written);
        var counted = Assert.Single(_tally.Take(), counted => counted.Person is not null);
        Assert.Equal(("alice", null, 9L * RefusalTally.PerPerson), (counted.Person!.Facts.User, counted.Source, counted.Count));
    }

    [Fact]
    public void More_people_than_can_be_told_apart_are_counted_together_and_take_nothing_from_strangers()
    {
        for (var n = 0; n < RefusalTally.MaxPeople; n++) Assert.Null(_tally.Count(_malformed, Address(1), People.SignedIn($"user{n}")));

        Assert.NotNull(_tally.Count(_malformed, Address(1), People.SignedIn("one more")));
        Assert.Null(_tally.Count(_malformed, Address(1)));
        Assert.Equal((null, null, 1L), Assert.Single(_tally.Take().Select(counted => (counted.Person, counted.Source, counted.Count))));
    }

    [Fact]
    public void None_is_lost_when_many_count_and_somebody_takes()
    {
        var (written, counted) = (0L, 0L);
        Parallel.For(0, 20_000, n =>
        {
            if (_tally.Count(_malformed, Address(n % 7)) is null) Interlocked.Increment(ref written);
            if (n % 100 == 0) Interlocked.Add(ref counted, _tally.Take().Sum(refusals => refusals.Count));
        });

        Assert.Equal(20_000, written + counted + _tally.Take().Sum(refusals => refusals.Count));
    }

    private static IPAddress Address(int n) => new([10, (byte)(n >> 16), (byte)(n >> 8), (byte)n]);
}
