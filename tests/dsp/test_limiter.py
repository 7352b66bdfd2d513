"""The orbit's limiter: transparent below the ceiling, never above it."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import Compiled, render

RNG = np.random.default_rng(5)
QUIET = RNG.uniform(-1, 1, (4800, LANES)).astype(np.float32)


def bits(a: np.ndarray) -> np.ndarray:
    return a.view(np.int32)


def test_below_the_ceiling_no_bit_changes() -> None:
    out = render("limiter", 4800, inputs={"left": QUIET, "right": -QUIET})
    assert np.array_equal(bits(out["left_out"]), bits(QUIET))
    assert np.array_equal(bits(out["right_out"]), bits(-QUIET))


@pytest.mark.parametrize("ceiling", [0.1, 0.5, 1.0, 2.0])
def test_nothing_passes_the_ceiling(ceiling: float) -> None:
    loud = QUIET * np.geomspace(0.01, 1e6, LANES).astype(np.float32)
    out = render("limiter", 4800, inputs={"left": loud, "right": QUIET}, params={"ceiling": ceiling})
    assert max(np.abs(rows).max() for rows in out.values()) <= np.float32(ceiling)


def test_both_sides_are_turned_down_alike() -> None:
    left = 4 * QUIET
    right = 0.1 * RNG.uniform(-1, 1, left.shape).astype(np.float32)
    out = render("limiter", 4800, inputs={"left": left, "right": right})
    gain_left, gain_right = out["left_out"] / left, out["right_out"] / right
    assert np.allclose(gain_left, gain_right, atol=1e-5)
    assert gain_left.min() < 0.3


def test_release_takes_its_time() -> None:
    x = np.full((48000, LANES), 0.5, np.float32)
    x[0] = 2.0
    times = np.geomspace(0.01, 0.2, LANES)
    y = render("limiter", 48000, inputs={"left": x, "right": x}, params={"release": times})["left_out"]
    for lane, seconds in enumerate(times):
        at = round(seconds * 48000)
        assert 1 - y[at, lane] / 0.5 == pytest.approx(0.5 / np.e, rel=0.01)


def test_after_the_release_it_is_transparent_again() -> None:
    machine = Compiled("limiter")
    machine.run(64, inputs={"left": 10 * QUIET[:64], "right": QUIET[:64]})
    still = machine.run(4800, inputs={"left": QUIET, "right": QUIET})["left_out"]
    assert not np.array_equal(still, QUIET)
    for _ in range(16):
        machine.run(4800, inputs={"left": QUIET, "right": QUIET})
    assert np.array_equal(bits(machine.run(4800, inputs={"left": QUIET, "right": QUIET})["left_out"]), bits(QUIET))


def test_off_lets_everything_through() -> None:
    loud = 20 * QUIET
    out = render("limiter", 4800, inputs={"left": loud, "right": loud}, params={"on": 0.0})
    assert np.array_equal(bits(out["left_out"]), bits(loud))


def test_one_bad_sample_does_not_stay() -> None:
    x = QUIET[:640].copy()
    x[10, ::2] = np.nan
    x[10, 1::2] = np.inf
    out = render("limiter", 640, inputs={"left": x, "right": QUIET[:640]}, params={"release": 1e-4})["left_out"]
    assert np.array_equal(bits(out[300:]), bits(QUIET[300:640]))
    assert np.isnan(out[10, ::2]).all()  # passed on, so that the engine's guard sees it


def test_kind_2_bends_what_is_above_full_scale() -> None:
    x = np.linspace(-8.0, 8.0, 3201, dtype=np.float32)[:, None].repeat(32, axis=1)
    out = render("limiter", 3201, inputs={"left": x, "right": -x}, params={"on": 2.0})
    u = np.abs(x.astype(float)) / 2.0
    want = np.sign(x) * 2.0 * np.where(u <= 0.5, u, (u - 0.25) / np.maximum(u, 0.5))
    assert np.abs(out["left_out"] - want).max() < 1e-6
    assert np.abs(out["right_out"] + want).max() < 1e-6
    straight = np.abs(x) <= 1.0
    assert np.array_equal(out["left_out"][straight], x[straight])
