"""Accuracy of dsp.math, compared with float64 NumPy: compiled at two widths, and as plain Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dsp.abi import ENV, STEP_SIGNALS
from dsp.compile import compile_kind
from dsp.kind import REGISTRY, Kind, kind
from dsp.lanes import LANES, to_int
from dsp.load import Library
from dsp.math.exponential import db_to_gain, exp, exp2, log, log2, midi_to_hz, power
from dsp.math.hyperbolic import tanh
from dsp.math.interpolate import cubic, linear
from dsp.math.noise import hash32, uniform
from dsp.math.trig import atan, cos_cycles, cos_phase, sin_cycles, sin_phase, tan_half, warp
from dsp.structs import StructView

OUTS = (
    *("sin", "cos", "tan", "warped", "sin_p", "cos_p"),
    *("two", "e", "lb", "ln", "pow", "gain", "hz", "th", "line", "curve", "rnd", "arc"),
)


@kind(ins=("x", "u"), outs=OUTS, reference="test")
def math_under_test(
    x: Any, u: Any, sin: Any, cos: Any, tan: Any, warped: Any, sin_p: Any, cos_p: Any, two: Any, e: Any, lb: Any,
    ln: Any, pow: Any, gain: Any, hz: Any, th: Any, line: Any, curve: Any, rnd: Any, arc: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Every function of dsp.math on the rows x and u."""
    for i in range(n):
        a, b = x[i], u[i]
        sin[i], cos[i], tan[i], warped[i] = sin_cycles(a), cos_cycles(a), tan_half(a), warp(a, env.dt)
        sin_p[i], cos_p[i] = sin_phase(to_int(a)), cos_phase(to_int(a))
        two[i], e[i], lb[i], ln[i], pow[i] = exp2(a), exp(a), log2(a), log(a), power(a, b)
        gain[i], hz[i], th[i] = db_to_gain(a), midi_to_hz(a), tanh(a)
        line[i], curve[i], rnd[i] = linear(a, b, 0.25), cubic(a, b, a + b, a - b, 0.75), uniform(to_int(a))
        arc[i] = atan(a)


# a test's kind must not stay in the list that users see
KIND: Kind = REGISTRY.pop("math_under_test")
Rows = dict[str, np.ndarray]


@pytest.fixture(scope="module", params=[4, 16])
def rows(request: pytest.FixtureRequest) -> Callable[..., Rows]:
    """Calls the compiled functions with x (and u) of any length. Returns the results by name."""
    width: int = request.param
    symbol = f"{KIND.name}_{width}"
    library = Library({symbol: compile_kind(KIND, width)})
    call = library.function(symbol, 7)

    def run(x: np.ndarray, u: np.ndarray | float = 1.0) -> Rows:
        count = len(x) // LANES
        ins = [
            np.ascontiguousarray(np.broadcast_to(v, x.shape)[: count * LANES], np.float32).reshape(count, LANES)
            for v in (x, u)
        ]
        outs = {name: np.zeros((count, LANES), np.float32) for name in OUTS}
        env = StructView(ENV)
        env.rate, env.dt = 48000.0, 1 / 48000.0
        step = np.zeros(STEP_SIGNALS + len(KIND.signals), np.int64)
        step[STEP_SIGNALS:] = range(len(KIND.signals))
        for lane in range(0, LANES, width):
            regs = np.array(
                [w for s in (*ins, *outs.values()) for w in (s.ctypes.data + 4 * lane, 4 * LANES)], np.int64
            )
            call(regs.ctypes.data, step.ctypes.data, 0, 0, 0, count, env.address)
        run.library = library  # type: ignore[attr-defined]  # the code must outlive the calls
        return {"x": ins[0].astype(float).ravel(), "u": ins[1].astype(float).ravel()} | {
            k: v.ravel() for k, v in outs.items()
        }

    return run


def spread(low: float, high: float, count: int = 64_000) -> np.ndarray:
    return np.random.default_rng(7).uniform(low, high, count).astype(np.float32)


def absolute(got: np.ndarray, want: np.ndarray) -> float:
    return float(np.abs(got - want).max())


def relative(got: np.ndarray, want: np.ndarray) -> float:
    return float(np.abs(got / want - 1.0).max())


@pytest.mark.parametrize("reach", [1.0, 1024.0])
def test_sine_and_cosine(rows: Callable[..., Rows], reach: float) -> None:
    r = rows(spread(-reach, reach))
    assert absolute(r["sin"], np.sin(2 * np.pi * r["x"])) < 4e-7
    assert absolute(r["cos"], np.cos(2 * np.pi * r["x"])) < 5e-7


