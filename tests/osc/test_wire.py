"""The decoder on valid and malformed packets, and the encoder. See also test_wire_judges.py."""

from __future__ import annotations

import math
import struct
import time
from contextlib import suppress

import pytest
from pythonosc.osc_message import OscMessage

from phonon_osc.errors import WireError
from phonon_osc.osc.wire import (
    Limits,
    Message,
    Value,
    decode,
    encode_bundle,
    encode_message,
    ntp_to_unix,
    unix_to_ntp,
)

pytestmark = pytest.mark.timeout(20)

FULL_DATAGRAM = 65_507
NOW = 1_795_331_227.5


def text(value: bytes) -> bytes:
    """An OSC string, written independently of the encoder under test."""
    return value + b"\0" * (4 - len(value) % 4)


def message(tags: bytes, body: bytes = b"", address: bytes = b"/a") -> bytes:
    return text(address) + text(b"," + tags) + body


def bundle(*elements: bytes, tag: int = 1, sizes: tuple[int, ...] = ()) -> bytes:
    given = sizes or tuple(map(len, elements))
    framed = b"".join(struct.pack(">i", size) + element for size, element in zip(given, elements, strict=True))
    return b"#bundle\0" + struct.pack(">Q", tag) + framed


def nested(depth: int) -> bytes:
    packet = message(b"i", b"\0\0\0\7")
    for _ in range(depth):
        packet = bundle(packet)
    return packet


# --- valid messages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "body", "expected"),
    [
        (b"i", b"\xff\xff\xff\xfe", (-2,)),
        (b"f", b"\x3f\x40\0\0", (0.75,)),
        (b"h", b"\x80" + bytes(7), (-(1 << 63),)),
        (b"d", struct.pack(">d", 0.1), (0.1,)),
        (b"t", b"\xff" * 8, ((1 << 64) - 1,)),
        (b"s", b"bd\0\0", ("bd",)),
        (b"s", "é🥁".encode() + b"\0\0", ("é🥁",)),
        (b"s", b"\0\0\0\0", ("",)),
        (b"S", b"four\0\0\0\0", ("four",)),
        (b"b", b"\0\0\0\5hello\0\0\0", (b"hello",)),
        (b"b", b"\0\0\0\0", (b"",)),
        (b"c", b"\0\0\0b", ("b",)),
        (b"r", b"\xff\0\0\1", (0xFF000001,)),
        (b"m", b"\0\x90\x3c\x7f", (b"\0\x90\x3c\x7f",)),
        (b"TFNI", b"", (True, False, None, math.inf)),
        (b"i[f[]s]T", b"\0\0\0\1" + b"\x3f\x80\0\0" + b"x\0\0\0", (1, (1.0, (), "x"), True)),
    ],
)
def test_each_type(tags: bytes, body: bytes, expected: tuple[Value, ...]) -> None:
    for packet in (message(tags, body), bundle(message(tags, body), message(b"s", b"next\0\0\0\0"))):
        args = decode(packet).messages[0].args
        assert args == expected
        assert [type(value) for value in args] == [type(value) for value in expected]


def test_not_a_number_and_infinities_pass_the_wire() -> None:
    not_a_number, low, high = (
        decode(message(b"fff", struct.pack(">fff", math.nan, -math.inf, math.inf))).messages[0].args
    )
    assert isinstance(not_a_number, float)
    assert math.isnan(not_a_number)
    assert (low, high) == (-math.inf, math.inf)


def test_missing_type_tags_are_valid_without_arguments() -> None:
    assert decode(b"/dirt/hello\0").messages == [Message("/dirt/hello", (), None)]


def test_pattern_bombs_are_mere_text() -> None:
    for address in ("/" + "*" * 3000, "/" + "{a,b}" * 500, "/" + "[" * 1000):
        assert decode(text(address.encode())).messages[0].address == address


def test_timetag_is_that_of_the_innermost_bundle() -> None:
    first, second, third = (message(b"", address=name) for name in (b"/1", b"/2", b"/3"))
    packet = decode(bundle(first, bundle(second, tag=9 << 32), bundle(third), first, tag=5 << 32))
    assert [(m.address, m.timetag) for m in packet.messages] == [
        ("/1", 5 << 32),
        ("/2", 9 << 32),
        ("/3", None),
        ("/1", 5 << 32),
    ]
    assert decode(first).messages[0].timetag is None
    assert decode(bundle(tag=5)).messages == []


def test_nesting_up_to_the_limit() -> None:
    assert decode(nested(8)).messages == [Message("/a", (7,), None)]
    with pytest.raises(WireError, match="nested more than 8"):
        decode(nested(9))
    assert decode(nested(9), Limits(nesting=9)).messages == [Message("/a", (7,), None)]


