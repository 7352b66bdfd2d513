"""Waveforms from samples: pitch, morphing, seams, and the documented aliases."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import Sound, render
from spectra import amplitude, between_partials, cents, decibel, pitch

RATE = 48000.0
SECOND = 48000
PITCHES = np.geomspace(27.5, 7040.0, LANES).astype(np.float32)


def table(*partials: dict[int, float], frames: int = 2048, rate: float = RATE) -> Sound:
    """Cycles one after another; each is the sum of sines with these amplitudes."""
    t = np.arange(frames) / frames
    left = np.concatenate([sum(a * np.sin(2 * np.pi * k * t) for k, a in cycle.items()) for cycle in partials])
    return np.stack([left, np.full_like(left, 9.0)], 1).astype(
        np.float32
    ), rate  # the right channel must not be audible


def play(frames: int, sound: Sound, **params: object) -> np.ndarray:
    return render("wavetable", frames, params={"buffer": 1.0, **params}, buffers=[sound])["y"]


@pytest.mark.parametrize("rate", [22050.0, 48000.0])
@pytest.mark.parametrize("frames", [64, 600, 2048])
def test_the_pitch_is_the_frequency_whatever_the_table(frames: int, rate: float) -> None:
    y = play(SECOND, table({1: 1.0}, frames=frames, rate=rate), freq=PITCHES)
    for lane, freq in enumerate(PITCHES):
        assert abs(cents(pitch(y[:, lane], float(freq)), float(freq))) < 0.01, freq


def test_partials_are_the_tables() -> None:
    wanted = {1: 0.6, 2: 0.3, 5: 0.2, 16: 0.1}
    y = play(SECOND, table(wanted), freq=441.7)[:, 0]
    for k in range(1, 20):
        assert amplitude(y, 441.7 * k) == pytest.approx(wanted.get(k, 0.0), abs=1e-4), k
    assert decibel(between_partials(y, 441.7, 20, 24000)) < -85


def test_there_is_no_seam() -> None:
    y = play(4800, table({1: 1.0}, frames=32), freq=100.0, phase=0.25)[:, 0]
    assert np.abs(y - np.cos(2 * np.pi * 100 / RATE * np.arange(4800))).max() < 1e-3


def test_morphing_fades_from_cycle_to_cycle() -> None:
    sound = table({1: 1.0}, {2: 1.0}, {3: 1.0}, {4: 1.0})
    morph = np.linspace(0.0, 1.0, LANES)
    y = play(SECOND, sound, freq=300.0, cycles=4.0, morph=morph)
    for lane, place in enumerate(morph * 3):
        got = [amplitude(y[:, lane], 300.0 * k) for k in (1, 2, 3, 4)]
        assert got == pytest.approx([max(0.0, 1 - abs(place - k)) for k in range(4)], abs=2e-3)


def test_partials_above_half_the_rate_fold_back_as_the_documentation_says() -> None:
    y = play(SECOND, table({1: 0.5, 30: 0.5}), freq=1000.0)[:, 0]
    assert amplitude(y, 18000.0) == pytest.approx(0.5, abs=0.02)  # 30 kHz


@pytest.mark.parametrize("frames", [1, 2, 3, 5])
def test_the_shortest_tables_do_no_harm(frames: int) -> None:
    sound = np.ones((frames, 2), np.float32), RATE
    assert np.abs(play(4800, sound, freq=441.0, cycles=7.0, morph=0.6) - 1.0).max() < 1e-5


def test_a_sample_that_is_not_loaded_is_silence() -> None:
    assert not play(480, table({1: 1.0}), buffer=7.0).any()
