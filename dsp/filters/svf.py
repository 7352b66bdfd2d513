"""State-variable filters: two poles of exact Q, cheap while they stand still, safe to modulate at any rate."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.statevariable import advance, coefficients
from dsp.math.trig import warp

_REFERENCE = "V. Zavalishin, The Art of VA Filter Design, rev. 2.1.2, ch. 4: trapezoidal state-variable filter"
_CUTOFF = Param(
    1000.0,
    10.0,
    22000.0,
    Unit.HZ,
    doc="Frequency of the two poles; at most 0.49 of the sample rate.",
    curve=Curve.EXPONENTIAL,
    aliases=("freq",),
)
_RESONANCE = Param(
    0.292893,
    0.0,
    1.0,
    doc="Q = 1 / (2 - 2 resonance): 0 is Q 0.5, 0.292893 is Q 0.7071 (flat), 0.875 is Q 4, from 0.995 on it is Q 100.",
)


@inline
def _gains(cutoff: Any, resonance: Any, env: Any) -> Any:
    """g and k of parameters of any value."""
    g = warp(fmin(fmax(cutoff, 1.0), 0.49 * env.rate), env.dt)
    return g, 2.0 - 2.0 * fmin(fmax(resonance, 0.0), 0.995)


@kind(ins=("x",), state=("z1", "z2"), reference=_REFERENCE, cutoff=_CUTOFF, resonance=_RESONANCE)
def lowpass(x: Any, cutoff: Any, resonance: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A resonant low-pass of 12 dB per octave; gain 1 at 0 Hz, Q at the cutoff."""
    z1, z2 = state.z1, state.z2
    moving = cutoff.moving or resonance.moving
    g, k = _gains(cutoff[0], resonance[0], env)
    _, p, q, r = coefficients(g, k)
    for i in range(n):
        if moving:
            g, k = _gains(cutoff[i], resonance[i], env)
            _, p, q, r = coefficients(g, k)
        a, b = advance(x[i], z1, z2, p, q, r)
        y[i] = 0.5 * (b + z2)
        z1, z2 = a, b
    state.z1 = z1
    state.z2 = z2


@kind(ins=("x",), state=("z1", "z2"), reference=_REFERENCE, cutoff=_CUTOFF, resonance=_RESONANCE)
def highpass(x: Any, cutoff: Any, resonance: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A resonant high-pass of 12 dB per octave; gain 1 at high frequencies, Q at the cutoff."""
    z1, z2 = state.z1, state.z2
    moving = cutoff.moving or resonance.moving
    g, k = _gains(cutoff[0], resonance[0], env)
    h, p, q, r = coefficients(g, k)
    for i in range(n):
        if moving:
            g, k = _gains(cutoff[i], resonance[i], env)
            h, p, q, r = coefficients(g, k)
        u = x[i]
        y[i] = h * (u - (g + k) * z1 - z2)
        z1, z2 = advance(u, z1, z2, p, q, r)
    state.z1 = z1
    state.z2 = z2


@kind(ins=("x",), state=("z1", "z2"), reference=_REFERENCE, cutoff=_CUTOFF, resonance=_RESONANCE)
def bandpass(x: Any, cutoff: Any, resonance: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A band-pass of 6 dB per octave to either side; gain 1 at its centre whatever the resonance."""
    z1, z2 = state.z1, state.z2
    moving = cutoff.moving or resonance.moving
    g, k = _gains(cutoff[0], resonance[0], env)
    h, p, q, r = coefficients(g, k)
    for i in range(n):
        if moving:
            g, k = _gains(cutoff[i], resonance[i], env)
            h, p, q, r = coefficients(g, k)
        u = x[i]
        y[i] = k * h * (z1 + g * (u - z2))
        z1, z2 = advance(u, z1, z2, p, q, r)
    state.z1 = z1
    state.z2 = z2
