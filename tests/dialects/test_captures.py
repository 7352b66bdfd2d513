"""Packets recorded from real clients: every play message becomes a voice (see tests/data/captures)."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from phonon_osc.dialects.event import Event
from phonon_osc.dialects.outcome import Dropped
from phonon_osc.dialects.recognise import Recogniser
from phonon_osc.dialects.registry import DEFAULT, dialects
from phonon_osc.engine.voice import BusMap, Voice

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
PLAY = ("/dirt/play", "/play2")
NUMBERS = {"i": ">i", "f": ">f", "d": ">d", "h": ">q"}
WORDS: dict[str, object] = {"T": True, "F": False, "N": None, "I": math.inf}


@dataclass(frozen=True)
class Sample:
    id: int = 0
    frames: int = 24_000
    rate: float = 48_000.0
    key: int = 0
    map_note: float | None = None
    root_note: float | None = None
    channels: int = 1


@dataclass(frozen=True)
class Synth:
    definition: str = "dirt_synth"
    controls: frozenset[str] = frozenset({"freq", "velocity", "sustain", "speed", "detune"})
    uses_pitch: bool = True


class Everything:
    def sample(self, name: str, n: float, bank: str | None, midi: float | None = None) -> Sample | None:
        return None if name.startswith("super") else Sample()

    def synth(self, name: str) -> Synth | None:
        return Synth()


def string_at(data: bytes, position: int) -> tuple[str, int]:
    end = data.index(b"\0", position)
    return data[position:end].decode(), (end + 4) & ~3


def decode(data: bytes) -> tuple[str, list[object]]:
    """Address and arguments of a datagram with one message, bundled or not."""
    if data.startswith(b"#bundle\0"):
        data = data[20:]
    address, position = string_at(data, 0)
    tags, position = string_at(data, position)
    args: list[object] = []
    for tag in tags[1:]:
        if tag in WORDS:
            args.append(WORDS[tag])
        elif tag in "sS":
            value, position = string_at(data, position)
            args.append(value)
        elif tag == "c":
            args.append(chr(struct.unpack_from(">I", data, position)[0]))
            position += 4
        else:
            args.append(struct.unpack_from(NUMBERS[tag], data, position)[0])
            position += struct.calcsize(NUMBERS[tag])
    return address, args


def plays(name: str) -> Iterator[tuple[list[object], Event, Voice | Dropped]]:
    recogniser = Recogniser(dialects(), DEFAULT)
    for line in (CAPTURES / f"{name}.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row.get("dir") == "out":
            continue
        address, args = decode(bytes.fromhex(row["hex"]))
        if address == "/dirt/handshake":
            recogniser.shake_hands(("host", row["from"]), dialects()["superdirt"])
        if address in PLAY:
            dialect = recogniser.dialect_of(("host", row["from"]), args)
            event = dialect.read(args)
            result = dialect.translate(event, Everything(), seed=0, sample_rate=48_000.0)
            assert isinstance(result, Voice | Dropped), result
            yield args, event, result


def who(args: list[object]) -> str:
    """The dialect of an event from a sender nobody knows."""
    return Recogniser(dialects(), DEFAULT).dialect_of(("host", 1), args).name


@pytest.mark.parametrize(
    ("name", "dialect", "count"),
    [
        ("tidal-drums", "superdirt", 52),
        ("tidal-busses", "superdirt", 37),
        ("strudel-drums", "strudel", 48),
        ("vortex-drums", "superdirt", 48),
        ("sardine-drums", "sardine", 75),
        ("superdirtpy-drums", "superdirt", 30),
    ],
)
def test_every_event_of_a_client_is_a_voice(name: str, dialect: str, count: int) -> None:
    heard = list(plays(name))
    assert len(heard) == count
    for args, event, voice in heard:
        assert who(args) == dialect
        assert event.bad == 0
        assert isinstance(voice, Voice)
        numbers = [value for value in voice.controls.values() if not isinstance(value, BusMap)]
        assert all(map(math.isfinite, numbers))


def test_tidal_maps_cutoff_room_and_pan_to_its_busses() -> None:
    voices = [voice for *_, voice in plays("tidal-busses") if isinstance(voice, Voice)]
    mapped = {
        (name, value)
        for voice in voices
        for name, value in [*voice.controls.items(), *voice.orbit_controls.items()]
        if isinstance(value, BusMap)
    }
    assert mapped == {("lpf", BusMap(1)), ("pan", BusMap(2)), ("room", BusMap(3))}


def test_sardine_tempo_is_never_its_clock_phase() -> None:
    heard = list(plays("sardine-drums"))
    assert {event.given["cps"] for _, event, _ in heard} > {0.0}
    assert {voice.orbit_controls["cps"] for *_, voice in heard if isinstance(voice, Voice)} == {1.0}


def test_malformed_messages_of_oscsend_play_as_far_as_they_go() -> None:
    heard = list(plays("liblo-oscsend"))
    by_bad = [(len(args), event.bad) for args, event, _ in heard if event.bad]
    assert by_bad == [(6, 1), (3, 1), (4, 1)]  # infinite sustain, odd count, a key that is a number
    assert [args for args, *_, result in heard if isinstance(result, Dropped)] == [[]]
    assert len(heard) == 98
