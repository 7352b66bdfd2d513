"""Kinds made for one synth of SuperDirt each: a chip's square, a bank of comparators, pulses with feedback."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import render, twin
from spectra import cents, decibel, pitch

RATE = 48000.0
PITCHES = np.geomspace(60.0, 4000.0, LANES).astype(np.float32)


def test_a_chip_plays_whole_periods_of_96000_ticks() -> None:
    y = render("chip_square", 48000, params={"freq": PITCHES})["y"]
    for lane, freq in enumerate(PITCHES):
        period = np.floor(np.float32(110300.0) / (freq - np.float32(0.5)))
        assert abs(cents(pitch(y[:, lane] - y[:, lane].mean(), 96000.0 / float(period)), 96000.0 / float(period))) < 0.5
    assert y.min() == 0.0
    assert y.max() == 1.0
    assert np.abs(y.mean(0) - 0.5).max() < 0.01


def test_a_chip_is_high_as_it_begins_and_its_edges_are_the_mean_of_four_ticks() -> None:
    """110300 / (440 - 0.5) is 250.97: 250 ticks, which are 62.5 frames."""
    y = twin("chip_square", 200, params={"freq": 440.0})["y"][:, 0]
    assert (y[:62] == 1.0).all()
    assert y[62] == 0.5
    assert not y[63:125].any()
    assert (y[125:187] == 1.0).all()


def comparing(x: np.ndarray, spread: float) -> np.ndarray:
    """(left, right) of every frame, computed separately: sixteen triangles, panned from left to right at equal power."""
    ratios = np.array([1, 2.188, 5.091, 8.529, 8.95, 9.305, 13.746, 14.653, 19.462, 22.003, 24.888, 25.991, 26.085, 30.509,
                       33.608, 35.081])  # fmt: skip
    turns = np.outer(np.arange(len(x)) / RATE, ratios**spread)
    triangles = 2.0 / np.pi * np.arcsin(np.sin(2.0 * np.pi * turns))
    angles = np.linspace(0.0, 0.5 * np.pi, 16)
    return (x[:, None] > triangles) @ np.stack([np.cos(angles), np.sin(angles)], 1) / 4.0


@pytest.mark.parametrize("spread", [0.0, 0.1, 1.0])
def test_comparators_count_the_triangles_below(spread: float) -> None:
    x = np.sin(np.arange(48000) * 0.013).astype(np.float32)
    y = render("comparators", 48000, inputs={"x": np.tile(x[:, None], LANES)}, params={"spread": spread})
    want = comparing(x.astype(float), spread)
    for side, name in enumerate(("left", "right")):
        off = np.abs(y[name][:, 0] - want[:, side]) > 1e-4
        assert off.mean() < 0.005, "except frames in which both are equal"


def test_fed_pulses_beat_about_their_pitch() -> None:
    """Two pitches 2 Hz apart: twice a second they add up, and in between they cancel except for the edges."""
    y = render("fed_pulses", 96000, params={"freq": 262.0})["y"][24000:, 0]
    levels = np.abs(np.fft.rfft(y * np.hanning(len(y)), 4 * 48000))
    loudest = np.sort(4 * 262 - 40 + np.argsort(levels[4 * 262 - 40 : 4 * 262 + 41])[-40:])
    assert levels[4 * 261] > 20 * levels[4 * 262] < levels[4 * 263] / 20
    assert {4 * 261, 4 * 263} <= set(loudest.tolist())


def test_fed_pulses_change_their_width_once_a_block_and_lose_dc() -> None:
    y = render("fed_pulses", 96000, params={"freq": 110.0, "voice": np.linspace(0.0, 1.4, LANES)})["y"][48000:]
    assert np.isfinite(y).all()
    assert np.abs(y).max() < 3.0
    assert np.abs(y.mean(0)).max() < 0.02


def test_voice_makes_fed_pulses_narrower() -> None:
    y = render("fed_pulses", 96000, params={"freq": 220.0, "voice": np.array([0.0, 0.75] * (LANES // 2))})["y"][48000:]
    spectra = np.abs(np.fft.rfft(y[:, :2] * np.hanning(48000)[:, None], axis=0))
    second = [spectra[439, lane] + spectra[441, lane] for lane in (0, 1)]
    assert decibel(float(second[0] / second[1])) < -12, "a square has no second partial"
