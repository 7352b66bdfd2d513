"""Grains of the input: their windows, their pitch, their reach into the past, and their stereo position."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import render

SECOND = 48000
EVEN = {"irregular": 0.0, "spread": 0.0, "reach": 0.0}


def cloud(x: np.ndarray, **params: object) -> tuple[np.ndarray, np.ndarray]:
    rows = np.repeat(x.astype(np.float32)[:, None], LANES, axis=1)
    out = render("granular", len(x), inputs={"x": rows}, params=params)
    return out["left"], out["right"]


def test_a_grain_is_a_hann_window_over_the_input() -> None:
    t = np.arange(9600)
    x = np.sin(2.0 * np.pi * 300.0 * t / SECOND)
    left, right = cloud(x, size=0.02, density=10.0, **EVEN)
    window = np.where(t % 4800 < 960, np.sin(np.pi * (t % 4800) / 960) ** 2, 0.0)
    assert np.abs(left[:, 0] - window * x).max() < 5e-3
    assert np.array_equal(left, right)


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0, 4.0, -1.0, -2.0])
def test_grains_run_at_the_pitch(speed: float) -> None:
    t = np.arange(2 * SECOND)
    x = np.sin(2.0 * np.pi * 200.0 * t / SECOND)
    left, _ = cloud(x, size=0.25, density=1.0, pitch=speed, **EVEN)
    grain = left[SECOND + 1000 : SECOND + 11000, 0]
    strongest = np.abs(np.fft.rfft(grain * np.hanning(len(grain)))).argmax() * SECOND / len(grain)
    assert strongest == pytest.approx(200.0 * abs(speed), abs=1.5 * SECOND / len(grain))


def test_reach_is_how_long_ago_grains_begin() -> None:
    """The input is a ramp, so the delay of the output shows how far back the grain began."""
    ramp = np.arange(2 * SECOND) / SECOND
    back = []
    left, _ = cloud(ramp, size=0.01, density=20.0, **{**EVEN, "reach": 0.4})
    for begin in range(SECOND, 2 * SECOND - 2400, 2400):
        middle = begin + 240  # where the window's value is 1
        back.extend(ramp[middle] - left[middle, :])
    assert 0.0 <= min(back) + 1e-3 and max(back) <= 0.4 + 1e-3
    assert np.mean(back) == pytest.approx(0.2, abs=0.02) and np.std(back) == pytest.approx(0.4 / 12**0.5, rel=0.1)


def test_spread_places_grains_between_left_and_right() -> None:
    left, right = cloud(np.ones(SECOND), size=0.01, density=20.0, **{**EVEN, "spread": 1.0})
    middle = slice(240, None, 2400)
    sides = np.minimum(left[middle], right[middle]) / np.maximum(left[middle], right[middle])
    assert sides.min() < 0.1 and sides.max() > 0.8
    assert np.all(np.maximum(left[middle], right[middle]) == pytest.approx(1.0, abs=5e-3))


def test_the_power_does_not_depend_on_how_many_grains_overlap() -> None:
    noise = np.random.default_rng(1).standard_normal(2 * SECOND) * 0.1
    powers = []
    for density in (20.0, 60.0, 100.0):
        left, _ = cloud(noise, size=0.05, density=density, irregular=1.0, spread=0.0, reach=0.5)
        powers.append(float(np.square(left[SECOND:]).mean()))
    assert max(powers) < 1.5 * min(powers)
