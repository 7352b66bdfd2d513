"""The decoder on 100,000 hostile packets and on packets of real clients, compared with python-osc and the recorder's codec."""

from __future__ import annotations

import importlib.util
import json
import math
import random
import struct
from collections import Counter
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest
from pythonosc.osc_message import OscMessage

from phonon_osc.errors import WireError
from phonon_osc.osc.wire import Value, decode, encode_message, ntp_to_unix

pytestmark = pytest.mark.timeout(20)

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
SHARED = Path(__file__).parents[3] / "shared" / "clients"


def text(value: bytes) -> bytes:
    """An OSC string, written independently of the encoder under test."""
    return value + b"\0" * (4 - len(value) % 4)


def message(tags: bytes, body: bytes, address: bytes = b"/a") -> bytes:
    return text(address) + text(b"," + tags) + body


def bundle(element: bytes, tag: int) -> bytes:
    return b"#bundle\0" + struct.pack(">Qi", tag, len(element)) + element


def captured(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def datagrams(path: Path) -> list[bytes]:
    return [bytes.fromhex(str(row["hex"])) for row in captured(path)]


# --- 100,000 seeded packets -----------------------------------------------------------------------------------------


def random_packet(rng: random.Random) -> bytes:
    body = rng.randbytes(rng.choice((rng.randrange(64), rng.randrange(64), 4 * rng.randrange(300))))
    kind = rng.randrange(4)
    if kind == 0:
        return body
    if kind == 1:
        return b"#bundle\0" + body
    tags = bytes(rng.choices(b"ifhdtsSbcrmTFNI[]x", k=rng.randrange(20)))
    packet = message(tags, body[: len(body) & ~3])
    return packet if kind == 2 else bundle(packet, tag=rng.getrandbits(64))


def mutated(rng: random.Random, packet: bytes) -> bytes:
    data = bytearray(packet)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(6)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at & ~3 : (at & ~3) + 4] = struct.pack(">i", rng.choice((-(1 << 31), -8, -4, 0, 1, 4, 0x7FFFFFF0)))
        elif kind == 2:
            del data[at & ~3 : (at & ~3) + 4 * rng.randrange(4)]
        elif kind == 3:
            data[at:at] = rng.randbytes(rng.choice((1, 4, 8)))
        elif kind == 4:
            data[at:at] = data[rng.randrange(len(data) + 1) :][: 4 * rng.randrange(16)]
        else:
            data[:] = bundle(bytes(data), tag=rng.getrandbits(64))
    return bytes(data)


def assert_well_formed(value: Value, depth: int = 0) -> None:
    assert depth <= 8
    if isinstance(value, tuple):
        for item in value:
            assert_well_formed(item, depth + 1)
    else:
        assert type(value) in (int, float, str, bytes, bool, type(None))


def test_random_and_mutated_packets_raise_nothing_but_wire_errors() -> None:
    rng = random.Random(57120)
    real = [packet for path in sorted(CAPTURES.glob("*.jsonl")) for packet in datagrams(path)]
    accepted = refused = 0
    for turn in range(100_000):
        packet = mutated(rng, rng.choice(real)) if turn % 2 else random_packet(rng)
        try:
            found = decode(packet)
        except WireError:
            refused += 1
            continue
        accepted += 1
        assert len(found.messages) <= 256
        for one in found.messages:
            assert one.address.startswith("/")
            assert_well_formed(one.args)
    assert accepted > 5_000  # with fewer, the packets would not reach the inner checks
    assert refused > 50_000


# --- python-osc and the recorder's codec as judges ------------------------------------------------------------------


def random_message(rng: random.Random) -> bytes:
    """A valid message of the types python-osc knows."""
    tags, body, depth = b"", b"", 0
    for _ in range(rng.randrange(24)):
        tag = rng.choice("ifhdtsbrmTFN[]")
        if tag in "ifrm":
            body += rng.randbytes(4)
        elif tag in "hdt":
            body += rng.randbytes(8)
        elif tag == "s":
            body += text("".join(rng.choices("abc µ√🥁", k=rng.randrange(9))).encode())
        elif tag == "b":
            blob = rng.randbytes(rng.randrange(9))
            body += struct.pack(">i", len(blob)) + blob + bytes(-len(blob) % 4)
        elif tag == "[":
            if depth == 8:
                continue
            depth += 1
        elif tag == "]":
            if not depth:
                continue
            depth -= 1
        tags += tag.encode()
    return message(tags + b"]" * depth, body, rng.choice((b"/a", b"/dirt/play", "/µ".encode())))


