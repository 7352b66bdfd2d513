"""Panning, balance and gain follow their documented laws."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import render

FRAMES = 100
POSITIONS = np.linspace(-1.0, 1.0, LANES)
X = np.random.default_rng(1).uniform(-1, 1, (FRAMES, LANES)).astype(np.float32)
ANGLE = (POSITIONS + 1) * np.pi / 4


def test_pan_is_equal_power() -> None:
    out = render("pan", FRAMES, inputs={"x": X}, params={"position": POSITIONS})
    assert out["left"] == pytest.approx(X * np.cos(ANGLE), abs=1e-6)
    assert out["right"] == pytest.approx(X * np.sin(ANGLE), abs=1e-6)
    assert out["left"] ** 2 + out["right"] ** 2 == pytest.approx(X**2, abs=2e-6)


@pytest.mark.parametrize(
    ("position", "left", "right"), [(-1, 1, 0), (0, 0.5**0.5, 0.5**0.5), (1, 0, 1), (-9, 1, 0), (9, 0, 1)]
)
def test_pan_at_its_ends_and_in_the_middle(position: float, left: float, right: float) -> None:
    out = render("pan", FRAMES, inputs={"x": 1.0}, params={"position": position})
    assert out["left"] == pytest.approx(left, abs=5e-7)
    assert out["right"] == pytest.approx(right, abs=5e-7)


def test_pan_that_moves() -> None:
    rows = np.linspace(-1, 1, FRAMES)[:, None] * np.ones(LANES)
    out = render("pan", FRAMES, inputs={"x": 1.0}, params={"position": rows})
    assert out["left"] == pytest.approx(np.cos((rows + 1) * np.pi / 4), abs=1e-6)


def test_balance_weighs_both_sides_by_one_angle() -> None:
    out = render("balance", FRAMES, inputs={"left": X, "right": -2 * X}, params={"position": POSITIONS})
    assert out["left_out"] == pytest.approx(X * np.cos(ANGLE), abs=1e-6)
    assert out["right_out"] == pytest.approx(-2 * X * np.sin(ANGLE), abs=2e-6)


def test_gain_multiplies_and_is_silent_where_it_is_no_number() -> None:
    assert np.array_equal(render("gain", FRAMES, inputs={"x": X}, params={"amp": -0.5})["y"], -0.5 * X)
    assert not render("gain", FRAMES, inputs={"x": X}, params={"amp": float("nan")})["y"].any()
