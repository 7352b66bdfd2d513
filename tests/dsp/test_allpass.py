"""Filters that change only the phase, the quadrature pair, and the crossover."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from dsp.lanes import LANES
from harness import render
from responses import CUTOFFS, HERTZ, RATE, assert_levels, levels, response, responses, warped


def test_allpass_follows_its_recursion() -> None:
    x = np.random.default_rng(1).uniform(-1, 1, (1000, LANES)).astype(np.float32)
    c = np.linspace(-0.95, 0.95, LANES).astype(np.float32)
    y = render("allpass", 1000, inputs={"x": x}, params={"coefficient": c})["y"]
    for lane, k in enumerate(c.astype(np.float64)):
        assert y[:, lane] == pytest.approx(lfilter([k, 1], [1, k], x[:, lane]), abs=1e-5)


@pytest.mark.parametrize("q", [0.5, 0.70710678, 5.0])
def test_allpass2_turns_by_half_a_cycle_at_its_frequency(q: float) -> None:
    h, s = response("allpass2", freq=CUTOFFS, q=q), warped(CUTOFFS)
    assert np.abs(levels(h)).max() < 0.01
    assert np.abs(h - (s * s - s / q + 1) / (s * s + s / q + 1)).max() < 3e-3


def test_hilbert_is_a_quarter_of_a_cycle_behind_and_as_loud() -> None:
    h = responses("hilbert")
    heard = HERTZ > 0.002 * RATE
    re, im = h["re"][heard, 0], h["im"][heard, 0]
    assert np.abs(levels(h["re"])).max() < 0.05
    assert np.abs(levels(h["im"])).max() < 0.05
    assert np.abs(np.degrees(np.angle(im / re)) + 90).max() < 0.75


@pytest.mark.parametrize("shift", [100.0, -250.0])
def test_hilbert_shifts_frequencies(shift: float) -> None:
    frames = 24000
    t = np.arange(frames)
    tone = np.cos(2 * np.pi * 1000 / RATE * t)[:, None] * np.ones(LANES)
    out = render("hilbert", frames, inputs={"x": tone})
    turn = 2 * np.pi * shift / RATE * t
    y = out["re"][:, 0] * np.cos(turn) - out["im"][:, 0] * np.sin(turn)
    spectrum = np.abs(np.fft.rfft(y[12000:] * np.hanning(12000)))
    hertz = np.fft.rfftfreq(12000, 1 / RATE)
    assert hertz[spectrum.argmax()] == pytest.approx(1000 + shift, abs=4)
    mirror = spectrum[np.argmin(np.abs(hertz - (1000 - shift)))]
    assert 20 * np.log10(mirror / spectrum.max()) < -40


def test_crossover_is_linkwitz_and_rileys_and_adds_up() -> None:
    h, s = responses("crossover", freq=CUTOFFS), warped(CUTOFFS)
    butterworth = s * s + np.sqrt(2) * s + 1
    assert_levels(h["low"], 1 / butterworth**2)
    assert_levels(h["high"], (s * s / butterworth) ** 2)
    assert np.abs(levels(h["low"] + h["high"])).max() < 0.01
    at = np.argmin(np.abs(HERTZ[:, None] - CUTOFFS), axis=0)
    assert levels(h["low"])[at, np.arange(LANES)] == pytest.approx(-6.02, abs=0.5)


@pytest.mark.parametrize("kind", ["allpass", "allpass2", "hilbert", "crossover"])
def test_what_is_no_sound_is_forgotten(kind: str) -> None:
    x = np.zeros((4000, LANES), np.float32)
    x[10:20] = np.nan
    assert all(np.abs(rows[3900:]).max() < 1e-3 for rows in render(kind, 4000, inputs={"x": x}).values())
