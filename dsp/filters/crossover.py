"""Splitting a signal into bands that add up again."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.interpolate import any_number
from dsp.math.statevariable import advance, coefficients
from dsp.math.trig import warp

_BUTTERWORTH = 1.4142135623730951  # 1 / Q


@inline
def _gains(freq: Any, env: Any) -> Any:
    """The gain of the band-pass's integrator, h, and the coefficients of ``advance``."""
    g = warp(fmin(fmax(freq, 1.0), 0.49 * env.rate), env.dt)
    h, c1, c2, c3 = coefficients(g, _BUTTERWORTH)
    return g + _BUTTERWORTH, h, c1, c2, c3


@kind(
    ins=("x",),
    outs=("low", "high"),
    state=("a1", "b1", "a2", "b2", "a3", "b3"),
    reference="S. Linkwitz and R. Riley, 'Active crossover networks for noncoincident drivers' (JAES 24, 1976): two "
    "Butterworth filters in a row for each side; structure: Zavalishin, The Art of VA Filter Design, ch. 4",
    freq=Param(
        1000.0,
        10.0,
        22000.0,
        Unit.HZ,
        curve=Curve.EXPONENTIAL,
        doc="Where both sides are down by 6 dB; at most 0.49 of the sample rate.",
    ),
)
def crossover(x: Any, freq: Any, low: Any, high: Any, state: Any, n: Any, env: Any) -> None:
    """Low and high part, 24 dB per octave each, whose sum has the level of the input at every frequency."""
    a1, b1, a2, b2, a3, b3 = state.a1, state.b1, state.a2, state.b2, state.a3, state.b3
    m, h, c1, c2, c3 = _gains(freq[0], env)
    for i in range(n):
        if freq.moving:
            m, h, c1, c2, c3 = _gains(freq[i], env)
        u = any_number(x[i])
        upper = h * (u - m * a1 - b1)
        a, b = advance(u, a1, b1, c1, c2, c3)
        lower = 0.5 * (b + b1)
        a1, b1 = a, b
        a, b = advance(lower, a2, b2, c1, c2, c3)
        low[i] = 0.5 * (b + b2)
        a2, b2 = a, b
        high[i] = h * (upper - m * a3 - b3)
        a3, b3 = advance(upper, a3, b3, c1, c2, c3)
    state.a1, state.b1, state.a2, state.b2, state.a3, state.b3 = a1, b1, a2, b2, a3, b3
