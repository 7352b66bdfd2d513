"""The sound of the noises: their colour, their distribution, and the same noise for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import Compiled, render
from spectra import band_level

FRAMES = 96000
SEEDED = ("white", "pink", "brown", "dust", "random_steps", "random_lines")


@pytest.mark.parametrize("kind", SEEDED)
def test_the_seed_alone_decides(kind: str) -> None:
    a = render(kind, 4800, seed=np.full(LANES, 77))["y"]
    assert np.array_equal(a, np.tile(a[:, :1], (1, LANES)))  # in every lane
    machine = Compiled(kind, seed=np.full(LANES, 77))
    machine.run(1000)
    machine.restart()
    assert np.array_equal(machine.run(4800)["y"], a)  # for every start time
    assert not np.array_equal(render(kind, 4800, seed=np.full(LANES, 78))["y"], a)


@pytest.mark.parametrize("kind", ["white", "pink", "brown"])
def test_voices_are_independent(kind: str) -> None:
    y = render(kind, FRAMES)["y"]
    y = y - y.mean(0)
    if kind != "white":
        y = np.diff(y, axis=0)
    together = np.corrcoef(y.T)
    assert np.abs(together - np.eye(LANES)).max() < 0.06 if kind == "pink" else 0.03


def test_white_is_even_and_flat() -> None:
    y = render("white", FRAMES)["y"]
    assert -1 <= y.min() < -0.9999
    assert 0.9999 < y.max() < 1
    assert np.abs(y.std(0) - 3**-0.5).max() < 0.01
    assert np.abs(y.mean(0)).max() < 0.01
    levels = [np.mean([band_level(y[:, k], f, 2 * f) for k in range(8)]) for f in (90, 375, 1500, 6000, 12000)]
    assert np.ptp(levels) < 1.0


def slope(kind: str, low: float, high: float) -> float:
    """dB per octave, from the levels of octave bands."""
    y = render(kind, FRAMES)["y"]
    edges = low * 2.0 ** np.arange(int(np.log2(high / low)))
    levels = [np.mean([band_level(y[:, k], f, 2 * f) for k in range(LANES)]) for f in edges]
    return float(np.polyfit(np.arange(len(levels)), levels, 1)[0])


def test_pink_falls_by_3_db_per_octave() -> None:
    assert slope("pink", 40, 16000) == pytest.approx(-3.0, abs=0.2)
    assert np.abs(render("pink", FRAMES)["y"]).max() < 1.2


def test_brown_falls_by_6_db_per_octave() -> None:
    assert slope("brown", 300, 9600) == pytest.approx(-6.0, abs=0.3)
    y = render("brown", FRAMES)["y"]
    assert np.abs(y).max() <= 1
    assert np.abs(np.diff(y, axis=0)).max() <= 0.1251


def test_dust_has_its_density() -> None:
    density = np.geomspace(50, 5000, LANES)
    y = render("dust", FRAMES, params={"density": density})["y"]
    assert np.abs((y > 0).sum(0) / (2 * density) - 1).max() < 0.3
    assert y.min() >= 0
    assert y.max() <= 1
    assert y[:, -1][y[:, -1] > 0].mean() == pytest.approx(0.5, abs=0.03)
    assert not render("dust", 4800, params={"density": 0.0})["y"].any()


def test_random_steps_hold_as_long_as_told() -> None:
    y = render("random_steps", FRAMES, params={"freq": 100.0})["y"]
    changes = np.flatnonzero(np.diff(y[:, 0]))
    assert len(changes) == pytest.approx(200, abs=1)
    assert set(np.diff(changes)) <= {480, 481}
    assert np.ptp(y) > 1.9


def test_random_lines_are_straight_and_join() -> None:
    y = render("random_lines", 9600, params={"freq": 100.0})["y"][:, 0]
    steps = render("random_steps", 9600, params={"freq": 100.0})["y"][:, 0]
    assert np.abs(y[480:9600:480] - steps[485:9600:480]).max() < 5e-3  # both reach the same values
    assert np.abs(np.diff(y)).max() < 2 / 480 * 1.01
    bends = np.abs(np.diff(y, 2)) > 1e-5
    assert bends.sum() < 50
