"""A bank of comparators: each compares a wave with one of sixteen slow triangles."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, kind
from dsp.lanes import fmax, fmin, inline, wrap_int
from dsp.math.exponential import exp2
from dsp.math.phase import QUARTER, from_phase, phase_step

# the sixteen frequencies in octaves at a spread of 1, and the gain of each on the left (on the right in reverse order)
_OCTAVES = (
    (0.0, 1.129613, 2.347949, 3.092377),
    (3.161888, 3.218006, 3.78094, 3.873124),
    (4.282588, 4.459628, 4.637378, 4.69994),
    (4.705149, 4.931163, 5.070733, 5.132618),
)
_PAN = (
    (1.0, 0.994522, 0.978148, 0.951057),
    (0.913545, 0.866025, 0.809017, 0.743145),
    (0.669131, 0.587785, 0.5, 0.406737),
    (0.309017, 0.207912, 0.104528, 0.0),
)


@inline
def _steps(spread: Any, octaves: Any, dt: Any) -> Any:
    """The steps of four phases."""
    s = fmin(fmax(spread, -4.0), 4.0)
    a, b, c, d = octaves
    return (
        phase_step(exp2(s * a), dt),
        phase_step(exp2(s * b), dt),
        phase_step(exp2(s * c), dt),
        phase_step(exp2(s * d), dt),
    )


@inline
def _above(x: Any, angle: Any) -> Any:
    """1 where x is above a triangle; the triangle starts at 0, rising."""
    return np.where(x > 4.0 * np.abs(from_phase(wrap_int(angle + QUARTER))) - 1.0, 1.0, 0.0)


@inline
def _four(x: Any, angles: Any, near: Any, far: Any) -> Any:
    """Left and right of four comparators."""
    a, b, c, d = angles
    on1, on2, on3, on4 = _above(x, a), _above(x, b), _above(x, c), _above(x, d)
    l1, l2, l3, l4 = near
    r1, r2, r3, r4 = far
    return l1 * on1 + l2 * on2 + l3 * on3 + l4 * on4, r4 * on1 + r3 * on2 + r2 * on3 + r1 * on4


@inline
def _advance(angles: Any, steps: Any) -> Any:
    a, b, c, d = angles
    p, q, r, s = steps
    return a + p, b + q, c + r, d + s


@kind(
    ins=("x",),
    outs=("left", "right"),
    ints=(
        "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11", "a12", "a13", "a14", "a15", "a16",
    ),
    tags=("stepped",),
    reference="SuperDirt's supercomparator; its sixteen frequencies are 1 to 35 Hz, raised to the power of the spread",
    spread=Param(0.1, -4.0, 4.0, smoothing=0.0, doc="0: all triangles swing once a second; 1: the last one 35 times."),
)  # fmt: skip
def comparators(x: Any, spread: Any, left: Any, right: Any, state: Any, n: Any, env: Any) -> None:
    """Counts how many of sixteen slow triangles a wave is above, divided by 4; the first triangles sound on the left."""
    first = (state.a1, state.a2, state.a3, state.a4)
    second = (state.a5, state.a6, state.a7, state.a8)
    third = (state.a9, state.a10, state.a11, state.a12)
    fourth = (state.a13, state.a14, state.a15, state.a16)
    d1, d2 = _steps(spread[0], _OCTAVES[0], env.dt), _steps(spread[0], _OCTAVES[1], env.dt)
    d3, d4 = _steps(spread[0], _OCTAVES[2], env.dt), _steps(spread[0], _OCTAVES[3], env.dt)
    for i in range(n):
        if spread.moving:
            d1, d2 = _steps(spread[i], _OCTAVES[0], env.dt), _steps(spread[i], _OCTAVES[1], env.dt)
            d3, d4 = _steps(spread[i], _OCTAVES[2], env.dt), _steps(spread[i], _OCTAVES[3], env.dt)
        u = x[i]
        (l1, r1), (l2, r2) = _four(u, first, _PAN[0], _PAN[3]), _four(u, second, _PAN[1], _PAN[2])
        (l3, r3), (l4, r4) = _four(u, third, _PAN[2], _PAN[1]), _four(u, fourth, _PAN[3], _PAN[0])
        left[i] = 0.25 * ((l1 + l2) + (l3 + l4))
        right[i] = 0.25 * ((r1 + r2) + (r3 + r4))
        first, second, third, fourth = (
            _advance(first, d1),
            _advance(second, d2),
            _advance(third, d3),
            _advance(fourth, d4),
        )
    state.a1, state.a2, state.a3, state.a4 = first
    state.a5, state.a6, state.a7, state.a8 = second
    state.a9, state.a10, state.a11, state.a12 = third
    state.a13, state.a14, state.a15, state.a16 = fourth
