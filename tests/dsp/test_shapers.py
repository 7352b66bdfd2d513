"""Shapers, compared with their formulas in float64."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import render

FRAMES = 640


def noise(frames: int = FRAMES, level: float = 1.0) -> np.ndarray:
    return np.random.default_rng(1).uniform(-level, level, (frames, LANES)).astype(np.float32)


def shaped(kind: str, x: np.ndarray, **params: object) -> np.ndarray:
    return render(kind, len(x), inputs={"x": x}, params=params)["y"]


def test_shape_follows_superdirt() -> None:
    x, s = noise(), np.linspace(0.0, 0.99, LANES)
    k = 2 * s / (1 - s)
    assert shaped("shape", x, amount=s) == pytest.approx((1 + k) * x / (1 + k * np.abs(x)), abs=2e-5)


def test_shape_at_its_ends() -> None:
    x = noise()
    assert np.array_equal(shaped("shape", x, amount=0.0), x)
    x = np.where(np.abs(x) < 0.01, 0.0, x)
    assert shaped("shape", x, amount=1.0) == pytest.approx(np.sign(x), abs=1e-4)
    assert np.array_equal(shaped("shape", x, amount=-3.0), x)


@pytest.mark.parametrize("bits", [1.0, 2.0, 4.0, 4.5, 8.0, 16.0])
def test_crush_rounds_to_multiples(bits: float) -> None:
    x = noise()
    step = 0.5 ** (bits - 1)
    got = shaped("crush", x, bits=bits)
    assert got / step == pytest.approx(np.round(got / step), abs=1e-3)
    assert (np.abs(got - x) <= step / 2 + 1e-6).all()


def test_crush_rounds_halves_up() -> None:
    x = np.array([0.25, -0.25, 0.75])[:, None] * np.ones(LANES)
    assert np.array_equal(shaped("crush", x, bits=2.0)[:, 0], [0.5, 0.0, 1.0])


@pytest.mark.parametrize("period", [1.0, 2.0, 2.5, 3.3, 10.0, 17.25])
def test_coarse_takes_a_sample_every_so_many_frames(period: float) -> None:
    x = np.arange(FRAMES, dtype=np.float32)[:, None] * np.ones(LANES, np.float32)
    taken = np.ceil(np.arange(0, FRAMES / period + 1) * period - 1e-3).astype(int)
    want = [taken[taken <= i].max() for i in range(FRAMES)]
    assert np.array_equal(shaped("coarse", x, period=period)[:, 3], want)


def test_coarse_below_one_changes_nothing() -> None:
    x = noise()
    assert np.array_equal(shaped("coarse", x, period=0.2), x)


def test_tanh_and_clip() -> None:
    x, drive = noise(level=3.0), np.linspace(0.0, 20.0, LANES)
    assert shaped("tanh", x, drive=drive) == pytest.approx(np.tanh(drive * x), abs=3e-6)
    assert np.array_equal(shaped("clip", x, level=0.5), np.clip(x, -0.5, 0.5))
    assert not shaped("clip", x, level=-1.0).any()


# --- waveloss ------------------------------------------------------------------------------------------------------
WAVES = 400


def waves() -> np.ndarray:
    """Waves of sixteen frames; the first frame of each is the first one above zero."""
    wave = np.sin(2 * np.pi * (np.arange(16) + 0.5) / 16)
    return np.tile(wave, WAVES)[:, None] * np.ones(LANES)


def kept(amount: float, seed: int = 1) -> np.ndarray:
    """(WAVES, LANES): which waves sound. Asserts that each sounds completely or not at all."""
    x = waves()
    y = render("waveloss", len(x), inputs={"x": x}, params={"amount": amount}, seed=seed)["y"]
    same = (y == x.astype(np.float32)).reshape(WAVES, 16, LANES)
    silent = (y == 0.0).reshape(WAVES, 16, LANES)
    assert (same.all(1) | silent.all(1)).all()
    return same.all(1)


@pytest.mark.parametrize("amount", [10.0, 50.0, 90.0])
def test_waveloss_loses_its_share_of_whole_waves(amount: float) -> None:
    assert 1 - kept(amount).mean() == pytest.approx(amount / 100, abs=0.02)


def test_waveloss_at_its_ends_and_beyond() -> None:
    assert kept(0.0).all() and kept(-50.0).all() and kept(float("nan")).all()
    assert not kept(100.0).any() and not kept(1e9).any()


def test_waveloss_draws_by_the_seed_alone() -> None:
    assert np.array_equal(kept(50.0, seed=5), kept(50.0, seed=5))
    assert not np.array_equal(kept(50.0, seed=5), kept(50.0, seed=6))
    lanes = kept(50.0).T
    assert len({row.tobytes() for row in lanes}) == LANES
