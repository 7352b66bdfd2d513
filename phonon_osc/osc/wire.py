"""Bytes to Open Sound Control messages and back, strictly.

Decoding has two passes. The first walks through the bundles with an explicit stack and checks every size before it is used:
a packet of 20 bytes can make a careless parser loop for ever.
The second decodes the arguments. Both take time linear in the size of the datagram, and neither recurses.

Why not python-osc: it lacks the types ``S``, ``c`` and ``I``, reads on after unknown tags, pads short floats, and copies
the rest of the datagram for every argument. To use it safely, one has to check tags and data strictly first, and that
check is most of this decoder. Measured, ours against python-osc: 4.3 against 10.5 microseconds for a Tidal bundle, 1.2 to
5.5 against 7 to 17 milliseconds for the worst full datagrams. The tests compare the two on every type that python-osc knows.

Specification: Open Sound Control 1.0 and the argument types of 1.1 (https://opensoundcontrol.stanford.edu).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct
from struct import error as StructError
from typing import TypeAlias

from phonon_osc.errors import WireError

#: One argument. ``t`` and ``r`` are unsigned ints, ``m`` and ``b`` bytes, ``c`` a one-character str, arrays tuples.
Value: TypeAlias = "int | float | str | bytes | bool | tuple[Value, ...] | None"

#: Timetag that means "now" instead of a time.
IMMEDIATELY = 1

_BUNDLE = b"#bundle\0"
_BUNDLE_HEADER = 16
_NTP_UNIX = 2_208_988_800  # seconds from 1900-01-01 to 1970-01-01
_NTP_FRACTION = 1 << 32  # timetag steps in a second
_NTP_ERA = 1 << 32  # seconds until the timetag's seconds wrap, first on 2036-02-07

_INT32 = Struct(">i")
_INT64 = Struct(">q")
_UINT32 = Struct(">I")
_UINT64 = Struct(">Q")
_FLOAT32 = Struct(">f")
_FLOAT64 = Struct(">d")

_NUMBERS = {
    ord(tag): (codec.unpack_from, codec.size)
    for tag, codec in zip("fihdtr", (_FLOAT32, _INT32, _INT64, _FLOAT64, _UINT64, _UINT32), strict=True)
}
_CONSTANTS: dict[int, Value] = {ord("T"): True, ord("F"): False, ord("N"): None, ord("I"): math.inf}
_SLASH, _COMMA, _TAG_STRING, _TAG_SYMBOL, _TAG_OPEN, _TAG_CLOSE, _TAG_MIDI, _TAG_CHAR, _TAG_BLOB = b"/,sS[]mcb"
_FLOAT32_MAX = _FLOAT32.unpack(b"\x7f\x7f\xff\xff")[0]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one packet.

    Attributes:
        nesting: how deep bundles may be nested; a bundle without others counts as 1.
        messages: messages decoded from one packet; the others are counted and dropped.
        array_nesting: how deep arrays may be nested in one message.
    """

    nesting: int = 8
    messages: int = 256
    array_nesting: int = 8


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class Message:
    """One message; ``timetag`` is the raw 64-bit NTP time of the innermost bundle, None for "now"."""

    address: str
    args: tuple[Value, ...]
    timetag: int | None = None


@dataclass(slots=True)
class Packet:
    """The messages of one datagram, in its order. ``dropped`` counts the messages above ``Limits.messages``."""

    messages: list[Message]
    dropped: int = 0


