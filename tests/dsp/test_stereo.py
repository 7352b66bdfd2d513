"""The stereo image, compared with explicit sums and differences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import bilinear, lfilter

from dsp.lanes import LANES
from harness import render

RATE = 48000.0
RNG = np.random.default_rng(7)
LEFT = RNG.uniform(-1, 1, (500, LANES)).astype(np.float32)
RIGHT = RNG.uniform(-1, 1, (500, LANES)).astype(np.float32)


def run(kind: str, left: np.ndarray = LEFT, right: np.ndarray = RIGHT, **params: object) -> list[np.ndarray]:
    return list(render(kind, len(left), inputs={"left": left, "right": right}, params=params).values())


@pytest.mark.parametrize("width", [0.0, 1.0, 2.0])
def test_width_scales_the_difference(width: float) -> None:
    a, b = run("width", width=width)
    assert a + b == pytest.approx(LEFT + RIGHT, abs=1e-6)
    assert a - b == pytest.approx(width * (LEFT - RIGHT), abs=1e-6)


def test_mid_side_undoes_itself_and_keeps_the_power() -> None:
    mid, side = run("mid_side")
    assert mid == pytest.approx((LEFT + RIGHT) / np.sqrt(2), abs=1e-6)
    assert mid**2 + side**2 == pytest.approx(LEFT**2 + RIGHT**2, abs=1e-5)
    assert run("mid_side", mid, side)[0] == pytest.approx(LEFT, abs=1e-6)
    assert run("mid_side", mid, side)[1] == pytest.approx(RIGHT, abs=1e-6)


def test_rotate_turns_the_middle_to_the_right() -> None:
    a, b = run("rotate", LEFT, LEFT, turn=1.0)
    assert a == pytest.approx(0 * LEFT, abs=1e-6) and b == pytest.approx(np.sqrt(2) * LEFT, abs=1e-6)
    turns = np.linspace(-1, 1, LANES)
    a, b = run("rotate", turn=turns)
    want = (LEFT + 1j * RIGHT) * np.exp(1j * np.pi / 4 * turns)
    assert a == pytest.approx(want.real, abs=1e-6) and b == pytest.approx(want.imag, abs=1e-6)


def test_matrix_mixes_at_will() -> None:
    a, b = run("matrix", left_to_left=0.0, right_to_left=1.0, left_to_right=1.0, right_to_right=0.0)
    assert np.array_equal(a, RIGHT) and np.array_equal(b, LEFT)
    a, b = run("matrix", left_to_left=0.5, right_to_left=0.25, left_to_right=-1.0, right_to_right=2.0)
    assert a == pytest.approx(0.5 * LEFT + 0.25 * RIGHT, abs=1e-6)
    assert b == pytest.approx(2 * RIGHT - LEFT, abs=1e-6)


@pytest.mark.parametrize("frames", [0, 120, -1920])
def test_haas_delays_one_side(frames: int) -> None:
    x = np.tile(RNG.uniform(-1, 1, (2500, 1)).astype(np.float32), (1, LANES))
    a, b = run("haas", x, x, time=frames / RATE)
    for rows, late in ((a, max(-frames, 0)), (b, max(frames, 0))):
        assert rows[late:, 0] == pytest.approx(x[: len(x) - late, 0], abs=2e-4)
        assert not rows[:late].any()


def test_crossfeed_is_a_low_pass_of_the_difference() -> None:
    a, b = run("crossfeed", amount=0.6, cutoff=700.0)
    warped = 2 * RATE * np.tan(np.pi * 700 / RATE)
    low = lfilter(*bilinear([warped], [1, warped], RATE), (RIGHT - LEFT).astype(np.float64), axis=0)
    assert a == pytest.approx(LEFT + 0.3 * low, abs=1e-5)
    assert b == pytest.approx(RIGHT - 0.3 * low, abs=1e-5)
    middle, _ = run("crossfeed", LEFT, LEFT)
    assert middle == pytest.approx(LEFT, abs=1e-6)
