"""Event to voice: names, pitch, level, pan, effects, orbit (docs/dirt.md, measured renders).

One file although it is long: all tests share one table of sounds and one helper that reads and translates an event.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pytest

from phonon_osc.dialects.outcome import Dropped, Outcome, Panic, Unknown
from phonon_osc.dialects.superdirt.translate import translate
from phonon_osc.engine.voice import BusMap, Voice
from tests.dialects.rig import Sent, content, dirt_event

LATE = (3072 - 1984) / 48000  # seconds: frames of 2048 points worked on over half a frame; scsynth's

RATE = 48_000.0
C5 = 261.6255653


@dataclass(frozen=True)
class Sample:
    id: int
    frames: int
    rate: float
    key: int
    map_note: float | None = None
    root_note: float | None = None
    channels: int = 1


@dataclass(frozen=True)
class Synth:
    definition: str
    controls: frozenset[str]
    uses_pitch: bool


@dataclass
class Library:
    """Two samples of one second under "tone", one of two seconds at 44.1 kHz under "loop", three synths."""

    asked: list[tuple[str, float, str | None]] = field(default_factory=list)

    def sample(self, name: str, n: float, bank: str | None, midi: float | None = None) -> Sample | None:
        self.asked.append((name, n, bank))
        bank_of = {
            "tone": [Sample(5, 48_000, RATE, 50), Sample(6, 48_000, RATE, 60)],
            "loop": [Sample(7, 88_200, 44_100.0, 70)],
            "empty": [Sample(8, 0, RATE, 80)],
            "saw": [Sample(9, 48_000, RATE, 90)],
        }.get(name)
        return bank_of[int(n) % len(bank_of)] if bank_of else None

    def synth(self, name: str) -> Synth | None:
        return {
            "supersaw": Synth(
                "dirt_supersaw", frozenset("freq voice resonance lpf shape speed accelerate sustain cps".split()), True
            ),
            "superkick": Synth("dirt_superkick", frozenset({"n", "sustain", "begin", "end"}), False),
            "soskick": Synth("dirt_soskick", frozenset({"freq", "sustain"}), False),
            "saw": Synth("never", frozenset(), True),
        }.get(name)


def play(event: Sent, dialect: str = "superdirt", seed: int = 1) -> Voice:
    result = translate(dirt_event(event, dialect), Library(), seed=seed, sample_rate=RATE)
    assert isinstance(result, Voice), result
    return result


def outcome(event: Sent) -> Outcome:
    return translate(dirt_event(event), Library(), seed=1, sample_rate=RATE)


def test_a_plain_sample() -> None:
    event = dirt_event({"s": "tone"})
    before = content(event)
    assert translate(event, Library(), seed=77, sample_rate=RATE) == Voice(
        definition="dirt.sampler",
        controls={
            "buffer": 5.0, "begin": 0.0, "end": 1.0, "rate_start": 1.0, "rate_end": 1.0,
            "pan": 0.0, "amp": 0.4, "level": 1.0, "fade_in": 0.0, "hold_time": 0.999, "fade_out": 0.001,
        },
        duration=1.0,
        cut_sound=50,
        seed=77,
        orbit_controls={
            "delay": 0.0, "delaytime": None, "delayfeedback": None, "lock": 0.0, "cps": 1.0,
            "delaySend": None, "room": None, "size": None, "dry": 0.0, "leslie": None, "lrate": None, "lsize": None, "limiter": None,
        },
    )  # fmt: skip
    assert content(event) == before, "an event may be translated again, once its sample is there"


@pytest.mark.parametrize(
    ("event", "asked"),
    [
        ({"s": "tone"}, ("tone", 0.0, None)),
        ({"s": "tone", "n": -1.0}, ("tone", -1.0, None)),
        ({"s": "tone:3"}, ("tone", 3.0, None)),
        ({"s": "tone:3", "n": 5.0}, ("tone", 3.0, None)),
        ({"s": "tone:x", "n": 5.0}, ("tone:x", 5.0, None)),
        ({"sound": "tone:1.5"}, ("tone", 1.5, None)),
        ({"sound": "tone", "n": 5.0}, ("tone", 0.0, None)),
        ({"s": "tone", "sound": "loop:1"}, ("tone", 0.0, None)),
        ({"s": "RolandTR909bd", "bank": "RolandTR909"}, ("RolandTR909bd", 0.0, "RolandTR909")),
    ],
)
def test_the_name_asked_for(event: Sent, asked: tuple[str, float, str | None]) -> None:
    library = Library()
    translate(dirt_event(event), library, seed=1, sample_rate=RATE)
    assert library.asked == [asked]


def test_samples_come_before_synths() -> None:
    assert play({"s": "saw"}).definition == "dirt.sampler"


def test_other_outcomes() -> None:
    assert outcome({"s": "superpanic"}) == Panic()
    assert outcome({"sound": "superpanic"}) == Panic()
    assert outcome({"s": "nothing", "n": 3.0}) == Unknown("nothing")
    assert outcome({"s": "Tone"}) == Unknown("Tone")
    silent: list[Sent] = [{}, {"s": ""}, {"sound": ""}, {"sound": ":3"}, {"s": "tone", "speed": 0.0}, {"s": "empty"}]
    for event in silent:
        assert isinstance(outcome(event), Dropped)
    assert isinstance(outcome({"s": "tone", "freq": 0.0}), Dropped)


@pytest.mark.parametrize(
    ("event", "rate"),
    [
        ({"n": 3.0}, 1.0),
        ({"note": 7.0}, 2 ** (7 / 12)),
        ({"note": 0.0, "n": 7.0}, 1.0),
        ({"octave": 4.0}, 0.5),
        ({"note": 12.0, "octave": 6.0}, 4.0),
        ({"midinote": 48.0, "note": 7.0, "octave": 1.0}, 0.5),
        ({"freq": 440.0, "midinote": 48.0}, 440.0 / C5),
        ({"freq": BusMap(3)}, 1.0),
        ({"note": "c3", "midinote": 72.0}, 2.0),
        ({"note": "c3"}, 0.5),
        ({"note": "c"}, 0.5),
        ({"note": "c", "octave": 5.0}, 2.0),
    ],
)
def test_pitch_of_a_sample_changes_rate_and_length(event: Sent, rate: float) -> None:
    voice = play({"s": "tone", **event})
    assert voice.controls["rate_start"] == pytest.approx(rate)
    assert voice.duration == pytest.approx(1.0 / rate)


@pytest.mark.parametrize(
    ("event", "freq"),
    [
        ({"n": 0.0}, C5),
        ({"note": 0.0, "n": 7.0}, C5),
        ({"n": 12.0}, 2 * C5),
        ({"note": 9.0}, 440.0),
        ({"note": 9.0, "octave": 4.0}, 220.0),
        ({"midinote": 57.0, "n": 4.0}, 220.0),
        ({"freq": 99.0, "midinote": 57.0}, 99.0),
        ({"freq": BusMap(9)}, BusMap(9)),
        ({}, C5),
        ({"freq": 1e9}, 24_000.0),
        ({"freq": -5.0}, 0.0),
    ],
)
def test_pitch_of_a_synth(event: Sent, freq: float | BusMap) -> None:
    assert play({"s": "supersaw", **event}).controls["freq"] == (
        freq if isinstance(freq, BusMap) else pytest.approx(freq)
    )


def test_pitch_of_synths_that_do_not_need_one() -> None:
    assert "freq" not in play({"s": "superkick", "n": 57.0}).controls
    assert "freq" not in play({"s": "soskick"}).controls
    assert play({"sound": "soskick"}).controls["freq"] == pytest.approx(C5)


def test_a_synth_gets_its_own_keys_and_no_others() -> None:
    event: Sent = {
        "s": "supersaw",
        "voice": 0.3,
        "resonance": BusMap(4),
        "detune": 0.2,
        "lpf": 3.0,
        "delta": 0.5,
        "hold": 1.0,
    }
    voice = play(event)
    own = {
        key: voice.controls[key]
        for key in voice.controls
        if key not in play({"s": "superkick"}).controls or key == "sustain"
    }
    assert own == {
        "freq": pytest.approx(C5), "voice": 0.3, "resonance": BusMap(4),
        "speed": 1.0, "accelerate": 0.0, "sustain": pytest.approx(0.499), "cps": 1.0,
    }  # fmt: skip
    assert voice.definition == "dirt_supersaw"
    assert voice.duration == 0.5


def test_a_synth_plays_what_was_computed_not_what_was_sent() -> None:
    controls = play(
        {"s": "supersaw", "sustain": 0.2, "speed": 2.0, "accelerate": -0.5, "unit": "c", "cps": 0.5}
    ).controls
    assert (controls["sustain"], controls["speed"], controls["accelerate"]) == pytest.approx((0.199, 1.0, -0.5))
    kick = play({"s": "superkick", "n": 57.0, "speed": -1.0}).controls
    assert (kick["n"], kick["begin"], kick["end"]) == (57.0, 1.0, 0.0)
    assert "n" not in play({"s": "superkick"}).controls


@pytest.mark.parametrize(
    ("event", "begin", "end", "rates"),
    [
        ({"speed": -1.0}, 1.0, 0.0, (-1.0, -1.0)),
        ({"speed": -2.0, "begin": 0.25, "end": 0.75}, 0.75, 0.25, (-2.0, -2.0)),
        ({"speed": 2.0, "accelerate": 1.0}, 0.0, 1.0, (2.0, 4.0)),
        ({"speed": -2.0, "accelerate": -2.0}, 1.0, 0.0, (-2.0, 2.0)),
        ({"begin": 0.75, "end": 0.25}, 0.75, 0.25, (-1.0, -1.0)),
        ({"unit": "s", "speed": 0.5}, 0.0, 1.0, (0.5, 0.5)),
        ({"note": 12.0, "speed": 3.0}, 0.0, 1.0, (6.0, 6.0)),
        ({"unit": "s", "speed": 1e9}, 0.0, 1.0, (1000.0, 1000.0)),
    ],
)
def test_window_and_rates(event: Sent, begin: float, end: float, rates: tuple[float, float]) -> None:
    controls = play({"s": "loop", **event}).controls
    assert (controls["begin"], controls["end"]) == (begin, end)
    assert (controls["rate_start"], controls["rate_end"]) == pytest.approx(rates)


@pytest.mark.parametrize(
    ("event", "decibels"),
    [({"gain": 0.8}, -7.75), ({"gain": 0.5}, -24.08), ({"gain": 1.4}, 11.69), ({"gain": 3.0}, 24.08)],
)
def test_gain_as_measured(event: Sent, decibels: float) -> None:
    level = play({"s": "tone", **event}).controls["level"]
    assert isinstance(level, float)
    assert 20.0 * math.log10(level) == pytest.approx(decibels, abs=0.01)


def test_overgain_is_added_after_the_limit_and_inside_the_power() -> None:
    assert play({"s": "tone", "gain": 5.0, "overgain": 1.0}).controls["level"] == pytest.approx(81.0)
    assert play({"s": "tone", "gain": 0.0}).controls["level"] == 0.0


def sides(event: Sent) -> tuple[float, float]:
    """What a full-scale mono sound comes out at, by the law of the engine's pan."""
    controls = play({"s": "tone", **event}).controls
    pan, amp = controls["pan"], controls["amp"]
    assert isinstance(pan, float) and isinstance(amp, float)
    return amp * math.cos((pan + 1.0) * math.pi / 4.0), amp * math.sin((pan + 1.0) * math.pi / 4.0)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({}, (0.28284, 0.28284)),
        ({"pan": 0.0}, (0.4, 0.0)),
        ({"pan": 1.0}, (0.0, 0.4)),
        ({"pan": 0.25}, (0.4 * math.cos(math.pi / 8), 0.4 * math.sin(math.pi / 8))),
        ({"pan": 1.25}, (0.4 * math.sin(math.pi / 8), 0.4 * math.cos(math.pi / 8))),
        ({"pan": -0.25}, (0.4 * math.cos(math.pi / 8), 0.4 * math.sin(math.pi / 8))),
        ({"pan": 2.5}, (0.28284, 0.28284)),
        ({"channel": 1.0}, (0.0, 0.4)),
        ({"amp": 0.1}, (0.07071, 0.07071)),
    ],
)
def test_pan_as_measured(event: Sent, expected: tuple[float, float]) -> None:
    assert sides(event) == pytest.approx(expected, abs=1e-5)


