"""Arithmetic, cross-fades and smoothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import render, twin

RNG = np.random.default_rng(3)
A, B, C = (RNG.uniform(-2, 2, (40, LANES)).astype(np.float32) for _ in range(3))


@pytest.mark.parametrize(
    ("kind", "formula"),
    [
        ("multiply", lambda a, b: a * b),
        ("add", lambda a, b: a + b),
        ("subtract", lambda a, b: a - b),
        ("divide", lambda a, b: a / b),
        ("minimum", np.minimum),
        ("maximum", np.maximum),
        ("above", lambda a, b: a > b),
    ],
)
def test_two_signals(kind: str, formula: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    y = render(kind, 40, inputs={"x": A, "other": B})["y"]
    assert np.allclose(y, formula(A, B), rtol=1e-6, atol=1e-6)


def test_divide_by_nothing_is_large_not_infinite() -> None:
    y = twin("divide", 40, inputs={"x": A, "other": np.zeros_like(A)})["y"]
    assert np.isfinite(y).all()
    assert np.abs(y).max() > 1e8


def test_multiply_add_and_scale() -> None:
    y = render("multiply_add", 40, inputs={"x": A, "factor": B, "addend": C})["y"]
    assert np.allclose(y, A * B + C, atol=1e-6)
    assert np.allclose(
        render("scale", 40, inputs={"x": A}, params={"mul": 3.0, "add": -1.0})["y"], A * 3 - 1, atol=1e-6
    )


def test_transpose_and_note_to_hz() -> None:
    octaves = np.linspace(-4, 4, LANES)
    y = render("transpose", 40, inputs={"x": np.full_like(A, 440)}, params={"octaves": octaves})["y"]
    assert np.allclose(y, 440 * 2**octaves, rtol=1e-6)
    notes = np.tile(np.float32(np.arange(LANES) * 4), (40, 1))
    assert np.allclose(render("note_to_hz", 40, inputs={"x": notes})["y"], 440 * 2 ** ((notes - 69) / 12), rtol=1e-6)


def test_crossfade_keeps_the_power() -> None:
    position = np.linspace(-1, 1, LANES)
    one, none = np.ones_like(A), np.zeros_like(A)
    first = twin("crossfade", 40, inputs={"x": one, "other": none}, params={"position": position})["y"][0]
    second = twin("crossfade", 40, inputs={"x": none, "other": one}, params={"position": position})["y"][0]
    assert np.allclose(first, np.cos((position + 1) * np.pi / 4), atol=1e-6)
    assert np.allclose(first**2 + second**2, 1, atol=1e-6)


def test_mix_is_linear() -> None:
    amount = np.linspace(0, 1, LANES)
    y = twin("mix", 40, inputs={"x": A, "other": B}, params={"amount": amount})["y"]
    assert np.allclose(y, A + (B - A) * amount, atol=1e-6)


def test_lag_comes_within_a_thousandth_in_its_time() -> None:
    times = np.geomspace(0.005, 0.5, LANES)
    x = np.ones((48000, LANES), np.float32)
    x[0] = 0.0
    y = render("lag", 48000, inputs={"x": x}, params={"time": times})["y"]
    for lane, seconds in enumerate(times):
        assert 1 - y[round(seconds * 48000), lane] == pytest.approx(1e-3, rel=0.03)


def test_lag_starts_at_its_input_and_without_time_is_its_input() -> None:
    x = np.full((100, LANES), 5.0, np.float32)
    assert np.array_equal(twin("lag", 100, inputs={"x": x})["y"], x)
    assert np.array_equal(twin("lag", 40, inputs={"x": A}, params={"time": 0.0})["y"], A)
