"""Modulated sines, and the phase as a signal."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import jv

from dsp.lanes import LANES
from harness import render, twin
from spectra import amplitude, between_partials, decibel

RATE = 48000.0
SECOND = 48000
T = np.arange(SECOND)


@pytest.mark.parametrize("index", [0.0, 0.5, 2.0, 6.0])
def test_fm_has_sidebands_of_bessel_functions(index: float) -> None:
    carrier, modulator = 5000.0, 370.0
    params = {"freq": carrier, "ratio": modulator / carrier, "index": index}
    y = render("fm", SECOND, params=params)["y"][:, 0]
    for k in range(-8, 9):
        assert amplitude(y, carrier + k * modulator) == pytest.approx(abs(jv(k, index)), abs=2e-3), k


def test_fm_goes_through_zero() -> None:
    """Sidebands below 0 Hz are reflected with the opposite sign: partials of 100 Hz are then J(n) -+ J(n + 2) ..."""
    y = render("fm", SECOND, params={"freq": 100.0, "ratio": 1.0, "index": 4.0})["y"][:, 0]
    want = np.sin(2 * np.pi * 100 / RATE * T + 4 * np.sin(2 * np.pi * 100 / RATE * T))
    assert np.abs(y - want).max() < 1e-3
    assert amplitude(y, 100.0) == pytest.approx(abs(jv(0, 4) - jv(-2, 4)), abs=1e-3)


def test_the_modulator_may_have_a_frequency_of_its_own() -> None:
    y = render("fm", SECOND, params={"freq": 4000.0, "ratio": 0.0, "detune": 250.0, "index": 1.5})["y"][:, 0]
    assert amplitude(y, 4250.0) == pytest.approx(jv(1, 1.5), abs=2e-3)
    assert decibel(between_partials(y, 250.0, 20, 20000)) < -85


@pytest.mark.parametrize("index", [0.0, 1.0, -2.5])
def test_pm_turns_the_phase_by_radians(index: float) -> None:
    x = np.random.default_rng(1).uniform(-1, 1, (4800, LANES)).astype(np.float32)
    y = twin("pm", 4800, inputs={"modulation": x}, params={"freq": 321.0, "index": index})["y"]
    want = np.sin(2 * np.pi * 321 / RATE * T[:4800, None] + index * x)
    assert np.abs(y - want).max() < 1e-4


@pytest.mark.parametrize("depth", [0.0, 0.3, 1.0])
def test_fmcrossmod_puts_sidebands_about_its_input(depth: float) -> None:
    x, m = (np.sin(2 * np.pi * f / RATE * T)[:, None] * np.ones(LANES) for f in (6000.0, 400.0))
    y = render("fmcrossmod", SECOND, inputs={"x": x, "modulator": m}, params={"depth": depth})["y"][:, 0]
    radians = 2 * np.pi * depth
    assert amplitude(y, 6000.0) == pytest.approx(abs(jv(0, radians)), abs=2e-3)
    for k in (2, 4, 6):  # a cosine has only even sidebands
        assert amplitude(y, 6000.0 + 400 * k) == pytest.approx(abs(jv(k, radians)), abs=2e-3)
        assert amplitude(y, 6000.0 + 400 * (k - 1)) < 1e-3


# --- phasor --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("freq", [0.5, 100.0, -440.0])
def test_phasor_is_a_ramp_from_its_phase(freq: float) -> None:
    phase = np.arange(LANES) / 16
    y = render("phasor", 4800, params={"freq": freq, "phase": phase})["y"]
    want = np.mod(phase + np.outer(T[:4800], np.full(LANES, freq / RATE)), 1.0)
    apart = np.abs(y - want)
    assert np.minimum(apart, 1 - apart).max() < 1e-5
    assert y.min() >= 0.0
    assert y.max() <= 1.0


def test_phasor_begins_anew_at_a_reset() -> None:
    reset = np.zeros((1000, LANES), np.float32)
    reset[300:400] = 1.0  # a long pulse is one rise
    reset[700] = 1.0
    y = twin("phasor", 1000, params={"freq": 10.0, "phase": 0.25, "reset": reset})["y"][:, 0]
    for start, end in ((0, 300), (300, 700), (700, 1000)):
        assert y[start:end] == pytest.approx(0.25 + np.arange(end - start) * 10 / RATE, abs=1e-6)