def test_messages_over_the_limit_are_counted_and_dropped() -> None:
    packet = decode(bundle(*[message(b"i", struct.pack(">i", n)) for n in range(4096)]))
    assert [m.args[0] for m in packet.messages] == list(range(256))
    assert packet.dropped == 4096 - 256


# --- malformed packets -----------------------------------------------------------------------------------------------

INNER = message(b"i", b"\0\0\0\1")
MALFORMED = {
    "empty": b"",
    "1 byte": b"/",
    "3 bytes": b"/a\0",
    "7 bytes": b"/abcdef",
    "no slash": b"abc\0,\0\0\0",
    "NULs": bytes(64),
    "element size -4": bundle(b"", sizes=(-4,)),
    "element size -2^31": bundle(INNER, sizes=(-(1 << 31),)),
    "element size 0": bundle(b"", sizes=(0,)),
    "element size 0 before a message": bundle(b"", INNER),
    "element size 0x7ffffff0": bundle(INNER, sizes=(0x7FFFFFF0,)),
    "element size not a multiple of 4": bundle(INNER, sizes=(len(INNER) - 1,)),
    "element 4 bytes past the end": bundle(INNER, sizes=(len(INNER) + 4,)),
    "inner element past the inner bundle": bundle(bundle(INNER, sizes=(len(INNER) + 4,)), INNER),
    "element size without element": bundle(INNER) + b"\0\0\0\4",
    "half an element size": bundle(INNER) + b"\0\0",
    "bundle without timetag": b"#bundle\0",
    "bundle with half a timetag": b"#bundle\0" + bytes(4),
    "inner bundle without timetag": bundle(b"#bundle\0"),
    "element neither message nor bundle": bundle(b"#bun\0\0\0\0"),
    "3000 bundles deep": nested(3000),
    "blob length -8": message(b"b", struct.pack(">i", -8) + bytes(8)),
    "blob length -1": message(b"b", struct.pack(">i", -1)),
    "blob length 0x7fffffff": message(b"b", struct.pack(">i", 0x7FFFFFFF) + bytes(8)),
    "blob one byte too long": message(b"b", struct.pack(">i", 5) + bytes(4)),
    "blob past its message": bundle(message(b"b", struct.pack(">i", 8) + bytes(4)), INNER),
    "blob without length": message(b"b"),
    "1000 ints, none sent": message(b"i" * 1000),
    "int missing, another message after it": bundle(message(b"ii", b"\0\0\0\1"), INNER),
    "int too much": message(b"i", bytes(8)),
    "half a double": message(b"d", bytes(4)),
    "character missing": message(b"c"),
    "MIDI missing": message(b"m"),
    "string missing": message(b"s"),
    "unterminated address": b"/abc",
    "unterminated type tags": b"/a\0\0,iii",
    "unterminated string": message(b"s", b"abcd"),
    "unterminated symbol": message(b"S", b"abcd"),
    "string unterminated in its message": bundle(message(b"s", b"abcd"), INNER),
    "address not UTF-8": message(b"", address=b"/\xff\xfe"),
    "string not UTF-8": message(b"s", b"\xc3\x28\0\0"),
    "string with a surrogate": message(b"s", b"\xed\xa0\x80\0"),
    "unknown type tag": message(b"x"),
    "unknown type tag with data": message(b"ixi", bytes(12)),
    "type tag above ASCII": message(b"\xe9"),
    "arguments without type tags": b"/a\0\0" + bytes(4),
    "type tags without comma": b"/a\0\0i\0\0\0" + bytes(4),
    "character above Unicode": message(b"c", b"\0\x11\0\0"),
    "surrogate character": message(b"c", b"\0\0\xd8\0"),
    "array not closed": message(b"[i", bytes(4)),
    "array not opened": message(b"i]", bytes(4)),
    "arrays 9 deep": message(b"[" * 9 + b"]" * 9),
    "arrays 30,000 deep": message(b"[" * 30_000 + b"]" * 30_000),
    "good message before a bad one": bundle(INNER, message(b"x")),
}


