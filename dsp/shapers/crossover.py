"""SuperDirt's distortion: a gap around zero, resonators in parallel, and a hard bend."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, kind
from dsp.lanes import fmax, fmin, inline, times, wrap_int
from dsp.math.delayline import sane
from dsp.math.phase import phase_step
from dsp.math.smoothing import share_of
from dsp.math.statevariable import advance, coefficients
from dsp.math.trig import sin_cycles, sin_phase, tan_half

_GAP = 0.2  # amplitude below which the wave nearly disappears
_LEFT = 0.01  # share of it that remains
_LN_1000 = 6.907755


@inline
def _ring(freq: Any, seconds: Any, dt: Any) -> Any:
    """Coefficients of a resonator that falls by 60 dB in a time: SuperCollider's Ringz as a state-variable filter.

    Ringz is (1 - z^-2) / 2 divided by 1 - b z^-1 + R^2 z^-2 with b = 4 R^2 cos w / (1 + R^2); the two have the same poles if
    g^2 = (1 + R^2 - b) / (1 + R^2 + b). It is written with 1 - R, which stays exact where R is close to 1.
    """
    gone = share_of(seconds * (1.0 / _LN_1000), dt)
    r = 1.0 - gone
    less, more = gone * (1.0 + r), 1.0 + r * r
    # tangent of w / 2; it keeps the digits of small angles, which a sine of cycles would lose
    t = tan_half(fmin(freq * dt, 0.49))
    turn = r * r * t * t / (1.0 + t * t)  # (R sin w / 2)^2
    g = np.sqrt((less * less + 8.0 * turn) / (more * more + 4.0 * r * r - 8.0 * turn))
    k = (1.0 + g * g) * less / (more * g)
    h, p, q, last = coefficients(g, k)
    return g, h, p, q, last, 0.5 / (h * g)


@inline
def _resonate(u: Any, z1: Any, z2: Any, c: Any) -> Any:
    """(output, states) of one resonator."""
    g, h, p, q, last, level = c
    y = level * h * (z1 + g * (u - z2))
    z1, z2 = advance(u, z1, z2, p, q, last)
    return y, z1, z2


@kind(
    ins=("x",),
    state=("a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2"),
    ints=("phase",),
    reference="SuperDirt's distort (docs/dirt.md, Effects)",
    amount=Param(
        0.5, 0.0, 1.0, aliases=("distort",),
        doc="Equal-power mix from the input to the distorted sound; also the level of the resonators.",
    ),
)  # fmt: skip
def crossover_distort(x: Any, amount: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Crossover distortion: it keeps only loud parts, makes them harsh and emphasises 60, 240 and 3000 Hz."""
    a1, a2, b1, b2 = state.a1, state.a2, state.b1, state.b2
    c1, c2, d1, d2 = state.c1, state.c2, state.d1, state.d2
    angle = state.phase
    zero = 0.0 * a1
    first, second, third = (
        _ring(zero + 60.0, zero + 0.1, env.dt),
        _ring(zero + 61.0, zero + 0.1, env.dt),
        _ring(zero + 240.0, zero + 0.05, env.dt),
    )
    for i in range(n):
        u = sane(x[i])
        d = fmin(fmax(amount[i], 0.0), 1.0)
        over = np.abs(u) - _GAP
        over = np.where(over < 0.0, over * (1.0 + over * (1.0 / (_GAP * _LEFT))) * _LEFT, over)
        crossed = np.where(u < 0.0, -over, over)
        ra, a1, a2 = _resonate(u, a1, a2, first)
        rb, b1, b2 = _resonate(u, b1, b2, second)
        rc, c1, c2 = _resonate(u, c1, c2, third)
        rd, d1, d2 = _resonate(u, d1, d2, _ring(3000.0 + 100.0 * sin_phase(angle), zero + 0.01, env.dt))
        angle = wrap_int(angle + phase_step(62.0 + zero, env.dt))
        w = crossed + 0.1 * d * ((ra + rb) + (rc + rd))
        w = 8.0 * w * w * w
        size = np.abs(w)
        bent = np.where(size <= 0.5, w, (size - 0.25) / fmax(size, 0.5) * np.where(w < 0.0, -1.0, 1.0))
        y[i] = times(u, sin_cycles(0.25 - 0.25 * d)) + 0.5 * bent * sin_cycles(0.25 * d)
    state.a1, state.a2, state.b1, state.b2 = a1, a2, b1, b2
    state.c1, state.c2, state.d1, state.d2 = c1, c2, d1, d2
    state.phase = angle
