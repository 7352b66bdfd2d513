"""Harmonics, octaves, faster waves, lower rates: compared with formulas computed sample by sample."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.polynomial.chebyshev import chebval
from scipy.signal import butter, lfilter

from dsp.lanes import LANES
from harness import render
from spectra import amplitude

RATE = 48000.0
NOISE = np.random.default_rng(8).uniform(-1, 1, 3000).astype(np.float32).astype(np.float64)


def sine(freq: float, frames: int, level: float = 1.0) -> np.ndarray:
    return level * np.sin(2 * np.pi * freq * np.arange(frames) / RATE)


def run(kind: str, x: np.ndarray, **params: object) -> np.ndarray:
    rows = np.tile(np.float32(x)[:, None], (1, LANES))
    return render(kind, len(x), inputs={"x": rows}, params=params)["y"][:, 0].astype(np.float64)


# --- Chebyshev -----------------------------------------------------------------------------------------------------
LEVELS = [0.5, 0.3, -0.4, 0.2, 0.1, -0.3, 0.25, 0.15]


def test_chebyshev_sums_the_polynomials() -> None:
    want = chebval(NOISE, [0, *LEVELS]) - chebval(0.0, [0, *LEVELS])
    assert run("chebyshev", NOISE, **{f"h{k}": v for k, v in enumerate(LEVELS, 1)}) == pytest.approx(want, abs=2e-6)


def test_a_full_sine_becomes_the_harmonics_asked_for() -> None:
    y = run(
        "chebyshev", np.cos(2 * np.pi * 500 * np.arange(9600) / RATE), **{f"h{k}": v for k, v in enumerate(LEVELS, 1)}
    )
    assert [amplitude(y, 500.0 * k) for k in range(1, 9)] == pytest.approx(np.abs(LEVELS), abs=1e-3)


# --- SuperDirt's ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("amount", [0.1, 1.0])
def test_triode_presses_the_lower_half(amount: float) -> None:
    g = 10 * amount + 0.001
    bent = np.where(NOISE < 0, np.tanh(g * NOISE) / g, NOISE)
    assert run("triode", NOISE, amount=amount) == pytest.approx(lfilter([1, -1], [1, -0.995], bent), abs=2e-5)


@pytest.mark.parametrize(("k", "cutoff"), [(0.2, 0.0), (0.5, 2000.0), (3.0, 9000.0)])
def test_krush_is_its_curve_through_a_resonant_low_pass(k: float, cutoff: float) -> None:
    bent = (NOISE**2 + k * NOISE) / (NOISE**2 + np.abs(NOISE) * (k - 1) + 1)
    w = 2 * np.pi * (cutoff or 4000.0) / RATE
    d = np.tan(w / 2)
    c = (1 - d) / (1 + d)
    b1 = (1 + c) * np.cos(w)
    low = lfilter(np.array([1, 2, 1]) * (1 + c - b1) / 4, [1, -b1, c], bent)
    turn = min(2 * k, 1) * np.pi / 2
    assert run("krush", NOISE, amount=k, cutoff=cutoff) == pytest.approx(
        np.cos(turn) * NOISE + np.sin(turn) * low, abs=2e-5
    )


@pytest.mark.parametrize("amount", [0.0, 0.4, 1.0, 1.5, 3.0])
def test_octer_blends_an_octave_in_and_away(amount: float) -> None:
    up = 2 * lfilter([1, -1], [1, -0.995], np.abs(NOISE)) * amount
    way = min(amount, 2.0) % 1 if amount < 2 else 1.0
    first, second = (NOISE, up) if amount < 1 else (up, 0 * up)
    want = np.cos(way * np.pi / 2) * first + np.sin(way * np.pi / 2) * second
    assert run("octer", NOISE, amount=amount) == pytest.approx(want, abs=1e-4)


def test_octer_divides_the_bass() -> None:
    x = sine(110, 9600, 0.5) + sine(2200, 9600, 0.2)
    bass = lfilter(*butter(2, 440, fs=RATE), x)
    count = np.cumsum((bass > 0) & (np.concatenate([[0], bass[:-1]]) <= 0))
    want = x + 0.7 * bass * (count % 2) + 0.3 * bass * (np.isin(count % 4, (1, 2)))
    assert run("octer", x, sub=0.7, sub_sub=0.3) == pytest.approx(want, abs=1e-4)


def test_distort_of_superdirt() -> None:
    x, d = 0.7 * NOISE[:2400], 0.6
    over = np.abs(x) - 0.2
    over = np.where(over < 0, over * (1 + over / 0.002) * 0.01, over)
    rings = np.zeros(len(x))
    t = np.arange(len(x)) / RATE
    for freq, seconds in (
        (60.0 + 0 * t, 0.1),
        (61.0 + 0 * t, 0.1),
        (240.0 + 0 * t, 0.05),
        (3000 + 100 * np.sin(2 * np.pi * 62 * t), 0.01),
    ):
        r2 = 0.001 ** (2 / (seconds * RATE))
        b1 = 4 * r2 * np.cos(2 * np.pi * freq / RATE) / (1 + r2)
        y1 = y2 = 0.0
        for i, u in enumerate(x):
            y0 = u + b1[i] * y1 - r2 * y2
            rings[i] += 0.5 * (y0 - y2)
            y1, y2 = y0, y1
    w = 8 * (np.sign(x) * over + 0.1 * d * rings) ** 3
    w = np.where(np.abs(w) <= 0.5, w, (np.abs(w) - 0.25) / np.where(w == 0, 1, w))
    want = np.cos(d * np.pi / 2) * x + 0.5 * np.sin(d * np.pi / 2) * w
    assert run("crossover_distort", x, amount=d) == pytest.approx(
        want, abs=8e-3
    )  # one resonator moves, which this formula does not model
    assert run("crossover_distort", x, amount=0.0) == pytest.approx(x, abs=1e-6)


# --- squiz ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ratio", [1.0, 2.0, 3.0])
def test_squiz_plays_each_wave_faster_and_then_is_silent(ratio: float) -> None:
    period = 480
    x = sine(100, 6 * period)
    y = run("squiz", x, ratio=ratio)
    t = np.arange(period)
    wave = np.where(t * ratio <= period - 1, np.sin(2 * np.pi * (t * ratio + 1) / period), 0.0)
    for k in range(2, 5):  # the crossing is one frame after the zero of the sine
        assert y[k * period + 1 : (k + 1) * period] == pytest.approx(wave[:-1], abs=2e-3)


def test_squiz_finds_waves_of_different_length() -> None:
    lengths = [100, 250, 60, 400, 30]
    x = np.concatenate([np.sin(2 * np.pi * (np.arange(n) + 0.5) / n) for n in lengths])
    y = run("squiz", x, ratio=2.0)
    starts = np.cumsum(lengths)
    for start, length, room in zip(starts[:-1], lengths[:-1], lengths[1:], strict=True):
        played = x[start - length : start][::2][: min(length // 2, room)]
        assert y[start : start + len(played)] == pytest.approx(played, abs=1e-5)
        assert not y[start + (length + 1) // 2 + 1 : start + room].any()


# --- decimator -----------------------------------------------------------------------------------------------------
def test_decimator_holds_samples_for_its_period() -> None:
    y = run("decimator", NOISE, rate=9600.0)
    assert np.array_equal(y, np.repeat(NOISE[::5], 5)[:3000])
    taken = np.flatnonzero(np.diff(run("decimator", NOISE, rate=RATE / 3.5)) != 0) + 1
    assert len(taken) == pytest.approx(3000 / 3.5, abs=2) and set(np.diff(taken)) == {3, 4}


def test_decimator_rounds_its_steps() -> None:
    held = np.repeat(NOISE[::8], 8)[:3000]
    assert run("decimator", NOISE, rate=6000.0, smooth=0.8) == pytest.approx(lfilter([0.2], [1, -0.8], held), abs=1e-5)
