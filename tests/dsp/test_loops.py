"""Losses and tuning of loops, compared with their transfer functions (in plain NumPy; tests of the kinds cover the rest)."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.math.hyperbolic import tanh_over
from dsp.math.loops import loop_damping, loop_gain, one_pole_delay, whole_and_tuning

RATE = 48000.0
FREQS = np.geomspace(30.0, 5000.0, 40).astype(np.float32)


def test_a_turn_takes_its_share_of_60_db() -> None:
    assert loop_gain(2.0, FREQS) ** (2.0 * FREQS) == pytest.approx(1e-3, rel=1e-2)


@pytest.mark.parametrize("brightness", [0.1, 1.0, 10.0])
def test_damping_takes_60_db_off_2_khz(brightness: float) -> None:
    low = FREQS[FREQS < 400].astype(np.float64)
    p = loop_damping(brightness, low.astype(np.float32), np.float32(1 / RATE)).astype(np.float64)
    one_turn = np.abs(p / (1 - (1 - p) * np.exp(-2j * np.pi * 2000 / RATE)))
    assert 20 * np.log10(one_turn) * low * brightness == pytest.approx(-60.0, rel=2e-2)


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9])
def test_one_pole_delay_is_its_phase_delay(keep: float) -> None:
    f = FREQS / np.float32(RATE)
    turn = np.exp(-2j * np.pi * f.astype(np.float64))
    want = -np.angle(1 / (1 - keep * turn)) / (2 * np.pi * f)
    assert one_pole_delay(np.float32(keep), f) == pytest.approx(want, rel=1e-4)


def test_whole_frames_and_all_pass_make_the_delay() -> None:
    f = FREQS / np.float32(RATE)
    frames = np.linspace(3.0, 300.7, len(f)).astype(np.float32)
    whole, c = (v.astype(np.float64) for v in whole_and_tuning(frames, f))
    turn = np.exp(-2j * np.pi * f.astype(np.float64))
    all_pass = (c + turn) / (1 + c * turn)
    assert whole - np.angle(all_pass) / (2 * np.pi * f) == pytest.approx(frames, abs=1e-4)
    assert (whole == np.floor(whole)).all()
    assert np.abs(c).max() < 1.0


def test_tanh_over() -> None:
    x = np.linspace(-7.5, 7.5, 1002).astype(np.float32)
    assert tanh_over(x) == pytest.approx(np.tanh(x.astype(np.float64)) / x, rel=1e-5)
    wild = tanh_over(np.array([0.0, 1e18, -np.inf, np.nan], np.float32))
    assert wild == pytest.approx([1.0, 1 / 7.5, 1 / 7.5, 1 / 7.5], rel=1e-4)