def same(value: object) -> object:
    """Values of both decoders in one form: not-a-number equals itself, and python-osc's types become ours."""
    if isinstance(value, float) and math.isnan(value):
        return "not a number"
    if isinstance(value, list):
        return tuple(map(same, value))
    if isinstance(value, tuple):
        if len(value) == 2 and isinstance(value[0], datetime):
            return round((value[0] - datetime(1900, 1, 1)).total_seconds()) << 32 | value[1]
        return tuple(map(same, value))
    return value


def same_midi(tags: bytes, values: tuple[object, ...]) -> tuple[object, ...]:
    """Tags and values agree outside arrays. python-osc returns MIDI as four numbers, our decoder as four bytes."""
    flat = zip(tags, values, strict=True)
    return tuple(bytes(value) if tag == ord("m") else same(value) for tag, value in flat)  # type: ignore[call-overload]


def tags_of(packet: bytes) -> bytes:
    start = packet.index(b",") + 1
    return packet[start : packet.index(b"\0", start)]


def test_agrees_with_python_osc_on_random_messages() -> None:
    rng = random.Random(1)
    compared = 0
    for _ in range(10_000):
        packet = random_message(rng)
        tags = tags_of(packet)
        if b"[" in tags and b"m" in tags:
            continue
        theirs = OscMessage(packet)
        (ours,) = decode(packet).messages
        params = tuple(theirs.params)
        assert ours.address == theirs.address
        assert tuple(map(same, ours.args)) == (same_midi(tags, params) if b"m" in tags else tuple(map(same, params)))
        compared += 1
    assert compared > 5_000


def recorder_codec() -> ModuleType | None:
    """The codec that recorded the captures, if the shared folder is there."""
    path = SHARED / "oscwire.py"
    if not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location("oscwire", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "path", [*sorted(CAPTURES.glob("*.jsonl")), *sorted((SHARED / "captures").glob("*.jsonl"))], ids=lambda p: p.stem
)
def test_agrees_on_every_captured_packet(path: Path) -> None:
    judge = recorder_codec()
    for packet in datagrams(path):
        found = decode(packet)
        assert not found.dropped
        if judge is not None:
            expected = [
                (None if tag == 1 else tag, one["addr"], tuple(one["args"]))
                for tag, one in judge.messages(judge.decode(packet))
            ]
            assert [(m.timetag, m.address, m.args) for m in found.messages] == expected
        if len(found.messages) == 1:
            alone = packet[20:] if packet.startswith(b"#bundle") else packet
            if not set(tags_of(alone)) & set(b"ScI"):  # python-osc does not know these
                theirs = OscMessage(alone)
                assert (theirs.address, tuple(theirs.params)) == (found.messages[0].address, found.messages[0].args)


@pytest.mark.parametrize(
    ("name", "bundles", "arguments", "addresses"),
    [
        ("tidal-drums", 52, 829, {"/dirt/handshake": 1, "/dirt/handshake/reply": 1, "/dirt/play": 52}),
        (
            "tidal-busses",
            582,
            1845,
            {"/dirt/handshake": 1, "/dirt/handshake/reply": 1, "/c_set": 545, "/dirt/play": 37},
        ),
        ("strudel-drums", 48, 480, {"/dirt/play": 48}),
        ("sardine-drums", 75, 694, {"/dirt/play": 75}),
        ("vortex-drums", 48, 456, {"/dirt/play": 48}),
        ("superdirtpy-drums", 30, 180, {"/dirt/play": 30}),
        (
            "liblo-oscsend",
            53,
            1226,
            {
                "/dirt/handshake": 2,
                "/dirt/handshake/reply": 2,
                "/dirt/hello": 1,
                "/dirt/hello/reply": 1,
                "/dirt/play": 97,
                "/play2": 1,
                "/dirt/setControlBus": 1,
                "/nothing/here": 1,
            },
        ),
    ],
)
def test_captures_hold_what_their_clients_sent(
    name: str, bundles: int, arguments: int, addresses: dict[str, int]
) -> None:
    rows = captured(CAPTURES / f"{name}.jsonl")
    found = [(row, one) for row in rows for one in decode(bytes.fromhex(str(row["hex"]))).messages]
    assert Counter(one.address for _, one in found) == addresses
    assert sum(len(one.args) for _, one in found) == arguments
    timed = [(float(str(row["wall"])), one.timetag) for row, one in found if one.timetag is not None]
    assert len(timed) == bundles
    for arrival, timetag in timed:  # clients/README.md: from 0.3 ms late (oscsendfile) to 1 s ahead (superdirtpy)
        assert -0.001 < ntp_to_unix(timetag, arrival) - arrival < 1.001


def test_encodes_the_handshake_reply_as_superdirt_does() -> None:
    reply = datagrams(CAPTURES / "tidal-drums.jsonl")[1]
    (answer,) = decode(reply).messages
    assert answer.address == "/dirt/handshake/reply"
    assert encode_message(answer.address, *answer.args) == reply