def test_bus_maps_pass_unconverted() -> None:
    voice = play(
        {"s": "tone", "pan": BusMap(3), "amp": BusMap(4), "cutoff": BusMap(5), "room": BusMap(6), "cps": BusMap(7)}
    )
    assert (voice.controls["pan"], voice.controls["amp"], voice.controls["lpf"]) == (BusMap(3), BusMap(4), BusMap(5))
    assert (voice.orbit_controls["room"], voice.orbit_controls["cps"]) == (BusMap(6), BusMap(7))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"shape": 0.4}, {"shape": 0.4}),
        ({"shape": 1.0}, {"shape": 1.0 - 2.0**-24}),
        ({"hcutoff": 400.0}, {"hpf": 400.0, "hpf_resonance": 0.0}),
        ({"hcutoff": -400.0, "hresonance": 9.0}, {"hpf": 400.0, "hpf_resonance": 1.0}),
        ({"bandf": 600.0}, {"bpf": 600.0, "bpf_q": 0.0}),
        ({"bandf": 1.0, "bandq": 4.0}, {"bpf": 20.0, "bpf_q": 4.0}),
        ({"cutoff": 1e9, "resonance": 0.3}, {"lpf": 24_000.0, "lpf_resonance": 0.3}),
        ({"crush": 6.0}, {"crush": 6.0}),
        ({"coarse": 1.0}, {}),
        ({"coarse": 1.5}, {"coarse": 1.5}),
        ({"coarse": BusMap(2)}, {"coarse": BusMap(2)}),
        ({"attack": 0.2}, {"env_attack": 0.2, "env_hold": 0.0, "env_release": 0.0, "env_curve": 0.0}),
        (
            {"release": 0.3, "hold": 0.1, "curve": -4.0},
            {"env_attack": 0.0, "env_hold": 0.1, "env_release": 0.3, "env_curve": -4.0},
        ),
        ({"resonance": 0.5, "hresonance": 0.5, "bandq": 3.0, "hold": 1.0, "curve": 2.0}, {}),
        ({"vowel": "e"}, {"vowel": 1.0, "vowel_resonance": 0.0}),
        ({"vowel": "u", "resonance": 0.3}, {"vowel": 4.0, "vowel_resonance": 0.3}),
        ({"vowel": "ae"}, {}),
        ({"vowel": ""}, {}),
        ({"vowel": 2.0}, {}),
        (  # the tone lasts 1 s, its plateau is 0.999 s
            {"psrate": 1.5, "psdisp": 0.01},
            {"pshift": 1.5, "pshift_scatter": 0.01, "pshift_window": pytest.approx(0.18)},
        ),
        (
            {"tilt": 0.25, "plat": 0.5, "curve": 2.0},
            {
                "tilt_attack": pytest.approx(0.125 * 0.999),
                "tilt_hold": pytest.approx(0.5 * 0.999),
                "tilt_release": pytest.approx(0.375 * 0.999),
                "tilt_curve": 2.0,
            },
        ),
        ({"plat": 0.5}, {}),
        ({"tremolorate": 6.0}, {"tremolo": 6.0, "tremolo_depth": 0.0}),
        ({"waveloss": 400.0}, {"waveloss": 100.0}),
        ({"squiz": 0.5}, {"squiz": 1.0}),
        ({"fshift": 100.0, "fshiftphase": 6.2831853}, {"fshift": 100.0, "fshift_phase": pytest.approx(0.0, abs=1e-6)}),
        ({"fshift": 100.0, "fshiftnote": 0.5, "freq": 300.0}, {"fshift": 250.0, "fshift_phase": 0.0}),
        ({"fshift": BusMap(4)}, {"fshift": BusMap(4), "fshift_phase": 0.0}),
        ({"triode": 0.5}, {"triode": 0.5}),
        ({"krush": 0.5}, {"krush": 0.5, "krush_cutoff": 4000.0}),
        ({"krush": 0.5, "kcutoff": 5.0}, {"krush": 0.5, "krush_cutoff": 20.0}),
        ({"octersub": 0.5}, {"octer": 0.0, "octer_sub": 0.5, "octer_subsub": 0.0}),
        ({"phaserrate": 2.0, "phaserdepth": 0.7}, {"phaser": 2.0, "phaser_depth": 0.7}),
        ({"ring": 0.5, "ringf": 300.0}, {"ring": 0.5, "ring_freq": 300.0, "ring_sweep": 0.0}),
        ({"ring": 0.5, "ringf": 300.0, "ringdf": -200.0}, {"ring": 0.5, "ring_freq": 300.0, "ring_sweep": -200.0}),
        ({"tsdelay": 0.5}, {"xsdelay": 0.0, "tsdelay": 0.5}),
        ({"xsdelay": 20.0, "tsdelay": 0.6}, {"xsdelay": 20.0, "tsdelay": 0.6}),
        ({"distort": 0.5}, {"distort": 0.5}),
        ({"freeze": 1.0}, {"freeze": 1.0, "late": LATE}),
        ({"lbrick": 0.2}, {"brick_low": 0.0, "brick_high": 0.2, "late": LATE}),
        ({"imag": 0.1}, {"conformer": 0.0, "conformer_imag": 0.1, "late": LATE}),
        (
            {"comb": 0.3, "smear": 0.5, "scram": 0.2},
            {"comb": 0.3, "smear": 0.5, "scram": 0.2, "late": pytest.approx(3 * LATE)},
        ),
        (
            {"binshift": 0.5, "enhance": 0.4, "djf": 0.25},
            {"binshift": 0.5, "enhance": 0.4, "djf": 0.25, "late": pytest.approx(2 * LATE)},
        ),
    ],
)
def test_an_effect_is_there_whole_or_not_at_all(event: Sent, expected: dict[str, float]) -> None:
    plain = play({"s": "tone"}).controls
    controls = play({"s": "tone", **event}).controls
    assert {key: controls[key] for key in controls if key not in plain} == expected


