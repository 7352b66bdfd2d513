"""Three resonances side by side."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, times
from dsp.math.interpolate import any_number
from dsp.math.statevariable import advance, coefficients
from dsp.math.trig import warp


def _centre(default: float, number: str) -> Param:
    return Param(
        default,
        50.0,
        10000.0,
        Unit.HZ,
        curve=Curve.EXPONENTIAL,
        doc=f"Centre of the {number} formant; at most 0.45 of the sample rate.",
    )


def _width(default: float, number: str) -> Param:
    return Param(default, 10.0, 1000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc=f"Bandwidth of the {number} formant.")


@inline
def _band(centre: Any, width: Any, env: Any) -> Any:
    """Coefficients of ``advance`` and the band's gain, of a band-pass of gain 1."""
    f = fmin(fmax(centre, 20.0), 0.45 * env.rate)
    k = fmin(fmax(width, 1.0), 10000.0) / f
    _, c1, c2, c3 = coefficients(warp(f, env.dt), k)
    return c1, c2, c3, 0.5 * k


@kind(
    ins=("x",),
    state=("a1", "b1", "a2", "b2", "a3", "b3"),
    reference="parallel formant synthesis: D. Klatt, 'Software for a cascade/parallel formant synthesizer' (JASA 67, 1980); "
    "band-passes: Zavalishin, The Art of VA Filter Design, ch. 4",
    f1=_centre(730.0, "first"),
    f2=_centre(1090.0, "second"),
    f3=_centre(2440.0, "third"),
    bw1=_width(80.0, "first"),
    bw2=_width(90.0, "second"),
    bw3=_width(120.0, "third"),
)
def formant(
    x: Any,
    f1: Any,
    f2: Any,
    f3: Any,
    bw1: Any,
    bw2: Any,
    bw3: Any,
    y: Any,
    state: Any,
    n: Any,
    env: Any,
) -> None:
    """The sum of three band-passes of gain 1. The defaults are the vowel a of a man's voice."""
    a1, b1, a2, b2, a3, b3 = state.a1, state.b1, state.a2, state.b2, state.a3, state.b3
    moving = f1.moving or f2.moving or f3.moving or bw1.moving or bw2.moving or bw3.moving
    p1, q1, r1, k1 = _band(f1[0], bw1[0], env)
    p2, q2, r2, k2 = _band(f2[0], bw2[0], env)
    p3, q3, r3, k3 = _band(f3[0], bw3[0], env)
    for i in range(n):
        if moving:
            p1, q1, r1, k1 = _band(f1[i], bw1[i], env)
            p2, q2, r2, k2 = _band(f2[i], bw2[i], env)
            p3, q3, r3, k3 = _band(f3[i], bw3[i], env)
        u = any_number(x[i])
        m1, n1 = advance(u, a1, b1, p1, q1, r1)
        m2, n2 = advance(u, a2, b2, p2, q2, r2)
        m3, n3 = advance(u, a3, b3, p3, q3, r3)
        y[i] = times(k1, m1 + a1) + k2 * (m2 + a2) + k3 * (m3 + a3)
        a1, b1, a2, b2, a3, b3 = m1, n1, m2, n2, m3, n3
    state.a1, state.b1, state.a2, state.b2, state.a3, state.b3 = a1, b1, a2, b2, a3, b3
