"""Functions, logic, ranges and scales of control signals, against NumPy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from dsp.controls.scales import SCALES
from dsp.lanes import LANES
from harness import render, twin

RNG = np.random.default_rng(5)
A, B = (RNG.uniform(-8, 8, (40, LANES)).astype(np.float32) for _ in range(2))
TRUTH = np.tile(np.float32([0.0, 0.5, 0.51, 1.0]), (40, LANES // 4))
OTHER = np.roll(np.repeat(np.float32([0.0, 1.0]), LANES // 2), 1) * np.ones((40, 1), np.float32)


def one(kind: str, x: np.ndarray, **params: object) -> np.ndarray:
    return render(kind, len(x), inputs={"x": x}, params=params)["y"]


def filled(value: float) -> np.ndarray:
    return np.full((4, LANES), value, np.float32)


@pytest.mark.parametrize(
    ("kind", "formula"),
    [
        ("abs", np.abs),
        ("sign", np.sign),
        ("sqrt", lambda x: np.sign(x) * np.sqrt(np.abs(x))),
        ("exp2", lambda x: 2.0**x),
        ("log2", lambda x: np.where(x > 0, np.log2(np.abs(x)), -126)),
        ("sin", np.sin),
        ("cos", np.cos),
        ("reciprocal", lambda x: 1 / x),
        ("floor", np.floor),
        ("ceil", np.ceil),
        ("round", lambda x: np.floor(x + 0.5)),
        ("hz_to_note", lambda x: 69 + 12 * np.log2(np.maximum(x, 0.001) / 440)),
        ("db_to_gain", lambda x: 10 ** (x / 20)),
        ("gain_to_db", lambda x: 20 * np.log10(np.abs(x))),
    ],
)
def test_functions(kind: str, formula: Callable[[np.ndarray], np.ndarray]) -> None:
    assert np.allclose(one(kind, A), formula(A.astype(np.float64)), rtol=3e-6, atol=3e-6)


def test_notes_and_levels_are_what_musicians_call_them() -> None:
    for hz, note in ((440.0, 69.0), (261.6256, 60.0), (27.5, 21.0)):
        assert one("hz_to_note", filled(hz)) == pytest.approx(note, abs=1e-4)
    for db, gain in ((0.0, 1.0), (-6.0206, 0.5), (20.0, 10.0), (-60.0, 0.001)):
        assert one("db_to_gain", filled(db)) == pytest.approx(gain, rel=1e-5)
        assert one("gain_to_db", filled(-gain)) == pytest.approx(db, abs=1e-3)


@pytest.mark.parametrize("kind", ["exp2", "log2", "sin", "cos", "reciprocal", "db_to_gain", "gain_to_db", "hz_to_note"])
@pytest.mark.parametrize("value", [0.0, 3e38, -3e38, np.inf, -np.inf, np.nan])
def test_no_number_breaks_a_function(kind: str, value: float) -> None:
    assert np.isfinite(twin(kind, 4, inputs={"x": filled(value)})["y"]).all()


@pytest.mark.parametrize(
    ("kind", "formula"),
    [
        ("and", lambda a, b: a & b),
        ("or", lambda a, b: a | b),
        ("xor", lambda a, b: a ^ b),
    ],
)
def test_logic(kind: str, formula: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    y = render(kind, 40, inputs={"x": TRUTH, "other": OTHER})["y"]
    assert np.array_equal(y, formula(TRUTH > 0.5, OTHER > 0.5))


def test_not_and_comparisons() -> None:
    assert np.array_equal(one("not", TRUTH), TRUTH <= 0.5)
    assert np.array_equal(render("below", 40, inputs={"x": A, "other": B})["y"], A < B)
    near = A + np.float32(0.01) * np.sign(B)
    assert not render("equal", 40, inputs={"x": A, "other": near})["y"].any()
    assert render("equal", 40, inputs={"x": A, "other": near}, params={"tolerance": 0.02})["y"].all()
    assert render("equal", 40, inputs={"x": A, "other": A})["y"].all()


# --- ranges --------------------------------------------------------------------------------------------------------
def test_modulo_has_the_sign_of_its_divisor() -> None:
    y = render("modulo", 40, inputs={"x": A, "other": B})["y"]
    assert np.allclose(y, np.mod(A.astype(np.float64), B), atol=1e-4)
    assert np.isfinite(twin("modulo", 40, inputs={"x": A, "other": np.zeros_like(A)})["y"]).all()


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (0.5, 3.0), (-7.0, -6.9)])
def test_clamp_wrap_and_fold(low: float, high: float) -> None:
    span = high - low
    assert np.array_equal(one("clamp", A, low=low, high=high), np.clip(A, np.float32(low), np.float32(high)))
    u = np.mod(A.astype(np.float64) - low, span)
    assert np.allclose(one("wrap", A, low=low, high=high), low + u, atol=2e-5)
    v = np.mod(A.astype(np.float64) - low, 2 * span)
    assert np.allclose(one("fold", A, low=low, high=high), low + np.minimum(v, 2 * span - v), atol=2e-5)


@pytest.mark.parametrize("kind", ["clamp", "wrap", "fold"])
def test_a_range_the_wrong_way_round_is_its_lower_end(kind: str) -> None:
    assert (one(kind, A, low=2.0, high=-1.0) == 2.0).all()


def test_quantize() -> None:
    assert np.allclose(one("quantize", A, step=0.25), np.floor(A / 0.25 + 0.5) * 0.25)
    assert np.allclose(one("quantize", A, step=2.0, offset=0.5), np.floor((A - 0.5) / 2 + 0.5) * 2 + 0.5)
    assert np.array_equal(one("quantize", A, step=0.0), A)


def test_range_to_range() -> None:
    ends = {"in_low": -4.0, "in_high": 4.0}
    u = np.clip((A + 4) / 8, 0, 1)
    assert np.allclose(one("lin_to_lin", A, **ends, out_low=10.0, out_high=-2.0), 10 - 12 * u, atol=1e-5)
    assert np.allclose(one("lin_to_exp", A, **ends, out_low=100.0, out_high=1600.0), 100 * 16**u, rtol=1e-5)
    backwards = one("lin_to_lin", A, in_low=4.0, in_high=-4.0, out_low=0.0, out_high=1.0)
    assert np.allclose(backwards, 1 - u, atol=1e-6)


# --- scales --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("index", range(len(SCALES)), ids=list(SCALES))
def test_degrees_are_those_of_the_scale(index: int) -> None:
    notes = list(SCALES.values())[index]
    degrees = np.arange(LANES) - LANES // 2
    want = [2 + 12 * (d // len(notes)) + notes[d % len(notes)] for d in degrees]
    for off in (-0.4, 0.0, 0.4):
        x = np.tile(np.float32(degrees + off), (4, 1))
        assert np.array_equal(one("scale_quantize", x, scale=float(index), root=2.0)[0], want)


def test_a_major_scale_through_two_octaves() -> None:
    x = np.tile(np.float32(np.arange(LANES) % 15), (4, 1))
    steps = one("scale_quantize", x, root=60.0)[0, :15]
    assert list(steps) == [60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77, 79, 81, 83, 84]
