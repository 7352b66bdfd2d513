"""Filters that change only phases."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.interpolate import any_number
from dsp.math.statevariable import add_band, coefficients, run_filter
from dsp.math.trig import warp


@kind(
    ins=("x",),
    state=("z",),
    reference="y = c x + x1 - c y1; J. O. Smith, Physical Audio Signal Processing, First-Order Allpass Filters",
    coefficient=Param(
        0.5, -1.0, 1.0, doc="c, kept within -0.9999..0.9999: its delay at 0 Hz is (1 - c) / (1 + c) frames."
    ),
)
def allpass(x: Any, coefficient: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Turns phases by up to half a cycle, as set by its coefficient; levels stay the same."""
    z = state.z
    for i in range(n):
        c = fmin(fmax(coefficient[i], -0.9999), 0.9999)
        u = any_number(x[i])
        out = c * u + z
        z = u - c * out
        y[i] = out
    state.z = z


@inline
def _design(params: Any, i: Any, env: Any) -> Any:
    """The design of the input minus twice its band, for ``add_band``."""
    freq, q = params
    k = 1.0 / fmin(fmax(q[i], 0.05), 1000.0)
    _, c1, c2, c3 = coefficients(warp(fmin(fmax(freq[i], 1.0), 0.49 * env.rate), env.dt), k)
    return -k, c1, c2, c3


@inline
def _add_band(u: Any, z1: Any, z2: Any, design: Any) -> Any:
    return add_band(any_number(u), z1, z2, design)


@kind(
    ins=("x",),
    state=("z1", "z2"),
    reference="V. Zavalishin, The Art of VA Filter Design, rev. 2.1.2, ch. 4: input minus twice the band-pass",
    freq=Param(
        1000.0,
        10.0,
        22000.0,
        Unit.HZ,
        curve=Curve.EXPONENTIAL,
        doc="Frequency at which the phase turns by half a cycle; at most 0.49 of the sample rate.",
    ),
    q=Param(
        0.70710678,
        0.1,
        100.0,
        Unit.RATIO,
        curve=Curve.EXPONENTIAL,
        doc="How sharply the phase turns at that frequency.",
    ),
)
def allpass2(x: Any, freq: Any, q: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Turns phases by up to a whole cycle around a frequency; levels stay the same."""
    run_filter(_design, _add_band, freq.moving or q.moving, x, (freq, q), y, state, n, env)


@inline
def _section(x: Any, c: Any, z1: Any, z2: Any) -> Any:
    """An all-pass in z^2, (c - z^-2) / (1 - c z^-2): its output and next states."""
    out = c * x + z1
    return out, z2, c * out - x


@kind(
    ins=("x",),
    outs=("re", "im"),
    state=(
        *("a1", "b1", "a2", "b2", "a3", "b3", "a4", "b4"),
        *("c1", "d1", "c2", "d2", "c3", "d3", "c4", "d4"),
        "before",
    ),
    reference="O. Niemitalo, 'Hilbert transform' (2001): two chains of all-passes, 90 degrees apart within 0.7 degrees "
    "from 0.002 to 0.498 of the sample rate",
)
def hilbert(x: Any, re: Any, im: Any, state: Any, n: Any, env: Any) -> None:
    """Two copies a quarter of a cycle apart (the second is behind), for shifting frequencies; exact above 96 Hz at 48 kHz."""
    a1, b1, a2, b2 = state.a1, state.b1, state.a2, state.b2
    a3, b3, a4, b4 = state.a3, state.b3, state.a4, state.b4
    c1, d1, c2, d2 = state.c1, state.d1, state.c2, state.d2
    c3, d3, c4, d4 = state.c3, state.d3, state.c4, state.d4
    before = state.before
    for i in range(n):
        u = any_number(x[i])
        v, a1, b1 = _section(u, 0.47940086558884, a1, b1)
        v, a2, b2 = _section(v, 0.87621849353931, a2, b2)
        v, a3, b3 = _section(v, 0.97659758950819, a3, b3)
        v, a4, b4 = _section(v, 0.99749925593555, a4, b4)
        im[i] = before
        before = v
        v, c1, d1 = _section(u, 0.16175849836770, c1, d1)
        v, c2, d2 = _section(v, 0.73302893234149, c2, d2)
        v, c3, d3 = _section(v, 0.94534970032911, c3, d3)
        v, c4, d4 = _section(v, 0.99059915668453, c4, d4)
        re[i] = v
    state.a1, state.b1, state.a2, state.b2 = a1, b1, a2, b2
    state.a3, state.b3, state.a4, state.b4 = a3, b3, a4, b4
    state.c1, state.d1, state.c2, state.d2 = c1, d1, c2, d2
    state.c3, state.d3, state.c4, state.d4 = c3, d3, c4, d4
    state.before = before
