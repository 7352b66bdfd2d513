"""Kinds that only SuperDirt's instruments need: tone wheels, a hexagonal membrane, a comb that loses treble, a table with interpolation."""

from __future__ import annotations

import numpy as np
import pytest

from harness import render
from spectra import amplitude, decibel, pitch

SECOND = 48000
RATIOS = (0.5, 1.4988, 1.0, 2.0, 2.9976, 4.0, 5.0409, 5.9953, 8.0)
SHUT = {f"bar{k}": 0.0 for k in range(1, 10)}


def _impulse(frames: int) -> np.ndarray:
    x = np.zeros((frames, 32), np.float32)
    x[0] = 1.0
    return x


@pytest.mark.parametrize("number", range(9))
def test_each_drawbar_has_a_wheel_of_its_own(number: int) -> None:
    y = render("drawbars", SECOND, params={"freq": 220.0, "bend": 1.0, **SHUT, f"bar{number + 1}": 12.0})["y"][:, 0]
    levels = [2.0 ** (4 * (k == number) - 8 * (k != number) - max(0.0, (k - 5) / 2)) for k in range(9)]
    assert amplitude(y, 220.0 * RATIOS[number]) == pytest.approx(levels[number] / sum(levels), rel=0.02)


def test_the_levels_of_drawbars_add_up_to_one() -> None:
    y = render("drawbars", SECOND, params={"freq": 220.0, "bend": 1.0, **dict.fromkeys(SHUT, 8.0)})["y"][:, 0]
    assert sum(amplitude(y, 220.0 * ratio) for ratio in RATIOS) == pytest.approx(1.0, rel=0.01)


@pytest.mark.parametrize(
    ("freq", "number", "heard"), [(60.0, 1, 60.0), (2000.0, 5, 4000.0), (2000.0, 9, 4000.0), (140.0, 1, 70.0)]
)
def test_wheels_that_there_are_none_for_fold_back(freq: float, number: int, heard: float) -> None:
    y = render("drawbars", SECOND, params={"freq": freq, "bend": 1.0, **SHUT, f"bar{number}": 12.0})["y"][:, 0]
    assert pitch(y, heard) == pytest.approx(heard, rel=1e-3)


def test_a_membrane_has_four_modes_which_follow_its_tension() -> None:
    for tension in (0.02, 0.05, 0.1):
        params = {"tension": tension, "loss": 1e-5}
        y = render("hexagon", SECOND, inputs={"x": _impulse(SECOND)}, params=params)["y"][:, 0]
        waves = [2 * np.arcsin(c * tension) / (2 * np.pi) * SECOND for c in (0.56697, 1.33333, 1.73182, 1.90848)]
        lost = [1e-5 + k * tension**2 for k in (0.0445, 0.0523, 0.0777, 0.0231)]
        wanted = np.zeros(SECOND)
        for level, freq, share in zip((0.3274, 0.3136, -0.0831, -0.1135), waves, lost, strict=True):
            wanted += level * np.exp(-share * np.arange(SECOND)) * np.cos(2 * np.pi * freq * np.arange(SECOND) / SECOND)
        assert np.abs(y - wanted).max() < 0.01


def test_a_membrane_loses_what_it_is_told_and_more_the_tighter_it_is() -> None:
    for tension, loss in ((0.02, 1e-4), (0.1, 1e-4), (0.1, 3e-4)):
        y = render("hexagon", SECOND, inputs={"x": _impulse(SECOND)}, params={"tension": tension, "loss": loss})["y"][
            :, 0
        ]
        lowest = 2 * np.arcsin(0.56697 * tension) / (2 * np.pi) * SECOND
        first, later = (amplitude(y[at : at + 2400], lowest) for at in (1200, 6000))
        assert np.log(first / later) / 4800 == pytest.approx(loss + 0.0445 * tension**2, rel=0.05)


def test_a_comb_that_interpolates_falls_by_60_db_in_its_decay_and_dulls() -> None:
    y = render("comb_linear", SECOND, inputs={"x": _impulse(SECOND)}, params={"freq": 330.5, "decay": 2.0})["y"][:, 0]
    assert not y[: int(SECOND / 330.5)].any(), "the input comes out a period later"
    low = [amplitude(y[at : at + 4800], 330.5) for at in (2400, 26400)]
    assert decibel(low[1] / low[0]) == pytest.approx(-60 * 0.5 / 2.0, rel=0.05)
    high = [amplitude(y[at : at + 4800], 20 * 330.5) for at in (2400, 26400)]
    assert decibel(high[1] / high[0]) < -40


def test_between_two_numbers_of_a_table_both_count_at_equal_power() -> None:
    index = np.linspace(0.0, 9.0, 32).astype(np.float32)
    table = {f"v{k}": float(k == 4) - float(k == 7) for k in range(10)}
    y = render("blend", 64, params={"index": index, **table})["y"][0]
    turn = np.minimum(np.abs(index - 4), 1) * np.pi / 2, np.minimum(np.abs(index - 7), 1) * np.pi / 2
    assert y == pytest.approx(np.cos(turn[0]) - np.cos(turn[1]), abs=1e-5)
