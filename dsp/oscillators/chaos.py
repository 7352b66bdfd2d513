"""Chaotic systems as sound: the logistic map, Henon's map, Lorenz's attractor."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, shift_right, times, to_float, to_int
from dsp.math.noise import hash32, uniform
from dsp.math.phase import phase_step

_FREQ = Param(
    1000.0,
    0.0,
    48000.0,
    Unit.HZ,
    curve=Curve.EXPONENTIAL,
    doc="Steps of the map per second; each value is held until the next.",
)
_ONE = 16777216.0  # 1 in fixed point: chaos must not depend on how a compiler rounds


@inline
def _tick(angle: Any, step: Any) -> Any:
    """The next 31-bit phase, and whether it wrapped around."""
    angle = angle + step
    return angle & 0x7FFFFFFF, shift_right(angle, 31) != 0


@kind(
    seeded=True,
    state=("x",),
    ints=("angle", "started"),
    tags=("chaotic",),
    reference="R. May, 'Simple mathematical models with very complicated dynamics' (Nature 261, 1976): x = r x (1 - x)",
    freq=_FREQ,
    chaos=Param(
        3.9,
        0.0,
        4.0,
        doc="r: below 3 it comes to rest; above, it repeats after 2, 4, 8 steps; above 3.57 it is chaotic.",
    ),
)
def logistic(freq: Any, chaos: Any, y: Any, state: Any, seed: Any, n: Any, env: Any) -> None:
    """Steps of the logistic map, -1..1: from a tone at freq / 2 to noise."""
    x, angle = np.where(state.started == 0, 0.5 + times(0.3, uniform(seed)), state.x), state.angle
    step = phase_step(0.5 * np.abs(freq[0]), env.dt)
    for i in range(n):
        if freq.moving:
            step = phase_step(0.5 * np.abs(freq[i]), env.dt)
        y[i] = 2.0 * x - 1.0
        angle, on = _tick(angle, step)
        new = fmin(fmax(chaos[i], 0.0), 4.0) * x * (1.0 - x)
        x = np.where(on, fmin(fmax(new, 1e-7), 0.9999999), x)  # it would never leave 0 or 1
    state.x, state.angle, state.started = x, angle, 1


@kind(
    seeded=True,
    ints=("last", "before", "angle", "started"),
    tags=("chaotic",),
    reference="M. Henon, 'A two-dimensional mapping with a strange attractor' (1976): x = 1 - a x1^2 + b x2; in fixed point",
    freq=_FREQ,
    a=Param(1.4, 0.0, 2.0, doc="Bend of the map; with b 0.3 it is chaotic above 1.06, and gives tones below."),
    b=Param(0.3, -1.0, 1.0, doc="Share of the step before the last."),
)
def henon(freq: Any, a: Any, b: Any, y: Any, state: Any, seed: Any, n: Any, env: Any) -> None:
    """Steps of Henon's map, -1..1; where its values would grow without end it starts again."""
    last, before, angle = state.last, state.before, state.angle
    last = np.where(state.started == 0, to_int(uniform(seed) * 1000000.0), last)
    step = phase_step(0.5 * np.abs(freq[0]), env.dt)
    for i in range(n):
        if freq.moving:
            step = phase_step(0.5 * np.abs(freq[i]), env.dt)
        x = to_float(last) * (1.0 / _ONE)
        y[i] = x * 0.66666667
        angle, on = _tick(angle, step)
        bent = to_int(fmin(fmax(a[i], 0.0), 2.0) * x * x * _ONE)
        back = to_int(fmin(fmax(b[i], -1.0), 1.0) * to_float(before))
        new = (1 << 24) - bent + back
        lost = (new > 25165824) | (new < -25165824)  # beyond 1.5 in fixed point
        before = np.where(on, np.where(lost, 0, last), before)
        last = np.where(on, np.where(lost, 0, new), last)
    state.last, state.before, state.angle, state.started = last, before, angle, 1


@inline
def _flow(x: Any, y: Any, z: Any, s: Any, r: Any, b: Any) -> Any:
    return s * (y - x), x * (r - z) - y, times(x, y) - b * z


@inline
def _runge_kutta(x: Any, y: Any, z: Any, s: Any, r: Any, b: Any, h: Any) -> Any:
    """A fourth-order Runge-Kutta step of length h."""
    half, sixth = 0.5 * h, h * 0.16666667
    x1, y1, z1 = _flow(x, y, z, s, r, b)
    x2, y2, z2 = _flow(x + half * x1, y + half * y1, z + half * z1, s, r, b)
    x3, y3, z3 = _flow(x + half * x2, y + half * y2, z + half * z2, s, r, b)
    x4, y4, z4 = _flow(x + h * x3, y + h * y3, z + h * z3, s, r, b)
    return (
        x + sixth * (2.0 * (x2 + x3) + (x1 + x4)),
        y + sixth * (2.0 * (y2 + y3) + (y1 + y4)),
        z + sixth * (2.0 * (z2 + z3) + (z1 + z4)),
    )


@kind(
    outs=("x", "y", "z"),
    seeded=True,
    state=("u", "v", "w"),
    ints=("started",),
    tags=("chaotic",),
    reference="E. Lorenz, 'Deterministic nonperiodic flow' (J. Atmos. Sci. 20, 1963); fourth-order Runge-Kutta",
    freq=Param(
        200.0,
        0.0,
        3840.0,
        Unit.HZ,
        curve=Curve.EXPONENTIAL,
        doc="About how many turns it makes per second around one wing of the attractor; at most 0.08 of the rate.",
    ),
    s=Param(10.0, 0.0, 20.0, doc="Sigma (Prandtl number)."),
    r=Param(28.0, 0.0, 50.0, doc="Rho (Rayleigh number): chaos above 24.7, rest below."),
    b=Param(2.6666667, 0.0, 5.0, doc="Beta (shape of the cell)."),
)
def lorenz(freq: Any, s: Any, r: Any, b: Any, x: Any, y: Any, z: Any, state: Any, seed: Any, n: Any, env: Any) -> None:
    """The three coordinates of Lorenz's attractor, each about -1..1; every voice starts at a different point."""
    fresh = state.started == 0
    start = 8.0 + 4.0 * uniform(seed)
    across = 8.0 + 4.0 * uniform(hash32(seed))
    u, v, w = np.where(fresh, start, state.u), np.where(fresh, across, state.v), np.where(fresh, 27.0, state.w)
    for i in range(n):
        h = fmin(np.abs(fmin(fmax(freq[i], -1e6), 1e6)) * env.dt, 0.08) * 0.75
        p, q, c = fmin(fmax(s[i], 0.0), 20.0), fmin(fmax(r[i], 0.0), 50.0), fmin(fmax(b[i], 0.0), 5.0)
        x[i], y[i], z[i] = u * 0.05, v * 0.037, w * 0.04 - 1.0
        u, v, w = _runge_kutta(u, v, w, p, q, c, h)
        fine = (np.abs(u) < 100.0) & (np.abs(v) < 100.0) & (np.abs(w) < 200.0)
        u, v, w = np.where(fine, u, start), np.where(fine, v, across), np.where(fine, w, 27.0)
    state.u, state.v, state.w, state.started = u, v, w, 1
