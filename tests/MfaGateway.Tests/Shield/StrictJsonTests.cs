using System.Text;
using MfaGateway.Shield;

namespace MfaGateway.Tests.Shield;

public class StrictJsonTests
{
    [Theory]
    [InlineData("{\"a\":\"\\ud83d\\ude00\",\"b\":[1,{\"a\":null}]}")]
    [InlineData("\"text\"")]
    public void What_has_one_reading_is_read(string json) => Assert.NotNull(StrictJson.Parse(Encoding.UTF8.GetBytes(json)));

    /// <summary>The framework throws no <c>JsonException</c> for halves of surrogate pairs, and for a value not before it is asked for.</summary>
    [Theory]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"a\":[{\"b\":\"x\\udc00y\"}]}")]
    [InlineData("{\"a\":1,\"a\":1}")]
    [InlineData("{\"a\":{\"b\":1,\"b\":2}}")]
    [InlineData("{\"a\":1} x")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{/**/}")]
    [InlineData("")]
    public void What_has_none_or_two_is_not(string json) => Assert.Null(StrictJson.Parse(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Bytes_that_are_no_text_are_not_read() => Assert.Null(StrictJson.Parse([.. "{\"a\":\""u8, 0xff, .. "\"}"u8]));
}