def test_spectral_effects_begin_early_by_what_they_are_later_than_superdirt() -> None:
    plain, frozen = play({"s": "tone", "lag": 0.1}), play({"s": "tone", "lag": 0.1, "freeze": 1.0})
    assert frozen.delay == pytest.approx(plain.delay - LATE) and frozen.duration == pytest.approx(plain.duration + LATE)


def test_orbit_controls() -> None:
    voice = play(
        {"s": "tone", "delay": 0.5, "delaytime": 0.25, "delayfeedback": -1.0, "room": 0.3, "size": 3.0, "cps": 0.0}
    )
    assert voice.orbit_controls == {
        "delay": 0.5, "delaytime": 0.25, "delayfeedback": 0.0, "lock": 0.0, "cps": 1.0,
        "delaySend": None, "room": 0.3, "size": 1.0, "dry": 0.0, "leslie": None, "lrate": None, "lsize": None,
        "limiter": None,
    }  # fmt: skip
    turning = play({"s": "tone", "leslie": 0.7, "lrate": 99.0, "lsize": 0.5, "limitertype": 2.0}).orbit_controls
    assert {key: turning[key] for key in ("leslie", "lrate", "lsize", "limiter")} == {
        "leslie": 0.7, "lrate": 20.0, "lsize": 0.5, "limiter": 2.0,
    }  # fmt: skip


