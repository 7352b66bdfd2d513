"""The string and its hammer: tuning, decay, stiffness, touch."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import render
from spectra import amplitude, cents, decibel, pitch

SECOND = 48000
NOTES = np.resize(np.float32(27.5 * 2 ** (np.arange(22) * 4 / 12)), LANES)  # from A0 in major thirds to above 3520 Hz
NOTES[22:] = np.geomspace(3600, 4186, LANES - 22)


def struck(frames: int, freq: np.ndarray | float, rate: float = 48000.0, **params: float) -> np.ndarray:
    """Strings after the blow of a hammer."""
    touch = {k: params.pop(k) for k in ("velocity", "muffle", "position") if k in params}
    blow = render("hammer", frames, rate=rate, params={"freq": freq, **touch})["y"]
    return render("string", frames, rate=rate, inputs={"x": blow}, params={"freq": freq, **params})["y"]


@pytest.mark.parametrize("rate", [44100.0, 48000.0, 96000.0])
@pytest.mark.parametrize("stiffness", [0.0, 4e-4])
def test_tuning_from_a0_to_c8(rate: float, stiffness: float) -> None:
    y = struck(SECOND, NOTES, rate, stiffness=stiffness, decay=10.0, brightness=4.0)
    for lane, freq in enumerate(NOTES):
        assert abs(cents(pitch(y[4000:28000, lane], float(freq), rate), float(freq))) < 0.5, freq


def test_tuning_does_not_depend_on_the_losses() -> None:
    for brightness in (0.2, 20.0):
        y = struck(SECOND, 220.0, brightness=brightness)[:, 0]
        assert abs(cents(pitch(y[2000:20000], 220.0), 220.0)) < 0.5


def test_low_partials_decay_in_the_time_told() -> None:
    times = np.geomspace(0.5, 8.0, LANES)
    y = struck(SECOND, 110.0, decay=times, brightness=1000.0)
    for lane, seconds in enumerate(times):
        first, later = (amplitude(y[at : at + 9600, lane], 110.0) for at in (4800, 24000))
        assert decibel(later / first) == pytest.approx(-60 * 0.4 / seconds, rel=0.03), seconds


def test_brightness_is_the_decay_at_2_khz() -> None:
    y = struck(SECOND, 200.0, decay=1000.0, brightness=1.0)[:, 0]
    for freq, share in ((2000.0, 1.0), (1000.0, 0.25)):  # these losses grow with the square of frequency
        first, later = (amplitude(y[at : at + 9600], freq) for at in (4800, 24000))
        assert decibel(later / first) == pytest.approx(-60 * 0.4 * share, rel=0.06), freq


@pytest.mark.parametrize(("freq", "stiffness"), [(55.0, 3e-4), (261.63, 4e-4), (1046.5, 5e-4)])
def test_stiffness_stretches_low_partials(freq: float, stiffness: float) -> None:
    y = struck(SECOND, freq, stiffness=stiffness, decay=20.0, brightness=10.0)[4000:40000, 0]
    for n in (2, 3, 4, 6) if freq < 1000 else (2, 3, 4):
        wanted = n * np.sqrt((1 + stiffness * n * n) / (1 + stiffness)) * freq
        assert abs(cents(pitch(y, wanted), wanted)) < 2.5, n
    straight = struck(SECOND, freq, decay=20.0, brightness=10.0)[4000:40000, 0]
    assert abs(cents(pitch(straight, 6 * freq), 6 * freq)) < 1


def test_a_harder_blow_is_louder_and_brighter() -> None:
    velocity = np.linspace(0.1, 1.0, LANES)
    y = struck(12000, 261.63, velocity=velocity)
    low = np.array([amplitude(y[2000:, k], 261.63) for k in range(LANES)])
    high = np.array([amplitude(y[2000:, k], 261.63 * 10) for k in range(LANES)])
    assert (np.diff(low) > 0).all()
    assert (np.diff(high / low) > 0).all()
    assert decibel(high[-1] / low[-1]) - decibel(high[0] / low[0]) > 12


def test_muffle_dulls() -> None:
    y = struck(12000, 261.63, muffle=np.linspace(0, 2, LANES))
    high = np.array([amplitude(y[2000:, k], 261.63 * 8) for k in range(LANES)])
    assert (np.diff(high) < 0).all()


def test_the_place_of_the_blow_mutes_its_partial() -> None:
    y = struck(SECOND // 2, 220.0, position=1 / 8, decay=20.0, brightness=20.0)[2000:, 0]
    beside = amplitude(y, 220.0 * 7)
    assert decibel(amplitude(y, 220.0 * 8) / beside) < -30


def test_hammer_is_over_and_leaves_no_dc() -> None:
    blow = render("hammer", 4800, params={"freq": NOTES})["y"]
    assert not blow[2881:].any()
    late = render("hammer", 64, start_age=100_000, params={"freq": NOTES})["y"]
    assert not late.any()
    assert np.abs(struck(SECOND, NOTES)[SECOND // 2 :].mean(0)).max() < 1e-3


def test_a_string_rings_only_when_excited_and_remembers_nothing_of_earlier_voices() -> None:
    assert not render("string", 4800, params={"freq": NOTES})["y"].any()  # its memory starts as not-a-number


def test_a_bent_string_stays_in_tune_and_bounded() -> None:
    frames = 24000
    bend = np.tile(np.float32(220 * 2 ** (np.minimum(np.arange(frames), 9600) / 9600 / 6))[:, None], (1, LANES))
    blow = render("hammer", frames, params={"freq": 220.0})["y"]
    y = render("string", frames, inputs={"x": blow}, params={"freq": bend, "decay": 10.0})["y"][:, 0]
    assert np.abs(y).max() < 2
    assert abs(cents(pitch(y[12000:], 220 * 2 ** (1 / 6)), 220 * 2 ** (1 / 6))) < 1


def test_noise_in_makes_a_plucked_string() -> None:
    burst = np.zeros((SECOND, LANES), np.float32)
    burst[:110] = np.random.default_rng(1).uniform(-1, 1, (110, LANES))
    y = render("string", SECOND, inputs={"x": burst}, params={"freq": 440.0, "brightness": 0.5})["y"]
    for lane in range(0, LANES, 8):
        assert abs(cents(pitch(y[4000:20000, lane], 440.0), 440.0)) < 1
    assert not np.array_equal(y[:, 0], y[:, 1])
