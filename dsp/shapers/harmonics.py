"""Shapers that add harmonics of a known kind: Chebyshev polynomials, SuperDirt's triode and krush."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.delayline import sane
from dsp.math.hyperbolic import tanh
from dsp.math.statevariable import advance, coefficients, resonant_gains
from dsp.math.trig import sin_cycles


def _level(number: int) -> Param:
    return Param(1.0 if number == 1 else 0.0, -4.0, 4.0, Unit.GAIN, doc=f"Level of harmonic {number}.")


@inline
def _held(x: Any) -> Any:
    return fmin(fmax(x, -4.0), 4.0)


@kind(
    ins=("x",),
    reference="M. Le Brun, 'Digital waveshaping synthesis' (JAES 27, 1979): Chebyshev polynomials, summed by Clenshaw's rule",
    h1=_level(1),
    h2=_level(2),
    h3=_level(3),
    h4=_level(4),
    h5=_level(5),
    h6=_level(6),
    h7=_level(7),
    h8=_level(8),
)
def chebyshev(
    x: Any, h1: Any, h2: Any, h3: Any, h4: Any, h5: Any, h6: Any, h7: Any, h8: Any, y: Any, n: Any, env: Any
) -> None:
    """Turns a sine of full scale into exactly these harmonics; softer sounds get fewer. Silence stays silent."""
    for i in range(n):
        u = fmin(fmax(x[i], -1.0), 1.0)
        two = u + u
        c2, c4, c6, c8 = _held(h2[i]), _held(h4[i]), _held(h6[i]), _held(h8[i])
        b7 = _held(h7[i]) + two * c8
        b6 = c6 + two * b7 - c8
        b5 = _held(h5[i]) + two * b6 - b7
        b4 = c4 + two * b5 - b6
        b3 = _held(h3[i]) + two * b4 - b5
        b2 = c2 + two * b3 - b4
        b1 = _held(h1[i]) + two * b2 - b3
        y[i] = u * b1 - b2 + (c2 - c4 + c6 - c8)


@kind(
    ins=("x",),
    state=("before", "z"),
    reference="SuperDirt's triode (docs/dirt.md, Effects): tanh(g x) / g below 0, g = 10 amount + 0.001, then no offset",
    amount=Param(0.5, 0.0, 100.0, doc="How strongly the lower half saturates.", aliases=("triode",)),
)
def triode(x: Any, amount: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A valve: the lower half of the wave saturates, the upper one does not."""
    before, z = state.before, state.z
    for i in range(n):
        u = sane(x[i])
        g = fmin(fmax(amount[i], 0.0), 100.0) * 10.0 + 0.001
        bent = np.where(u < 0.0, tanh(g * u) / g, u)
        z = 0.995 * z + (bent - before)
        before = bent
        y[i] = z
    state.before, state.z = before, z


@kind(
    ins=("x",),
    state=("z1", "z2"),
    reference="SuperDirt's krush (docs/dirt.md, Effects): (x^2 + k x) / (x^2 + |x| (k - 1) + 1), low-passed",
    amount=Param(0.5, 0.0, 100.0, doc="k of the curve, and an equal-power mix: from 0.5 on only the shaped sound.", aliases=("krush",)),
    cutoff=Param(
        4000.0, 0.0, 10000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Corner of the low-pass; 0 means 4000 Hz.", aliases=("kcutoff",)
    ),
)  # fmt: skip
def krush(x: Any, amount: Any, cutoff: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A wave-shaping distortion with a low-pass after it; one control goes from dry to wet."""
    z1, z2 = state.z1, state.z2
    for i in range(n):
        u = sane(x[i])
        k = fmin(fmax(amount[i], 0.0), 100.0)
        square = u * u
        bent = (square + k * u) / (square + np.abs(u) * (k - 1.0) + 1.0)
        corner = np.where(cutoff[i] > 0.0, fmin(cutoff[i], 10000.0), 4000.0)
        g, damping = resonant_gains(corner, 1.0, env)
        _, p, q, r = coefficients(g, damping)
        a, b = advance(bent, z1, z2, p, q, r)
        turn = 0.25 * fmin(2.0 * k, 1.0)
        y[i] = u * sin_cycles(0.25 - turn) + 0.5 * (b + z2) * sin_cycles(turn)
        z1, z2 = a, b
    state.z1, state.z2 = z1, z2
