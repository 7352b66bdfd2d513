"""Followers and detectors: time constants, frequencies and onsets of known signals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import sawtooth

from dsp.lanes import LANES
from harness import render

RATE = 48000.0


def rows(x: np.ndarray) -> np.ndarray:
    return np.tile(np.float32(x)[:, None], (1, LANES))


def run(kind: str, x: np.ndarray, **params: object) -> np.ndarray:
    x = x if x.ndim == 2 else rows(x)
    return render(kind, len(x), inputs={"x": x}, params=params)["y"].astype(np.float64)


# --- followers -----------------------------------------------------------------------------------------------------
def test_peak_follower_rises_at_once_and_falls_in_its_time() -> None:
    x = np.zeros(4000)
    x[100] = -0.8
    times = np.geomspace(0.001, 0.05, LANES)
    y = run("peak_follower", x, release=times)
    assert not y[:100].any() and y[100] == pytest.approx(0.8)
    after = np.arange(3900)[:, None]
    assert y[100:] == pytest.approx(0.8 * np.exp(-after / (times * RATE)), rel=1e-4, abs=1e-9)


def test_amp_follower_has_a_time_up_and_a_time_down() -> None:
    x = np.zeros(9600)
    x[:4800] = np.where(np.arange(4800) % 2, 0.5, -0.5)
    y = run("amp_follower", x, attack=0.01, release=0.03)[:, 0]
    t = np.arange(1, 4801)
    assert y[:4800] == pytest.approx(0.5 * (1 - np.exp(-t / 480)), rel=1e-4)
    assert y[4800:] == pytest.approx(y[4799] * np.exp(-t / 1440), rel=1e-4)


def test_a_very_long_time_is_still_exact() -> None:
    y = run("amp_follower", np.ones(4800), attack=100.0)[:, 0]
    assert y[-1] == pytest.approx(1 - np.exp(-0.001), rel=2e-4)


def test_rms_is_the_exponential_mean_of_squares() -> None:
    x = np.random.default_rng(1).normal(0, 0.3, 2000)
    weights = np.exp(-np.arange(2000) / (0.005 * RATE))
    want = np.sqrt(np.convolve(x**2, weights)[:2000] * (1 - np.exp(-1 / (0.005 * RATE))))
    assert run("rms", x, window=0.005)[:, 0] == pytest.approx(want, rel=2e-4)


# --- zero crossings ------------------------------------------------------------------------------------------------
def test_zero_crossing_tells_the_frequency_of_a_sine() -> None:
    freqs = np.geomspace(30, 3000, LANES)
    x = 0.5 * np.sin(2 * np.pi * np.outer(np.arange(9600), freqs) / RATE)
    y = run("zero_crossing", x)
    assert y[-1] == pytest.approx(freqs, rel=1e-3)
    assert not y[:200, 0].any()  # only after the second crossing


def test_zero_crossing_ignores_ripples_and_notices_silence() -> None:
    t = np.arange(9600) / RATE
    x = np.where(t < 0.1, np.sin(2 * np.pi * 200 * t) + 0.05 * np.sin(2 * np.pi * 9000 * t), 0.0)
    y = run("zero_crossing", x, threshold=0.2, lowest=50.0)[:, 0]
    assert y[4000] == pytest.approx(200, rel=0.02)
    assert y[4795] > 0 and not y[4800 + 1000 :].any()


# --- onsets --------------------------------------------------------------------------------------------------------
def test_transient_finds_each_hit_once() -> None:
    hits = [1000, 7000, 13000, 25000, 31000]
    t = np.arange(38400)
    noise = np.random.default_rng(2).uniform(-1, 1, t.size)
    x = sum(np.where(t >= k, np.exp(-(t - k) / 2400), 0) for k in hits) * noise + 0.001 * noise
    found = np.flatnonzero(run("transient", x)[:, 0])
    assert len(found) == len(hits)
    assert ((found >= hits) & (found < np.array(hits) + 240)).all()  # within 5 ms


def test_transient_keeps_still_below_its_floor_and_within_its_gap() -> None:
    x = np.zeros(24000)
    x[1000:1100] = x[3000:3100] = 0.5
    x[20000:20100] = 0.005
    pulses = run("transient", x, gap=0.1)[:, 0]
    assert np.flatnonzero(pulses).size == 1


# --- pitch ---------------------------------------------------------------------------------------------------------
PITCHES = np.geomspace(55.0, 1100.0, LANES)


def tracked(wave: np.ndarray, **params: object) -> dict[str, np.ndarray]:
    return render("pitch", len(wave), inputs={"x": wave.astype(np.float32)}, params=params)


@pytest.mark.parametrize("shape", ["sine", "saw", "pulse", "missing fundamental"])
def test_pitch_finds_the_fundamental(shape: str) -> None:
    angle = 2 * np.pi * np.outer(np.arange(9600), PITCHES) / RATE
    wave = {
        "sine": np.sin(angle),
        "saw": sawtooth(angle),
        "pulse": np.where(np.sin(angle) > 0.8, 1.0, 0.0),
        "missing fundamental": np.sin(2 * angle) + np.sin(3 * angle) + 0.5 * np.sin(4 * angle),
    }[shape]
    out = tracked(0.2 * wave)
    cents = 1200 * np.log2(out["freq"][-1] / PITCHES)
    assert np.abs(cents).max() < (12 if shape == "missing fundamental" else 8)
    assert out["clarity"][-1].min() > 0.9


def test_pitch_follows_a_change_within_a_few_windows() -> None:
    t = np.arange(14400)
    freq = np.where(t < 7200, 220.0, 330.0)
    wave = np.sin(2 * np.pi * np.cumsum(freq) / RATE)
    out = tracked(rows(wave), window=0.02)["freq"][:, 0]
    assert out[7100] == pytest.approx(220, rel=0.005)
    assert out[7200 + 4800] == pytest.approx(330, rel=0.005)


def test_noise_and_silence_have_no_clear_pitch() -> None:
    noise = np.random.default_rng(3).normal(0, 0.3, (9600, LANES))
    out = tracked(np.concatenate([noise, np.zeros((14400, LANES))]))
    assert np.median(out["clarity"][9000]) < 0.7
    assert np.isfinite(out["freq"]).all() and (out["clarity"][-1] <= 1.0).all()