def test_sine_of_any_finite_number_is_bounded(rows: Callable[..., Rows]) -> None:
    x = np.concatenate([10.0 ** spread(3, 38), -(10.0 ** spread(3, 38))]).astype(np.float32)
    assert np.abs(rows(x)["sin"]).max() < 1 + 4e-7


def test_zeros_of_the_sine_are_exact(rows: Callable[..., Rows]) -> None:
    assert not rows(np.arange(-64, 64) * np.float32(0.5))["sin"].any()


def test_sine_and_cosine_of_a_phase(rows: Callable[..., Rows]) -> None:
    r = rows(np.floor(spread(-(2.0**31), 2.0**31 - 256)))
    angle = 2 * np.pi * r["x"] / 2**32
    assert absolute(r["sin_p"], np.sin(angle)) < 4e-7
    assert absolute(r["cos_p"], np.cos(angle)) < 4e-7


def test_tangent(rows: Callable[..., Rows]) -> None:
    r = rows(spread(1e-9, 0.4999))
    assert relative(r["tan"], np.tan(np.pi * r["x"])) < 5e-7


def test_inverse_tangent(rows: Callable[..., Rows]) -> None:
    for low, high in ((-2, 2), (-1e6, 1e6), (1e-12, 1e-3)):
        r = rows(spread(low, high))
        assert relative(r["arc"], np.arctan(r["x"])) < 5e-7
    assert rows(np.full(LANES, np.inf))["arc"][0] == pytest.approx(np.pi / 2)


def test_warp_is_the_tangent_of_the_cutoff(rows: Callable[..., Rows]) -> None:
    r = rows(spread(0.01, 0.49 * 48000))
    assert relative(r["warped"], np.tan(np.pi * r["x"] / 48000)) < 1e-5
    r = rows(spread(0.49 * 48000, 0.4999 * 48000))
    assert relative(r["warped"], np.tan(np.pi * r["x"] / 48000)) < 1e-3


def test_warp_clamps_what_is_no_cutoff(rows: Callable[..., Rows]) -> None:
    r = rows(np.resize(np.float32([-1e38, -1.0, np.nan, 0.0, 23999.0, 24000.0, 1e38, np.inf]), LANES))
    assert not r["warped"][:4].any()
    assert relative(r["warped"][4:8], np.full(4, np.tan(np.pi * 0.4999))) < 1e-3


def test_exponentials(rows: Callable[..., Rows]) -> None:
    r = rows(spread(-126, 127.4))
    assert relative(r["two"], 2 ** r["x"]) < 2e-7
    r = rows(spread(-87.3, 88.3))
    assert relative(r["e"], np.exp(r["x"])) < 3e-7


def test_whole_powers_of_two_are_exact(rows: Callable[..., Rows]) -> None:
    r = rows(np.float32(np.resize(np.arange(-126, 128), 256)))
    assert np.array_equal(r["two"], 2 ** r["x"])


def test_exponentials_clamp(rows: Callable[..., Rows]) -> None:
    r = rows(np.resize(np.float32([np.nan, -np.inf, -1e38, -127, 1e38, 128, np.inf, 1000]), LANES))
    for name in ("two", "e"):
        assert np.isfinite(r[name]).all()
        assert r[name][:4].max() < 2e-38
        assert r[name][4:8].min() > 2e38


def test_logarithms(rows: Callable[..., Rows]) -> None:
    for low, high in ((-126, 127.9), (-1, 1), (-0.01, 0.01)):
        r = rows(2 ** spread(low, high))
        for name, want in (("lb", np.log2(r["x"])), ("ln", np.log(r["x"]))):
            assert (np.abs(r[name] - want) / (1 + np.abs(want))).max() < 1.5e-7


def test_logarithm_of_nothing_is_finite(rows: Callable[..., Rows]) -> None:
    assert np.isfinite(
        rows(np.resize(np.float32([0, -1, np.nan, np.inf, -np.inf, 1e-45, 3.4e38, -0.0]), LANES))["lb"]
    ).all()


def test_power(rows: Callable[..., Rows]) -> None:
    r = rows(2 ** spread(-12, 12), spread(-4, 4))
    bound = 3e-7 * (1 + np.abs(r["u"])) * (1 + np.abs(np.log2(r["x"])))
    assert (np.abs(r["pow"] / r["x"] ** r["u"] - 1) / bound).max() < 1


