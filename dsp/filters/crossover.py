"""Splitting a signal into bands that add up again."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.interpolate import any_number
from dsp.math.statevariable import high_design, high_pass, low_design, low_pass
from dsp.math.trig import warp

_BUTTERWORTH = 1.4142135623730951  # 1 / Q


@inline
def _designs(freq: Any, env: Any) -> Any:
    """The coefficients of the low-pass and of the high-pass."""
    g = warp(fmin(fmax(freq, 1.0), 0.49 * env.rate), env.dt)
    return low_design(g, _BUTTERWORTH), high_design(g, _BUTTERWORTH)


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
        doc="Frequency at which both parts are 6 dB down; at most 0.49 of the sample rate.",
    ),
)
def crossover(x: Any, freq: Any, low: Any, high: Any, state: Any, n: Any, env: Any) -> None:
    """Splits a sound into a low and a high part, 24 dB per octave each. Their sum has the level of the input at every frequency."""
    a1, b1, a2, b2, a3, b3 = state.a1, state.b1, state.a2, state.b2, state.a3, state.b3
    down, up = _designs(freq[0], env)
    for i in range(n):
        if freq.moving:
            down, up = _designs(freq[i], env)
        u = any_number(x[i])
        upper, _, _ = high_pass(u, a1, b1, up)
        # the low-pass and the high-pass of the first stage have the same states
        lower, a1, b1 = low_pass(u, a1, b1, down)
        low[i], a2, b2 = low_pass(lower, a2, b2, down)
        high[i], a3, b3 = high_pass(upper, a3, b3, up)
    state.a1, state.b1, state.a2, state.b2, state.a3, state.b3 = a1, b1, a2, b2, a3, b3