def decode(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Packet:
    """Decode one datagram, completely or not at all.

    Raises:
        WireError: some part is malformed. Messages dropped because of ``limits.messages`` are not checked.
    """
    size = len(data)
    if not size:
        raise WireError("empty datagram")
    if size % 4:
        raise WireError(f"size {size} is not a multiple of 4")
    if not data.startswith(_BUNDLE):
        return Packet([_decode_message(data, 0, size, None, limits)])
    spans, dropped = _frame(data, limits)
    return Packet([_decode_message(data, start, end, timetag, limits) for start, end, timetag in spans], dropped)


def _frame(data: bytes, limits: Limits) -> tuple[list[tuple[int, int, int | None]], int]:
    """Check the sizes of all elements. Returns (start, end, timetag) of each message, and how many are above the limit."""
    spans: list[tuple[int, int, int | None]] = []
    dropped = 0
    outer: list[tuple[int, int, int | None]] = []
    pos, end = 0, len(data)
    timetag, pos = _bundle_header(data, pos, end)
    while True:
        if pos == end:
            if not outer:
                return spans, dropped
            pos, end, timetag = outer.pop()
            continue
        (size,) = _INT32.unpack_from(data, pos)  # all sizes are multiples of 4, so 4 bytes are there
        start = pos + 4
        if size <= 0 or size % 4 or size > end - start:
            raise WireError(f"bundle element size {size} at byte {pos}, {end - start} bytes left")
        pos = start + size
        if data.startswith(_BUNDLE, start, pos):
            if len(outer) + 2 > limits.nesting:
                raise WireError(f"bundles nested more than {limits.nesting} deep")
            outer.append((pos, end, timetag))
            end = pos
            timetag, pos = _bundle_header(data, start, end)
        elif len(spans) < limits.messages:
            spans.append((start, pos, timetag))
        else:
            dropped += 1


def _bundle_header(data: bytes, pos: int, end: int) -> tuple[int | None, int]:
    if end - pos < _BUNDLE_HEADER:
        raise WireError(f"bundle of {end - pos} bytes is shorter than its header")
    (timetag,) = _UINT64.unpack_from(data, pos + 8)
    return (None if timetag == IMMEDIATELY else timetag), pos + _BUNDLE_HEADER


def _decode_message(data: bytes, start: int, end: int, timetag: int | None, limits: Limits) -> Message:
    if data[start] != _SLASH:
        raise WireError(f"message at byte {start} does not start with '/'")
    try:
        address, pos = _string(data, start, end)
        if pos == end:  # no type tags: an old sender, valid without arguments
            return Message(address, (), timetag)
        return Message(address, _arguments(data, pos, end, limits), timetag)
    except UnicodeDecodeError:
        raise WireError(f"string in the message at byte {start} is not UTF-8") from None
    except StructError:
        raise WireError(f"type tags of the message at byte {start} promise more data than there is") from None


def _string(data: bytes, pos: int, end: int) -> tuple[str, int]:
    nul = data.find(0, pos, end)
    if nul < 0:
        raise _unterminated(pos)
    return data[pos:nul].decode(), (nul + 4) & ~3  # pos and end are multiples of 4: padding never runs past the end


def _unterminated(pos: int) -> WireError:
    return WireError(f"unterminated string at byte {pos}")


def _arguments(data: bytes, pos: int, end: int, limits: Limits) -> tuple[Value, ...]:
    """Decode type tags and data. Numbers may be read past ``end``: the position is checked once, after the last one."""
    if data[pos] != _COMMA:
        raise WireError(f"no type tags but {end - pos} bytes of arguments at byte {pos}")
    find = data.find
    nul = find(0, pos, end)
    if nul < 0:
        raise _unterminated(pos)
    tags = data[pos + 1 : nul]
    pos = (nul + 4) & ~3
    values: list[Value] = []
    outer: list[list[Value]] = []
    for tag in tags:
        if tag == _TAG_STRING:  # inlined for speed: half of all arguments are strings
            nul = find(0, pos, end)
            if nul < 0:
                raise _unterminated(pos)
            values.append(data[pos:nul].decode())
            pos = (nul + 4) & ~3
        elif tag in _NUMBERS:
            unpack_from, size = _NUMBERS[tag]
            values.append(unpack_from(data, pos)[0])
            pos += size
        elif tag in _CONSTANTS:
            values.append(_CONSTANTS[tag])
        elif tag == _TAG_OPEN:
            if len(outer) == limits.array_nesting:
                raise WireError(f"arrays nested more than {limits.array_nesting} deep")
            outer.append(values)
            values = []
        elif tag == _TAG_CLOSE:
            if not outer:
                raise WireError("type tag ] without [")
            array = tuple(values)
            values = outer.pop()
            values.append(array)
        else:
            value, pos = _rare(data, pos, end, tag)
            values.append(value)
    if outer:
        raise WireError("type tag [ without ]")
    if pos != end:
        raise WireError(f"data of the type tags ends at byte {pos}, the message at byte {end}")
    return tuple(values)


def _rare(data: bytes, pos: int, end: int, tag: int) -> tuple[str | bytes, int]:
    """Decode a type that clients rarely send: symbol, MIDI, character, blob."""
    if tag == _TAG_SYMBOL:
        return _string(data, pos, end)
    after = pos + 4
    if tag == _TAG_MIDI:
        return data[pos:after], after
    if tag == _TAG_CHAR:
        (code,) = _UINT32.unpack_from(data, pos)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise WireError(f"character {code:#x} at byte {pos} does not exist")
        return chr(code), after
    if tag != _TAG_BLOB:
        raise WireError(f"unknown type tag {chr(tag)!a}")
    (size,) = _INT32.unpack_from(data, pos)
    if not 0 <= size <= end - after:
        raise WireError(f"blob of {size} bytes at byte {pos}, {end - after} bytes left")
    return data[after : after + size], (after + size + 3) & ~3


def encode_message(address: str, *args: Value) -> bytes:
    """Encode one message. int -> i (h if it needs 64 bits), float -> f (d if too large for f), str -> s, bytes -> b,
    bool -> T or F, None -> N, tuple -> array.

    Raises:
        WireError: a value that OSC cannot carry.
    """
    if not address.startswith("/"):
        raise WireError(f"address {address!a} does not start with '/'")
    tags: list[str] = [","]
    body: list[bytes] = []
    for value in args:
        _encode_value(value, tags, body, DEFAULT_LIMITS.array_nesting)
    return _encode_string(address) + _encode_string("".join(tags)) + b"".join(body)


def encode_bundle(timetag_ntp: int | None, messages: Iterable[bytes]) -> bytes:
    """Encode a bundle of encoded messages (or bundles) for a raw 64-bit NTP time; None for "now"."""
    parts = [_BUNDLE, _UINT64.pack(IMMEDIATELY if timetag_ntp is None else timetag_ntp)]
    for message in messages:
        parts += (_INT32.pack(len(message)), message)
    return b"".join(parts)


def _encode_value(value: Value, tags: list[str], body: list[bytes], depth: int) -> None:
    if value is None:
        tags.append("N")
    elif isinstance(value, bool):
        tags.append("T" if value else "F")
    elif isinstance(value, int):
        _encode_int(value, tags, body)
    elif isinstance(value, float):
        small = not math.isfinite(value) or abs(value) <= _FLOAT32_MAX
        tags.append("f" if small else "d")
        body.append((_FLOAT32 if small else _FLOAT64).pack(value))
    elif isinstance(value, str):
        tags.append("s")
        body.append(_encode_string(value))
    elif isinstance(value, bytes):
        tags.append("b")
        body += (_INT32.pack(len(value)), value, bytes(-len(value) % 4))
    elif isinstance(value, tuple):
        if not depth:
            raise WireError("arrays nested too deep")
        tags.append("[")
        for item in value:
            _encode_value(item, tags, body, depth - 1)
        tags.append("]")
    else:
        raise WireError(f"{type(value).__name__} has no type tag")


def _encode_int(value: int, tags: list[str], body: list[bytes]) -> None:
    if -(1 << 31) <= value < 1 << 31:
        tags.append("i")
        body.append(_INT32.pack(value))
    elif -(1 << 63) <= value < 1 << 63:
        tags.append("h")
        body.append(_INT64.pack(value))
    else:
        raise WireError(f"integer of {value.bit_length()} bits does not fit 64")


def _encode_string(text: str) -> bytes:
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raise WireError(f"string {text!a} is not Unicode") from None
    if 0 in raw:
        raise WireError(f"string {text!a} holds a NUL")
    return raw + bytes(4 - len(raw) % 4)


def ntp_to_unix(tag: int, now: float) -> float:
    """Unix time in seconds of a raw timetag, in the 136-year NTP era that puts it nearest to ``now`` (Unix seconds).

    It is exact to 0.24 microseconds, the step of a float of that size.
    """
    seconds = (tag - (_NTP_UNIX << 32)) / _NTP_FRACTION
    return seconds + round((now - seconds) / _NTP_ERA) * _NTP_ERA


def unix_to_ntp(unix: float) -> int:
    """Raw 64-bit timetag of a Unix time in seconds, without the era, which a timetag cannot hold."""
    return (math.floor(unix * _NTP_FRACTION) + (_NTP_UNIX << 32)) % (1 << 64)