def test_levels_and_notes(rows: Callable[..., Rows]) -> None:
    r = rows(spread(-120, 120))
    assert relative(r["gain"], 10 ** (r["x"] / 20)) < 2e-6
    r = rows(spread(0, 127))
    assert relative(r["hz"], 440 * 2 ** ((r["x"] - 69) / 12)) < 1e-6


def test_tanh(rows: Callable[..., Rows]) -> None:
    r = rows(spread(-9, 9))
    assert absolute(r["th"], np.tanh(r["x"])) < 2e-6
    assert relative(r["th"], np.tanh(r["x"])) < 1e-5
    assert np.abs(r["th"]).max() <= 1
    x = spread(0, 8)
    assert np.array_equal(rows(-x)["th"], -rows(x)["th"])
    big = rows(np.resize(np.float32([7.5, 10, 1e20, 3e38, np.inf]), LANES))["th"]
    assert np.array_equal(big, np.ones(LANES))


def test_tanh_never_falls(rows: Callable[..., Rows]) -> None:
    values = rows(np.linspace(-8, 8, 64_000, dtype=np.float32))["th"]
    assert np.diff(values).min() > -3e-7


def test_interpolation(rows: Callable[..., Rows]) -> None:
    r = rows(spread(-1, 1), spread(-1, 1)[::-1])
    a, b = r["x"], r["u"]
    assert absolute(r["line"], a + (b - a) * 0.25) < 3e-7
    t, p0, p1, p2, p3 = 0.75, a, b, a + b, a - b
    slope1, slope2 = (p2 - p0) / 2, (p3 - p1) / 2
    hermite = (
        (2 * t**3 - 3 * t**2 + 1) * p1
        + (t**3 - 2 * t**2 + t) * slope1
        + (3 * t**2 - 2 * t**3) * p2
        + (t**3 - t**2) * slope2
    )
    assert absolute(r["curve"], hermite) < 1e-6


def test_interpolation_meets_its_ends() -> None:
    assert linear(0.3, 0.7, 0.0) == 0.3
    assert cubic(9.0, 0.3, 0.7, -9.0, 0.0) == 0.3
    assert cubic(9.0, 0.3, 0.7, -9.0, 1.0) == pytest.approx(0.7)
    line = [cubic(k - 1.0, k, k + 1.0, k + 2.0, 0.4) for k in (0.0, 5.0)]
    assert line == pytest.approx([0.4, 5.4])  # a straight line stays straight


def test_noise_is_even_white_and_the_same_everywhere(rows: Callable[..., Rows]) -> None:
    counter = np.arange(64_000)
    noise = rows(counter.astype(np.float32))["rnd"]
    assert np.array_equal(noise, uniform(counter.astype(np.int32)))
    assert noise.min() >= -1
    assert noise.max() < 1
    assert abs(noise.mean()) < 0.01
    assert noise.std() == pytest.approx(3**-0.5, rel=0.01)
    histogram = np.histogram(noise, 16, (-1, 1))[0]
    assert np.abs(histogram / 4000 - 1).max() < 0.1
    for lag in (1, 2, 3, 16, 64, 1024):
        assert abs(np.mean(noise[lag:] * noise[:-lag])) * 3 < 0.02


def test_hash_is_one_to_one_and_mixes() -> None:
    i = np.arange(1 << 16, dtype=np.int32)
    assert len(np.unique(hash32(i))) == len(i)
    for bit in range(31):
        changed = hash32(i) ^ hash32(i ^ np.int32(1 << bit))
        ones = np.unpackbits(changed.view(np.uint8)).mean()
        assert ones == pytest.approx(0.5, abs=0.01)


def test_plain_numbers_work_too() -> None:
    assert sin_cycles(0.25) == pytest.approx(1)
    assert cos_cycles(0.5) == pytest.approx(-1)
    assert (sin_phase(1 << 30), cos_phase(0)) == pytest.approx((1, 1))
    assert cos_phase((1 << 31) - 1) == pytest.approx(-1)
    assert warp(1000.0, 1 / 48000) == pytest.approx(np.tan(np.pi / 48))
    assert (exp2(3.0), exp(1.0), log2(8.0), log(2.0)) == pytest.approx((8, np.e, 3, np.log(2)))
    assert power(2.0, 0.5) == pytest.approx(2**0.5)
    assert db_to_gain(20.0) == pytest.approx(10)
    assert midi_to_hz(69) == pytest.approx(440)
    assert tanh(1.0) == pytest.approx(np.tanh(1), abs=2e-6)
    assert hash32(5) == hash32(np.int32(5)) == hash32(np.full(3, 5, np.int32))[2]
    assert -1 <= uniform(12345) < 1
