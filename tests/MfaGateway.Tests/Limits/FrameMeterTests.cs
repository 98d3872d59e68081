using System.Buffers;
using CsCheck;
using MfaGateway.Limits;

namespace MfaGateway.Tests.Limits;

/// <summary>The meter counts what a reader of whole frames counts, however the bytes come.</summary>
public sealed class FrameMeterTests
{
    [Theory]
    [InlineData(4, 0, 6, 1)] // SETTINGS
    [InlineData(4, 1, 0, 1)] // its acknowledgement
    [InlineData(6, 0, 8, 1)] // PING
    [InlineData(3, 0, 4, 1)] // RST_STREAM
    [InlineData(2, 0, 5, 1)] // PRIORITY
    [InlineData(0, 0, 0, 1)] // DATA that is empty
    [InlineData(0, 1, 0, 0)] // and ends a body
    [InlineData(0, 0, 1, 0)]
    [InlineData(1, 5, 30, 0)] // HEADERS
    [InlineData(8, 0, 4, 0)] // WINDOW_UPDATE
    [InlineData(9, 0, 0, 1)] // CONTINUATION that is empty
    [InlineData(9, 0, 9, 0)]
    [InlineData(200, 0, 0, 1)] // unknown
    public void a_frame_without_work_counts(byte type, byte flags, int length, int expected)
    {
        var meter = new FrameMeter();

        var counted = meter.Count(new([.. new byte[24], .. Frame(type, flags, length)]));

        Assert.Equal(expected, counted);
    }

    [Theory]
    [InlineData(7, 8, 0, true)] // GOAWAY
    [InlineData(7, 30, 0, true)] // with a reason
    [InlineData(7, 0, 0, false)] // none at all
    [InlineData(7, 8, 3, false)] // of a stream
    [InlineData(6, 8, 0, false)]
    public void only_a_whole_goodbye_of_the_connection_is_one(byte type, int length, byte stream, bool goodbye)
    {
        var meter = new FrameMeter();
        var frame = Frame(type, 0, length);
        frame[8] = stream;

        meter.Count(new([.. new byte[24], .. frame]));

        Assert.Equal(goodbye, meter.HasGoodbye);
    }

    [Theory]
    [InlineData(6, 8, true)] // PING
    [InlineData(6, 7, false)]
    [InlineData(4, 8, false)]
    public void a_ping_is_known_by_its_length(byte type, int length, bool ping)
    {
        var meter = new FrameMeter();

        meter.Count(new([.. new byte[24], .. Frame(type, 0, length)]));

        Assert.Equal(ping, meter.EndsWithPing);
    }

    [Fact]
    public void frames_count_the_same_however_they_are_cut()
    {
        var frame = Gen.Select(Gen.Byte[0, 17], Gen.OneOf(Gen.Const((byte)0), Gen.Const((byte)1), Gen.Const((byte)4), Gen.Const((byte)5)), Gen.OneOf(Gen.Int[0, 10], Gen.Int[255, 256], Gen.Const(16_384)));
        var counted = 0;

        Gen.Select(frame.List[0, 30], Gen.Int[1, 40].List[1, 20]).Sample((sent, sizes) =>
        {
            var expected = sent.Count(one => one switch
            {
                (1 or 8 or 16, _, _) => false,
                (0, var flags, 0) => (flags & 1) == 0,
                (0 or 9, _, > 0) => false,
                _ => true,
            });
            byte[] bytes = [.. new byte[24], .. sent.SelectMany(one => Frame(one.Item1, one.Item2, one.Item3))];
            var meter = new FrameMeter();
            var (told, n) = (0, 0);
            for (var at = 0; at < bytes.Length; n++)
            {
                var size = Math.Min(sizes[n % sizes.Count], bytes.Length - at);
                told += meter.Count(new ReadOnlySequence<byte>(bytes, at, size));
                at += size;
            }

            Interlocked.Add(ref counted, told);
            return told == expected;
        });

        Assert.True(counted > 100, "The generator made hardly a frame that counts.");
    }

    /// <summary>The payload looks like headers of frames, so that a meter that loses its place finds other frames.</summary>
    private static byte[] Frame(byte type, byte flags, int length) =>
        [(byte)(length >> 16), (byte)(length >> 8), (byte)length, type, flags, 0, 0, 0, 1, .. Enumerable.Range(0, length).Select(n => (byte)(n % 9 == 3 ? 6 : 0))];
}