@pytest.mark.parametrize(("orbit", "index"), [(0.0, 0), (11.0, 11), (12.0, 0), (-1.0, 11), (1.5, 1), (1e9, 4)])
def test_orbits_wrap(orbit: float, index: int) -> None:
    assert play({"s": "tone", "orbit": orbit}).orbit == index


@pytest.mark.parametrize(
    ("event", "delay"),
    [({"lag": 0.05}, 0.05), ({"offset": 0.1, "speed": -2.0}, 0.2), ({"nudge": 0.1}, 0.0), ({"lag": 1e9}, 42.0)],
)
def test_lag_and_offset_move_the_onset(event: Sent, delay: float) -> None:
    assert play({"s": "tone", **event}).delay == pytest.approx(delay)


def test_cut_groups_know_the_sound() -> None:
    first, second = play({"s": "tone", "n": 0.0, "cut": -1.0}), play({"s": "tone", "n": 1.0, "cut": -1.0})
    assert (first.cut, second.cut, play({"s": "tone", "cut": 3.0}).cut) == (-1, -1, 3)
    assert first.cut_sound != second.cut_sound == play({"s": "tone", "n": 3.0}).cut_sound
    synths = {play({"s": name, "note": note}).cut_sound for name in ("supersaw", "superkick") for note in (0.0, 5.0)}
    assert len(synths) == 2
    assert max(synths) < 0


def test_a_cut_voice_fades_over_its_own_fade_time() -> None:
    assert play({"s": "tone"}).fade == 0.001
    assert play({"s": "tone", "fadeTime": 0.1}).fade == 0.1
    assert play({"s": "tone", "fadeTime": 0.0}).fade == 1.0 / RATE


def test_sardine_without_delta_and_with_a_phase_for_a_tempo() -> None:
    voice = play(
        {"cps": 0.0, "cycle": 10.0, "legato": 1.2, "midinote": 76.0, "orbit": 0.0, "sound": "supersaw"}, "sardine"
    )
    assert voice.duration == pytest.approx(1.2)
    assert voice.orbit_controls["cps"] == 1.0
