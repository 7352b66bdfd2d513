"""Whatever arrives, translating raises nothing and every control is usable."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phonon_osc.dialects.event import MAX_KEYS, Event
from phonon_osc.dialects.outcome import Dropped, Panic, Unknown
from phonon_osc.dialects.recognise import Recogniser
from phonon_osc.dialects.registry import DEFAULT, dialects
from phonon_osc.dialects.superdirt.duration import LONGEST
from phonon_osc.engine.voice import BusMap, Voice
from phonon_osc.limits import ORBITS
from tests.dialects.rig import content

RATE = 48_000.0
FLOAT32_MAX = 3.4e38

NUMERIC = tuple(
    "n note octave midinote freq begin end speed accelerate loop sustain legato delta dur fadeTime timescale amp gain "
    "overgain pan channel orbit cut lag offset cps cycle shape hcutoff hresonance bandf bandq crush coarse cutoff "
    "resonance attack hold release curve delay delaytime delayfeedback lock room size roomsize dry voice detune".split()
)
OTHER = ("s", "sound", "bank", "unit", "vowel", "_id_", "clip", "nudge", "color")
AWKWARD: tuple[object, ...] = (
    math.nan, math.inf, -math.inf, 1e38, -1e38, 1e308, 1e-40, 5e-324, 0, -0.0, -1, 1.5, -(2**31), 2**63, 10**400,
    True, None, "", "c7", "c9999", "a1", "12", "1/4", "nan", "c3", "eb", "\x00", "../../x", "\U0001f941", "\udcff",
    "x" * 10_000, "r", "s", b"\x00\x01", [], [1.0], [[2.0]], ["tone", 3], (1, 2), {}, object(),
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    id: int = 3
    frames: int = 100_000
    rate: float = 44_100.0
    key: int = 9
    map_note: float | None = None
    root_note: float | None = None
    channels: int = 1


@dataclass(frozen=True)
class Synth:
    definition: str = "dirt_any"
    controls: frozenset[str] = frozenset(NUMERIC)
    uses_pitch: bool = True


class Sounds:
    """Every name is a sample, but those that begin with "super": synths with every control there is, or unknown."""

    def sample(self, name: str, n: float, bank: str | None, midi: float | None = None) -> Sample | None:
        assert math.isfinite(n)
        return None if name.startswith("super") else Sample()

    def synth(self, name: str) -> Synth | None:
        return Synth() if name == "supersaw" else None


def read(args: list[object], dialect: str = "superdirt") -> Event:
    event = dialects()[dialect].read(args)
    assert event.bad >= 0
    assert len(event.given) + len(event.texts) <= MAX_KEYS + 1, "one more: n, taken from the name"
    return event


def check(args: list[object], dialect: str = "superdirt", rate: float = RATE) -> object:
    result = dialects()[dialect].translate(read(args, dialect), Sounds(), seed=4, sample_rate=rate)
    assert isinstance(result, Voice | Panic | Unknown | Dropped)
    if isinstance(result, Voice):
        check_voice(result)
    return result


def check_voice(voice: Voice) -> None:
    for name, value in voice.controls.items():
        assert isinstance(value, BusMap) or (math.isfinite(value) and abs(value) < FLOAT32_MAX), name
    for name, wish in voice.orbit_controls.items():
        assert wish is None or isinstance(wish, BusMap) or math.isfinite(wish), name
    assert 0.0 < voice.duration <= LONGEST
    assert 0.0 < voice.fade <= voice.duration
    assert 0 <= voice.orbit < ORBITS
    assert math.isfinite(voice.delay)
    if "fade_in" not in voice.controls:  # Strudel's chain
        times = [voice.controls[f"env_{name}"] for name in ("hold", "release")]
        assert sum(t for t in times if isinstance(t, float)) <= voice.duration
        return
    fades = [voice.controls[name] for name in ("fade_in", "hold_time", "fade_out")]
    assert sum(f for f in fades if isinstance(f, float)) == pytest.approx(voice.duration)


@pytest.mark.parametrize("sound", ["tone", "supersaw"])
@pytest.mark.parametrize("key", NUMERIC + OTHER)
def test_every_awkward_value_under_every_key(sound: str, key: str) -> None:
    for value in AWKWARD:
        check(["s", sound, key, value])
        check(["sound", sound, key, value, "unit", "c", "accelerate", 3.0], "strudel")


@pytest.mark.parametrize("sound", ["tone", "supersaw"])
@pytest.mark.parametrize("key", NUMERIC)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "1 0.8", [], ((1.0,),)])
def test_what_is_no_number_leaves_the_default_and_is_counted(sound: str, key: str, value: object) -> None:
    usable = ["s", sound, "_id_", "1"]
    assert content(read([*usable, key, value])) == {**content(read(usable)), "bad": 1}


@pytest.mark.parametrize(
    ("args", "sounds"),
    [
        (["speed", 0], False),
        (["begin", 0.5, "end", 0.5], False),
        (["begin", 0.75, "end", 0.25], True),
        (["begin", -4.0, "end", 0.5], True),
        (["begin", 0.5, "end", 4.0], True),
        (["begin", 2.0, "end", 4.0], False),
        (["sustain", 0], False),
        (["sustain", 1e9], True),
        (["loop", 1e9], True),
        (["orbit", -1], True),
        (["orbit", 10**9], True),
        (["orbit", 1.5], True),
        (["orbit", math.nan], True),
    ],
)
def test_each_fault_has_a_defined_result(args: list[object], sounds: bool) -> None:
    assert isinstance(check(["s", "tone", *args]), Voice if sounds else Dropped)


def test_a_thousand_keys_play() -> None:
    assert isinstance(check(["s", "tone", *(item for i in range(1000) for item in (f"key{i}", i))]), Voice)


keys = st.one_of(st.sampled_from(NUMERIC + OTHER), st.text(max_size=8), st.integers(), st.none())
numbers = st.one_of(st.floats(), st.floats(width=32), st.integers(), st.booleans(), st.floats(-4.0, 4.0))
values = st.one_of(
    numbers, st.sampled_from(AWKWARD), st.text(max_size=12), st.binary(max_size=8), st.lists(numbers, max_size=3)
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    pairs=st.lists(st.tuples(keys, values), max_size=20),
    sound=st.sampled_from(["tone", "supersaw"]),
    dialect=st.sampled_from(["superdirt", "strudel", "sardine"]),
)
def test_any_event(pairs: list[tuple[object, object]], sound: str, dialect: str) -> None:
    flat = [item for pair in pairs for item in pair]
    check(["s", sound, *flat], dialect)
    check(flat, dialect)
    check(flat[1:], dialect)


def test_random_numbers_in_every_parameter_at_once() -> None:
    chance = random.Random(10)
    voices = 0
    for _ in range(3000):
        args: list[object] = ["s", chance.choice(["tone", "supersaw"])]
        for key in chance.sample(NUMERIC, chance.randrange(len(NUMERIC))):
            args += [key, chance.uniform(-1.0, 1.0) * 10.0 ** chance.uniform(-12.0, 12.0)]
        result = check(args, rate=chance.choice([8000.0, 44_100.0, 192_000.0]))
        voices += isinstance(result, Voice)
    assert voices > 300


def test_any_keys_are_some_dialects() -> None:
    recogniser = Recogniser(dialects(), DEFAULT)
    for args in ([], ["cps"] * 600, ["orbit"], [1, "orbit"], ["cps", 1, "cycle", 2, "delta"], [None, [], {}]):
        assert recogniser.dialect_of(("host", 1), args).name in dialects()
