"""Shapers with reduced aliases: compared with the mean of the curve between two inputs (by brute force), and the level of the aliases."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.signal import bilinear, lfilter

from dsp.lanes import LANES
from harness import render
from spectra import between_partials, decibel

RATE = 48000.0
Curve = Callable[[np.ndarray], np.ndarray]


def soft(x: np.ndarray) -> np.ndarray:
    u = np.clip(x, -1, 1)
    return 1.5 * u - 0.5 * u**3


def fold(x: np.ndarray) -> np.ndarray:
    return np.abs((x + 3) % 4 - 2) - 1


def wrap(x: np.ndarray) -> np.ndarray:
    return (x + 1) % 2 - 1


def averaged(curve: Curve, x: np.ndarray) -> np.ndarray:
    """The mean of the curve on the way from each input to the next, by 400 points (midpoint rule)."""
    way = (np.arange(400) + 0.5) / 400
    before = np.concatenate([[0.0], x[:-1]])
    return curve(before[:, None] + (x - before)[:, None] * way).mean(1)


def run(kind: str, x: np.ndarray, **params: object) -> np.ndarray:
    rows = np.tile(np.float32(x)[:, None], (1, LANES))
    return render(kind, len(x), inputs={"x": rows}, params=params)["y"][:, 0].astype(np.float64)


NOISE = np.random.default_rng(6).uniform(-1, 1, 2000).astype(np.float32).astype(np.float64)
SLOW = np.float32(np.sin(2 * np.pi * 3 * np.arange(4000) / RATE)).astype(np.float64)  # steps of at most 4e-4


def toned(x: np.ndarray, cutoff: float) -> np.ndarray:
    warped = 2 * RATE * np.tan(np.pi * cutoff / RATE)
    return lfilter(*bilinear([warped], [1, warped], RATE), x)


@pytest.mark.parametrize("x", [NOISE, SLOW], ids=["noise", "slow"])
@pytest.mark.parametrize("bias", [0.0, 0.4])
def test_distort_is_the_mean_of_its_curve_and_a_low_pass(x: np.ndarray, bias: float) -> None:
    want = averaged(lambda u: soft(u + bias) - soft(np.float64(bias)), 3 * x)
    assert run("distort", x, drive=3.0, bias=bias, tone=5000.0) == pytest.approx(toned(want, 5000.0), abs=1e-4)


def test_distort_mixes_with_the_input() -> None:
    wet = run("distort", NOISE, drive=3.0)
    assert run("distort", NOISE, drive=3.0, mix=0.25) == pytest.approx(0.75 * NOISE + 0.25 * wet, abs=1e-6)


@pytest.mark.parametrize("x", [NOISE, SLOW], ids=["noise", "slow"])
@pytest.mark.parametrize(("kind", "curve", "drive"), [("wavefolder", fold, 5.0), ("wrap_shaper", wrap, 3.3)])
def test_folder_and_wrapper_are_means_of_their_curves(kind: str, curve: Curve, drive: float, x: np.ndarray) -> None:
    y, want = run(kind, x, drive=drive), averaged(curve, drive * x)
    close = np.abs(np.diff(drive * x, prepend=0.0)) < 2e-3  # where the value in the middle replaces the mean
    assert y[~close] == pytest.approx(want[~close], abs=8e-3 if kind == "wrap_shaper" else 1e-3)
    assert np.median(np.abs(y - want)) < 2e-3


def test_the_offset_of_the_folder_is_silent_in_silence() -> None:
    assert run("wavefolder", np.zeros(100), offset=0.7, drive=9.0) == pytest.approx(np.zeros(100), abs=1e-6)
    y = run("wavefolder", NOISE, offset=0.7, drive=2.0)
    want = averaged(lambda u: fold(u + 0.7) - fold(np.float64(0.7)), 2 * NOISE)
    assert y == pytest.approx(want, abs=1e-3)


@pytest.mark.parametrize("amount", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("x", [NOISE, SLOW], ids=["noise", "slow"])
def test_rectify_goes_from_half_to_full(amount: float, x: np.ndarray) -> None:
    want = averaged(lambda u: np.where(u > 0, u, -amount * u), x)
    assert run("rectify", x, amount=amount) == pytest.approx(want, abs=1e-5)


@pytest.mark.parametrize(
    ("kind", "curve", "params", "gained"),
    [
        ("distort", soft, {"drive": 20.0, "tone": 22000.0}, 8.0),
        ("wavefolder", fold, {"drive": 4.0}, 15.0),
        ("wrap_shaper", wrap, {"drive": 2.5}, 3.0),
        ("rectify", np.abs, {}, 15.0),
    ],
)
def test_aliases_are_lower_than_those_of_the_bare_curve(
    kind: str, curve: Curve, params: dict[str, float], gained: float
) -> None:
    x = np.sin(2 * np.pi * 1873.0 * np.arange(16384) / RATE)
    bare, smooth = curve(params.get("drive", 1.0) * x), run(kind, x, **params)
    levels = [decibel(between_partials(y, 1873.0, 50.0, 10000.0)) for y in (bare, smooth)]
    assert levels[1] < levels[0] - gained, levels
