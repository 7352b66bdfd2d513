"""Chaotic maps and flows, sparse and digital noises."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import Compiled, render
from spectra import band_level

FRAMES = 48000
SEEDED = ("velvet", "crackle", "gray", "logistic", "henon", "lorenz")


@pytest.mark.parametrize("kind", SEEDED)
def test_the_seed_alone_decides(kind: str) -> None:
    a, *_ = render(kind, 4800, seed=np.full(LANES, 77)).values()
    assert np.array_equal(a, np.tile(a[:, :1], (1, LANES)))
    machine = Compiled(kind, seed=np.full(LANES, 77))
    machine.run(1000)
    machine.restart()
    assert np.array_equal(next(iter(machine.run(4800).values())), a)
    assert not np.array_equal(next(iter(render(kind, 4800, seed=np.full(LANES, 78)).values())), a)


# --- noises --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("density", [500.0, 2000.0, 11000.0])
def test_velvet_has_one_impulse_in_every_cell(density: float) -> None:
    y = render("velvet", FRAMES, params={"density": density})["y"]
    assert set(np.unique(y)) <= {-2.0, -1.0, 0.0, 1.0, 2.0}  # the impulses of two cells may fall into one frame
    for lane in (0, 9):
        places = np.flatnonzero(y[:, lane])
        cancelled = 1.0 if density < 4000 else 0.02 * density  # two opposite impulses in one frame
        assert np.abs(y[:, lane]).sum() == pytest.approx(density, abs=cancelled)
        cells = np.floor(places / 48000 * density)
        assert np.bincount(cells.astype(int), minlength=int(density)).max() <= 2
        if density < 4000:
            assert np.diff(places).max() <= 2 * 48000 / density + 1
    assert np.abs(np.sign(y).sum()) < 4 * np.sqrt(density * LANES)


def test_velvet_is_white() -> None:
    y = render("velvet", FRAMES, params={"density": 3000.0})["y"]
    levels = [np.mean([band_level(y[:, k], f, 2 * f) for k in range(8)]) for f in (375, 1500, 6000, 12000)]
    assert np.ptp(levels) < 1.0
    assert not render("velvet", 4800, params={"density": 0.0})["y"].any()


@pytest.mark.parametrize("p", [1.0, 1.5, 1.95])
def test_crackle_follows_its_map(p: float) -> None:
    y = render("crackle", 2000, params={"chaos": p})["y"].astype(np.float64)
    assert np.abs(y[2:] - np.abs(np.float32(p) * y[1:-1] - y[:-2] - 0.05)).max() < 1e-6
    assert 0 <= y.min()
    assert 0.3 < y.max() < 16


def test_gray_turns_over_one_bit_at_a_time() -> None:
    y = render("gray", FRAMES)["y"]
    steps = np.abs(np.diff(y[:, 0].astype(np.float64))) * 2.0**31
    big = steps[steps > 512]  # a float holds 24 bits, so lower bits are rounded
    assert (np.abs(np.log2(big) - np.round(np.log2(big))) < 0.3).all()
    levels = [np.mean([band_level(y[:, k], f, 2 * f) for k in range(8)]) for f in (100, 1000, 10000)]
    assert levels[0] > levels[1] + 3 > levels[2] + 6
    assert y.min() < -0.9
    assert y.max() > 0.9


# --- maps ----------------------------------------------------------------------------------------------------------
def test_logistic_follows_its_map_at_its_rate() -> None:
    y = render("logistic", 9600, params={"freq": 1000.0, "chaos": 3.7})["y"][:, 3]
    x = (y.astype(np.float64) + 1) / 2
    changes = np.flatnonzero(np.diff(y))
    assert set(np.diff(changes)) == {48}
    steps = x[24::48]
    assert np.abs(steps[1:] - np.float32(3.7) * steps[:-1] * (1 - steps[:-1])).max() < 1e-6


def test_logistic_doubles_its_period_on_the_way_to_chaos() -> None:
    def different(r: float) -> int:
        y = render("logistic", 9600, params={"freq": 4800.0, "chaos": r})["y"][4800:, 0]
        return len(np.unique(np.round(y, 4)))

    assert [different(r) for r in (2.8, 3.2, 3.5)] == [1, 2, 4]
    assert different(3.9) > 100
    assert different(4.0) > 100


def test_henon_follows_its_map() -> None:
    y = render("henon", 2000, params={"freq": 48000.0})["y"].astype(np.float64) * 1.5
    runs = [np.flatnonzero(np.diff(y[:, lane])) for lane in range(4)]
    for lane, changes in enumerate(runs):
        x = y[np.concatenate([changes, [changes[-1] + 1]]), lane]
        want = 1 - 1.4 * x[1:-1] ** 2 + 0.3 * x[:-2]
        assert np.abs(x[2:] - want)[10:].max() < 1e-5
    assert np.abs(y).max() < 1.5


def test_henon_that_runs_away_begins_anew() -> None:
    y = render("henon", FRAMES, params={"freq": 8000.0, "a": 2.0, "b": 1.0})["y"]
    assert np.abs(y).max() <= 1.0
    assert (y[-4800:].std(0) > 0.1).all()


def test_lorenz_is_on_its_attractor() -> None:
    out = render("lorenz", FRAMES, params={"freq": 400.0})
    x, y, z = (out[k].astype(np.float64) for k in ("x", "y", "z"))
    u, v, w = x / 0.05, y / 0.037, (z + 1) / 0.04
    step = 0.75 * 400 / 48000
    rates = [(np.roll(s, -1, 0) - np.roll(s, 1, 0))[1:-1] / (2 * step) for s in (u, v, w)]
    u, v, w = u[1:-1], v[1:-1], w[1:-1]
    for got, want in zip(rates, (10 * (v - u), u * (28 - w) - v, u * v - 8 / 3 * w), strict=True):
        assert np.abs(got - want).max() < 0.02 * np.abs(want).max()
    assert (x.max(0) > 0.5).all()  # both wings are visited
    assert (x.min(0) < -0.5).all()
    assert max(np.abs(s).max() for s in (x, y, z)) < 1.2
    assert np.abs(np.corrcoef(x.T) - np.eye(LANES)).max() < 0.3  # voices differ


def test_lorenz_turns_about_as_often_as_told() -> None:
    z = render("lorenz", FRAMES, params={"freq": 100.0})["z"]
    tops = (z[1:-1] > z[:-2]) & (z[1:-1] >= z[2:])
    assert tops.sum(0).mean() == pytest.approx(100, rel=0.15)


def test_lorenz_comes_to_rest_below_chaos() -> None:
    out = render("lorenz", FRAMES, params={"freq": 400.0, "r": 15.0})
    assert all(rows[-2000:].std(0).max() < 1e-3 for rows in out.values())