@pytest.mark.parametrize("packet", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_is_refused(packet: bytes) -> None:
    with pytest.raises(WireError) as caught:
        decode(packet)
    assert caught.value.reason
    assert caught.value.reason.isascii()
    assert caught.value.reason.isprintable()


def test_every_prefix_of_a_packet_is_refused_or_whole() -> None:
    whole = bundle(INNER, bundle(message(b"sfb", b"hello\0\0\0" + bytes(4) + b"\0\0\0\2ab\0\0"), tag=2), INNER)
    complete = {bytes(whole[:n]) for n in (16, 16 + 4 + len(INNER), len(whole) - len(INNER) - 4, len(whole))}
    for cut in range(len(whole) + 1):
        if whole[:cut] in complete:
            decode(whole[:cut])
        else:
            with pytest.raises(WireError):
                decode(whole[:cut])


def worst_datagrams() -> dict[str, bytes]:
    """Full datagrams (65,507 bytes) that take the decoder as long as possible."""
    many = 13_000
    tags_only = message(b"T" * 240)
    return {
        "ints": message(b"i" * many, bytes(4 * many)),
        "strings": message(b"s" * many, b"abc\0" * many),
        "blobs": message(b"b" * many, bytes(4 * many)),
        "characters": message(b"c" * many, bytes(4 * many)),
        "constants": message(b"T" * 65_400),
        "arrays": message(b"[]" * 32_700),
        "messages": bundle(*[b"/\0\0\0"] * 8180),
        "bundles": bundle(*[bundle()] * 3270),
        "messages of constants": bundle(*[tags_only] * 256),
        "type tags without data": message(b"i" * 65_000),
        "one string without end": message(b"s") + b"a" * 65_400,
        "one address": b"/" + b"a" * 65_502 + b"\0",
    }


@pytest.mark.parametrize("name", worst_datagrams())
def test_full_datagrams_take_less_than_20_ms(name: str) -> None:
    packet = worst_datagrams()[name]
    assert 64_000 < len(packet) <= FULL_DATAGRAM

    def seconds() -> float:
        began = time.thread_time()
        with suppress(WireError):
            decode(packet)
        return time.thread_time() - began

    assert min(seconds() for _ in range(5)) < 0.020


# --- encoding and time ----------------------------------------------------------------------------------------------


def test_round_trip() -> None:
    args: tuple[Value, ...] = (
        1,
        -(1 << 31),
        1 << 40,
        0.5,
        1e300,
        math.inf,
        "bd",
        "",
        "é",
        b"blob!",
        b"",
        True,
        False,
        None,
    )
    nested_args: tuple[Value, ...] = (*args, (1, ("x", ()), b"y"))
    one = encode_message("/dirt/play", *nested_args)
    assert decode(one).messages == [Message("/dirt/play", nested_args, None)]
    two = encode_message("/b")
    assert decode(encode_bundle(77 << 32, [one, two])).messages == [
        Message("/dirt/play", nested_args, 77 << 32),
        Message("/b", (), 77 << 32),
    ]
    assert decode(encode_bundle(None, [two])).messages == [Message("/b", (), None)]


def test_encoding_agrees_with_python_osc_and_tidal() -> None:
    theirs = OscMessage(encode_message("/x", 3, 1 << 40, 0.25, "sn", b"abc", True, False, None, (1, (2.0,))))
    assert theirs.params == [3, 1 << 40, 0.25, "sn", b"abc", True, False, None, [1, [2.0]]]
    assert encode_message("/dirt/handshake").hex() == "2f646972742f68616e647368616b65002c000000"  # Tidal's own


@pytest.mark.parametrize("bad", ["a\0b", "\ud800", 1 << 63, -(1 << 63) - 1, object(), ((((((((((),),),),),),),),),)])
def test_what_has_no_place_on_the_wire_is_not_encoded(bad: Value) -> None:
    with pytest.raises(WireError):
        encode_message("/a", bad)
    with pytest.raises(WireError):
        encode_message("a")


def test_timetags_to_unix_and_back() -> None:
    for unix in (0.0, 1_700_000_000.0, NOW, NOW + 0.123456, 2_085_978_495.999, 2_085_978_496.0, 3_000_000_000.25):
        assert ntp_to_unix(unix_to_ntp(unix), unix) == pytest.approx(unix, abs=5e-7, rel=0)
    assert unix_to_ntp(0.5) == 2_208_988_800 << 32 | 1 << 31
    assert ntp_to_unix(0x83AA7E80_40000000, 0.0) == 0.25


def test_timetags_across_the_wrap_of_2036() -> None:
    wrap = float((1 << 32) - 2_208_988_800)
    assert unix_to_ntp(wrap + 0.5) == 1 << 31
    assert ntp_to_unix(1 << 31, wrap - 1.0) == wrap + 0.5  # an event 1.5 s ahead, after the wrap
    assert ntp_to_unix((0xFFFFFFFF << 32) | 1 << 31, wrap + 1.0) == wrap - 0.5  # one 1.5 s late
    assert ntp_to_unix(unix_to_ntp(NOW - 3600.0), NOW) == NOW - 3600.0
