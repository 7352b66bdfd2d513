"""The player remembers events that come again. Nothing but the time that an event takes may tell the difference."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from phonon_osc.dialects import repeats
from phonon_osc.dialects.repeats import Asked, Known, Repeats, seed_of
from phonon_osc.dialects.superdirt import DIALECT
from phonon_osc.engine.voice import Voice
from phonon_osc.osc.due import RecordedDue
from phonon_osc.osc.wire import encode_bundle, encode_message, unix_to_ntp
from phonon_osc.studio import Studio

RATE = 48_000
ZERO = 1000.0
SENDER = ("127.0.0.1", 40_000)


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    for name, level in (("dc", 0.5), ("other", 0.25)):
        (tmp_path / name).mkdir()
        sf.write(tmp_path / name / "0.wav", np.full(RATE, level, np.float32), RATE, subtype="FLOAT")
    return tmp_path


class Rig:
    """A studio offline, to which events are sent as datagrams."""

    def __init__(self, samples: Path) -> None:
        self.studio = Studio(samples=[str(samples)])
        self.router = self.studio.route(RecordedDue(RATE, ZERO))
        self.frame = 0

    def send(self, *args: Any, address: str = "/dirt/play") -> None:
        """Send a message that is due at the next frame to be rendered."""
        at = ZERO + self.frame / RATE
        data = encode_bundle(unix_to_ntp(at + 1e-6), [encode_message(address, *args)])
        self.router.datagram(data, SENDER, at, lambda data, to: None)

    def hear(self, *args: Any, seconds: float = 0.05) -> np.ndarray:
        """Play an event and return its sound."""
        self.send(*args)
        return self.render(seconds)

    def render(self, seconds: float) -> np.ndarray:
        sound = np.zeros((64 * round(seconds * RATE / 64), 2), np.float32)
        self.studio.engine.render(sound)
        self.frame = self.studio.engine.frame
        self.studio.poll()
        return sound

    @property
    def reads(self) -> int:
        """Events that are remembered."""
        return len(self.studio.player.repeats)


@pytest.fixture
def rig(samples: Path) -> Iterator[Rig]:
    made = Rig(samples)
    made.studio.library.load(found(made.studio, "dc"))
    made.studio.library.load(found(made.studio, "other"))
    yield made
    made.studio.close()


def found(studio: Studio, name: str) -> Any:
    entry = studio.library.find(name)
    assert entry is not None
    return entry


def event(cycle: float = 0.0, name: str = "dc", **more: Any) -> list[Any]:
    sent = {"_id_": "1", "cps": 0.5, "cycle": cycle, "delta": 0.02, "sustain": 0.02, "orbit": 0, "s": name, **more}
    return [part for pair in sent.items() for part in pair]


def test_an_event_that_comes_again_is_translated_once(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    first = rig.hear(*event(0.25))
    translated: list[int] = []

    def translate(*args: Any, **named: Any) -> Any:
        translated.append(1)
        return DIALECT.translate(*args, **named)

    watched = replace(DIALECT, translate=translate)
    monkeypatch.setattr(rig.studio.player.recogniser, "dialect_of", lambda sender, args: watched)
    again = rig.hear(*event(1.25))
    assert np.array_equal(first, again) and np.abs(first).max() > 0.01
    assert not translated and rig.studio.player.played == 2
    rig.hear(*event(1.25, gain=0.5))
    assert translated, "another event"


def test_values_of_other_types_are_other_events(rig: Rig) -> None:
    """1, 1.0 and True are equal in Python, but not on the wire."""
    places = {rig.studio.player.repeats.place(DIALECT, ("s", "dc", "n", value)).key for value in (1, 1.0, True, "1")}  # type: ignore[union-attr]
    zeros = {rig.studio.player.repeats.place(DIALECT, ("s", "dc", "n", value)).key for value in (0.0, -0.0, 0)}  # type: ignore[union-attr]
    assert len(places) == 4 and len(zeros) == 3


def test_the_seed_is_that_of_an_event_that_was_never_played() -> None:
    """Noise sounds the same whether an event is remembered or not."""
    chance = random.Random(7)
    memory, voice = Repeats(), Voice("x", {}, 1.0)
    for _ in range(300):
        args: list[Any] = []
        for _ in range(chance.randrange(1, 6)):
            args += [chance.choice(["s", "n", "ä", "it's"]), chance.choice([1, 0.1, "b\n", True, None, -0.0, 1e30])]
        if chance.random() < 0.8:
            at = 2 * chance.randrange(len(args) // 2 + 1)
            args[at:at] = ["cycle", chance.choice([0.5, 1e-3, 123.456])]
        other = list(args)
        if "cycle" in args:
            other[other.index("cycle") + 1] = 77.125
        place, same = memory.place(DIALECT, tuple(args)), memory.place(DIALECT, tuple(other))
        assert place is not None and same is not None and place.key == same.key
        known = Known(voice, 0, [], tuple(args), place.value)
        for sent in (args, other):
            assert known.seed(tuple(sent), place, 4711) == seed_of(tuple(sent), 4711)


@pytest.mark.parametrize("value", ["text", 5, True, float("nan"), float("inf"), 1e12], ids=repr)
def test_an_odd_cycle_counts_as_part_of_the_event(rig: Rig, value: object) -> None:
    rig.hear(*event(0.5))
    before = rig.studio.counters.bad_key
    for _ in range(2):
        rig.hear(*event(value))  # type: ignore[arg-type]
    bad = rig.studio.counters.bad_key - before
    assert bad % 2 == 0 and rig.studio.player.played == 3


def test_bad_pairs_count_every_time(rig: Rig) -> None:
    for count in range(1, 4):
        rig.hear(*event(0.5, speed="fast"))
        assert rig.studio.counters.bad_key == count


def test_a_synth_with_a_control_of_that_name_hears_it(rig: Rig) -> None:
    rig.send("steps", "cycle: 0; voice cycle", address="/def/new")
    sounds = [rig.hear(*event(cycle, "steps")) for cycle in (0.25, 0.5)]
    levels = [float(np.abs(each).max()) for each in sounds]
    assert levels[0] > 0.0 and levels[1] == pytest.approx(2.0 * levels[0], rel=0.01)


def test_a_definition_that_changes_is_heard(rig: Rig) -> None:
    for level in (0.1, 0.2, 0.1):
        rig.send("steady", f"x: {level}; voice x", address="/def/new")
        heard = [np.abs(rig.hear(*event(0.0, "steady"), seconds=0.05)).max() for _ in range(2)]
        assert heard[0] == heard[1] > 0.0
        if level == 0.1:
            quiet = heard[0]
        else:
            assert heard[0] == pytest.approx(2.0 * quiet, rel=0.01)


def test_a_sample_that_has_left_memory_is_loaded_again(rig: Rig) -> None:
    first = rig.hear(*event())
    asked = Asked(rig.studio.sounds)
    assert asked.sample("dc", 0.0, None) is not None
    waited: list[Any] = []
    rig.studio.player.waiting = type("Room", (), {"add": lambda self, entry, frame, start: waited.append(start)})()
    store, entry = rig.studio.library.store, found(rig.studio, "dc")
    sound = store.get(entry.key)
    assert sound is not None
    kept, sound.sample = sound.sample, None  # as if it had made room for another one
    rig.hear(*event())
    assert len(waited) == 1, "it waits for its sample"
    sound.sample = kept
    waited[0]()
    assert np.array_equal(rig.render(0.05), first)


def test_its_memory_is_bounded(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeats, "REMEMBERED", 5)
    for k in range(20):
        rig.hear(*event(shape=k / 100), seconds=0.002)
    assert rig.reads == 5
    rig.hear(*event(s2="x" * 250), seconds=0.002)
    rig.hear(*event(**{f"own{k}": "y" * 200 for k in range(40)}), seconds=0.002)
    assert rig.reads == 5
    assert rig.studio.player.repeats.place(DIALECT, ("x",) * 1000) is None
    assert rig.studio.player.repeats.place(replace(DIALECT, passing=None), ("s", "dc")) is None
