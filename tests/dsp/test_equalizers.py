"""Equalizers and biquads, compared with the formulas of the Audio EQ Cookbook in float64."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import freqz

from dsp.lanes import LANES
from harness import render
from responses import CUTOFFS, HERTZ, RATE, assert_levels, levels, response, warped


def cookbook(shape: str, f: float, q: float, gain: float = 0.0) -> np.ndarray:
    """Response at HERTZ of one of the cookbook's filters."""
    w = 2 * np.pi * f / RATE
    c, alpha, a = np.cos(w), np.sin(w) / (2 * q), 10 ** (gain / 40)
    root = 2 * np.sqrt(a) * alpha
    b, den = {
        "low": ([(1 - c) / 2, 1 - c, (1 - c) / 2], [1 + alpha, -2 * c, 1 - alpha]),
        "high": ([(1 + c) / 2, -1 - c, (1 + c) / 2], [1 + alpha, -2 * c, 1 - alpha]),
        "band": ([alpha, 0, -alpha], [1 + alpha, -2 * c, 1 - alpha]),
        "notch": ([1, -2 * c, 1], [1 + alpha, -2 * c, 1 - alpha]),
        "peak": ([1 + alpha * a, -2 * c, 1 - alpha * a], [1 + alpha / a, -2 * c, 1 - alpha / a]),
        "low_shelf": (
            [a * (a + 1 - (a - 1) * c + root), 2 * a * (a - 1 - (a + 1) * c), a * (a + 1 - (a - 1) * c - root)],
            [a + 1 + (a - 1) * c + root, -2 * (a - 1 + (a + 1) * c), a + 1 + (a - 1) * c - root],
        ),
        "high_shelf": (
            [a * (a + 1 + (a - 1) * c + root), -2 * a * (a - 1 + (a + 1) * c), a * (a + 1 + (a - 1) * c - root)],
            [a + 1 - (a - 1) * c + root, 2 * (a - 1 - (a + 1) * c), a + 1 - (a - 1) * c - root],
        ),
    }[shape]
    return np.asarray(freqz(b, den, HERTZ, fs=RATE)[1])


def all_lanes(shape: str, q: float, gain: float = 0.0) -> np.ndarray:
    return np.stack([cookbook(shape, f, q, gain) for f in CUTOFFS.astype(np.float32).astype(np.float64)], 1)


@pytest.mark.parametrize("gain", [-24.0, -6.0, 0.0, 3.0, 18.0])
@pytest.mark.parametrize("q", [0.5, 0.70710678, 4.0])
@pytest.mark.parametrize("kind", ["peak", "low_shelf", "high_shelf"])
def test_bells_and_shelves_are_the_cookbooks(kind: str, q: float, gain: float) -> None:
    assert_levels(response(kind, freq=CUTOFFS, gain=gain, q=q), all_lanes(kind, q, gain), 0.05)


@pytest.mark.parametrize("q", [0.5, 0.70710678, 8.0])
@pytest.mark.parametrize("shape", ["low", "high", "band", "notch"])
def test_biquads_are_the_cookbooks(shape: str, q: float) -> None:
    # deep in a notch, the last bits of the coefficients matter
    tolerance, floor = (0.6, -30.0) if shape == "notch" else (0.1, -70.0)
    assert_levels(response(f"biquad_{shape}", freq=CUTOFFS, q=q), all_lanes(shape, q), tolerance, floor)


def test_notch_takes_out_one_frequency_only() -> None:
    assert_levels(response("notch", freq=CUTOFFS, q=2.0), all_lanes("notch", 2.0), 0.05)
    tone = np.sin(2 * np.pi * 1000 / RATE * np.arange(9600))[:, None] * np.ones(LANES)
    y = render("notch", 9600, inputs={"x": tone}, params={"freq": 1000.0, "q": 4.0})["y"]
    assert np.abs(y[4800:]).max() < 1e-3
    beside = render("notch", 9600, inputs={"x": tone}, params={"freq": 3000.0, "q": 4.0})["y"]
    assert np.abs(beside[4800:]).max() == pytest.approx(1.0, abs=0.01)


def test_three_bands_are_three_bells_in_a_row() -> None:
    settings = {"freq1": 150.0, "gain1": 9.0, "q1": 0.7, "freq2": 900.0, "gain2": -12.0, "q2": 3.0}
    settings |= {"freq3": 5000.0, "gain3": 6.0, "q3": 1.5}
    want = np.prod(
        [cookbook("peak", settings[f"freq{k}"], settings[f"q{k}"], settings[f"gain{k}"]) for k in (1, 2, 3)], 0
    )
    assert_levels(response("parametric_eq", **settings)[:, 0], want, 0.05)
    assert np.abs(levels(response("parametric_eq"))).max() < 1e-4  # its defaults change nothing


@pytest.mark.parametrize("gain", [-12.0, 6.0, 20.0])
def test_tilt_turns_about_its_pivot(gain: float) -> None:
    a, s = 10 ** (gain / 20), warped(CUTOFFS)
    assert_levels(response("tilt", freq=CUTOFFS, gain=gain), (a * s + 1) / (s + a), 0.05)
    low = levels(response("tilt", freq=1000.0, gain=gain))[:, 0]
    assert low[np.argmin(np.abs(HERTZ - 1000))] == pytest.approx(0.0, abs=0.1)
    assert low[0] == pytest.approx(-gain, abs=0.5)


@pytest.mark.parametrize("kind", ["peak", "low_shelf", "high_shelf", "notch", "tilt"])
def test_knobs_that_jump_at_every_row_do_not_burst(kind: str) -> None:
    rng = np.random.default_rng(5)
    frames = 4800
    x = rng.uniform(-1, 1, (frames, LANES)).astype(np.float32)
    params = {"freq": np.exp(rng.uniform(np.log(50), np.log(15000), (frames, LANES)))}
    if kind in ("peak", "low_shelf", "high_shelf", "tilt"):
        params["gain"] = rng.uniform(-12, 12, (frames, LANES))
    if kind != "tilt":
        params["q"] = rng.uniform(0.5, 2.0, (frames, LANES))
    y = render(kind, frames, inputs={"x": x}, params=params)["y"]
    assert np.abs(y).max() < 40.0


@pytest.mark.parametrize("kind", ["peak", "low_shelf", "high_shelf", "tilt", "notch", "biquad_low", "biquad_notch"])
@pytest.mark.parametrize("value", [np.nan, np.inf, 3e38], ids=str)
def test_what_is_no_sound_is_forgotten(kind: str, value: float) -> None:
    x = np.zeros((2000, LANES), np.float32)
    x[10:20] = value
    assert np.abs(render(kind, 2000, inputs={"x": x})["y"][1900:]).max() < 1e-3
