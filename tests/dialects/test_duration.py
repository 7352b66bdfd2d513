"""Duration, fades and the part of the sample played: the rules of docs/dirt.md (Timing), and measured renders."""

from __future__ import annotations

import pytest

from phonon_osc.dialects.outcome import Dropped
from phonon_osc.dialects.superdirt.duration import LONGEST, Timing, timing
from tests.dialects.rig import Sent, dirt_event

RATE = 48_000.0


def timed(natural: float | None, **event: float | str) -> Timing:
    result = timing(dirt_event(event), natural=natural, sample_rate=RATE)
    assert isinstance(result, Timing), result
    assert result.fade_in + result.plateau + result.fade_out == pytest.approx(result.duration)
    return result


@pytest.mark.parametrize(
    ("event", "duration"),
    [
        ({}, 2.0),
        ({"speed": 2.0}, 1.0),
        ({"speed": -1.0, "begin": 0.25}, 1.5),
        ({"unit": "c", "speed": 1.0}, 2.0),
        ({"unit": "c", "speed": 2.0}, 1.0),
        ({"legato": 1.0}, 0.5),
        ({"begin": 0.5, "loop": 4.0}, 4.0),
        ({"begin": 0.5, "loop": -4.0}, 4.0),
        ({"sustain": 0.3}, 0.3),
        ({"timescale": 2.0}, 4.0),
        ({"legato": 1.0, "timescale": 2.0}, 1.0),
        ({"legato": 9.0}, 2.0),
        ({"sustain": 9.0, "legato": 0.1}, 2.0),
        ({"sustain": 9.0, "loop": 3.0}, 2.0),
        ({"legato": 9.0, "loop": 3.0}, 2.0),
        ({"sustain": 1.5, "loop": 0.0}, 1.5),
        ({"accelerate": 1.0}, 4.0 / 3.0),
        ({"accelerate": -3.0}, 4.0 / 3.0),
        ({"unit": "s", "speed": 0.5, "begin": 0.25}, 0.75),
        ({"unit": "rate", "speed": 4.0}, 0.5),
    ],
)
def test_a_sample_of_two_seconds(event: Sent, duration: float) -> None:
    assert timed(2.0, cps=0.5, delta=0.5, **event).duration == pytest.approx(duration)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("event", "duration"),
    [
        ({"delta": 0.5}, 0.5),
        ({"delta": 0.5, "legato": 2.0}, 1.0),
        ({"delta": 0.5, "loop": 3.0}, 1.5),
        ({"delta": 0.5, "sustain": 0.2, "legato": 2.0}, 0.2),
        ({"delta": 0.5, "speed": 4.0}, 0.5),
        ({"dur": 0.25}, 0.25),
        ({}, 1.0),
        ({"sustain": 1e9}, LONGEST),
        ({"delta": 1e9, "legato": 1e9}, LONGEST),
    ],
)
def test_a_synth(event: Sent, duration: float) -> None:
    assert timed(None, **event).duration == pytest.approx(duration)  # type: ignore[arg-type]


def test_unit_c_fits_the_sample_to_cycles_by_its_speed() -> None:
    times = timed(1.0, unit="c", speed=1.0, cps=0.5)  # render smp_loop_unit_c: one second becomes a cycle of two
    assert (times.duration, times.speed) == pytest.approx((2.0, 0.5))
    assert timed(3.0, unit="c", speed=1.0, cps=0.5).speed == pytest.approx(1.5)
    assert timed(None, unit="c", speed=3.0, cps=0.5).speed == pytest.approx(1.5)


@pytest.mark.parametrize("cps", [0.0, -2.0])
def test_unit_c_survives_a_tempo_of_nothing(cps: float) -> None:
    assert timed(2.0, unit="c", speed=1.0, cps=cps).duration == pytest.approx(1.0)


def test_the_fade_out_is_a_millisecond_inside_the_duration_and_only_a_late_begin_fades_in() -> None:
    plain = timed(1.0)
    assert (plain.fade_in, plain.fade_out, plain.plateau) == pytest.approx((0.0, 0.001, 0.999))
    late = timed(1.0, begin=0.1, fadeTime=0.1, sustain=0.5)  # render smp_noise_fadeTime0.1: 0.19098 of 0.5 s
    assert (late.fade_in, late.fade_out, late.plateau) == pytest.approx((0.09549, 0.09549, 0.30902))
    assert timed(1.0, speed=-1.0).fade_in == pytest.approx(0.001)
    assert timed(1.0, speed=-1.0, end=0.0, begin=1.0).fade_in == 0.0
    assert timed(1.0, fadeTime=-5.0).fade_out == 0.0


def test_window_speed_and_end_speed() -> None:
    backwards = timed(2.0, speed=-0.5, begin=0.25, end=0.75, accelerate=1.0)
    assert (backwards.begin, backwards.end) == (0.75, 0.25)
    assert (backwards.speed, backwards.end_speed) == (-0.5, -1.0)
    outside = timed(2.0, begin=-3.0, end=7.0)
    assert (outside.begin, outside.end, outside.duration) == (0.0, 1.0, 2.0)


@pytest.mark.parametrize(
    ("natural", "event", "word"),
    [
        (2.0, {"speed": 0.0}, "speed"),
        (None, {"speed": 0.0}, "speed"),
        (2.0, {"unit": "x"}, "unit"),
        (2.0, {"begin": 0.5, "end": 0.5}, "short"),
        (2.0, {"begin": 0.5, "end": 0.5, "sustain": 1.0}, "short"),
        (2.0, {"sustain": 0.0}, "short"),
        (2.0, {"sustain": -1.0}, "short"),
        (None, {"legato": 0.0}, "short"),
        (None, {"delta": 0.0}, "short"),
        (2.0, {"loop": 0.0}, "short"),
        (2.0, {"timescale": 0.0}, "short"),
        (2.0, {"speed": 1e9}, "short"),
        (2.0, {"sustain": -1.0, "timescale": -1.0}, "short"),
        (2.0, {"sustain": 1.0, "timescale": -1.0, "begin": 0.5}, "short"),
    ],
)
def test_what_cannot_sound_is_dropped_and_says_why(natural: float | None, event: Sent, word: str) -> None:
    result = timing(dirt_event(event), natural=natural, sample_rate=RATE)
    assert isinstance(result, Dropped)
    assert word in result.reason


def test_eight_frames_between_the_fades_are_the_least() -> None:
    just = 8.0 / RATE
    assert timed(None, sustain=just * 1.001, fadeTime=0.0).plateau >= just
    assert isinstance(
        timing(dirt_event({"sustain": just * 0.999, "fadeTime": 0.0}), natural=None, sample_rate=RATE), Dropped
    )


def test_long_fades_of_a_very_long_event_leave_a_plateau() -> None:
    times = timed(1.0, begin=0.5, loop=1e9, fadeTime=1e9)
    assert times.duration == LONGEST
    assert times.plateau > LONGEST / 2
