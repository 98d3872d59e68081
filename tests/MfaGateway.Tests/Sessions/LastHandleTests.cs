using MfaGateway.Sessions;

namespace MfaGateway.Tests.Sessions;

public class LastHandleTests
{
    private readonly LastHandle _connection = new();
    private readonly SessionHandle _alice = SessionHandle.Create();
    private readonly SessionHandle _bob = SessionHandle.Create();

    [Fact]
    public void Whoever_takes_turns_on_a_connection_has_his_own_key()
    {
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal(_alice.Key(), _connection.KeyOf(_alice.Reveal()));
            Assert.Equal(_alice.Key(), _connection.KeyOf(_alice.Reveal()));
            Assert.Equal(_bob.Key(), _connection.KeyOf(_bob.Reveal()));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("***")]
    [InlineData("AAAA")]
    public void What_is_no_handle_has_no_key_whoever_came_before(string cookie)
    {
        Assert.Null(_connection.KeyOf(cookie));
        Assert.NotNull(_connection.KeyOf(_alice.Reveal()));

        Assert.Null(_connection.KeyOf(cookie));
    }

    [Fact]
    public void A_handle_that_begins_like_the_last_one_or_differs_in_one_letter_is_another()
    {
        var handle = _alice.Reveal();
        _connection.KeyOf(handle);

        Assert.Null(_connection.KeyOf(handle.AsSpan(..^1)));
        for (var at = 0; at < handle.Length - 1; at++)
        {
            var other = handle.ToCharArray();
            other[at] = other[at] == 'A' ? 'B' : 'A';
            Assert.NotEqual(_alice.Key(), new LastHandle().KeyOf(other));
            Assert.NotEqual(_alice.Key(), _connection.KeyOf(other));
            _connection.KeyOf(handle);
        }
    }

    [Fact]
    public async Task Requests_at_the_same_time_do_not_get_each_others_keys()
    {
        var handles = Enumerable.Range(0, 4).Select(_ => SessionHandle.Create()).Select(handle => (Text: handle.Reveal(), Key: handle.Key())).ToList();

        var mistakes = await Task.WhenAll(handles.Select(handle => Task.Run(() => Enumerable.Range(0, 20_000).Count(_ => _connection.KeyOf(handle.Text) != handle.Key))));

        Assert.Equal([0, 0, 0, 0], mistakes);
    }
}
