"""First-order filters."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, times
from dsp.math.trig import warp

_REFERENCE = "V. Zavalishin, The Art of VA Filter Design, rev. 2.1.2, ch. 3: trapezoidal one-pole"
_CUTOFF = Param(
    1000.0,
    0.1,
    22000.0,
    Unit.HZ,
    doc="Frequency at which the level is 3 dB down; at most 0.49 of the sample rate.",
    curve=Curve.EXPONENTIAL,
    aliases=("freq",),
)


@inline
def _gain(cutoff: Any, env: Any) -> Any:
    g = warp(fmin(fmax(cutoff, 0.0), 0.49 * env.rate), env.dt)
    return g / (1.0 + g)


@kind(ins=("x",), state=("z",), reference=_REFERENCE, cutoff=_CUTOFF)
def one_pole_low(x: Any, cutoff: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A low-pass of 6 dB per octave."""
    z = state.z
    g = _gain(cutoff[0], env)
    for i in range(n):
        if cutoff.moving:
            g = _gain(cutoff[i], env)
        new = times(1.0 - 2.0 * g, z) + 2.0 * g * x[i]
        y[i] = 0.5 * (new + z)
        z = new
    state.z = z


@kind(ins=("x",), state=("z",), reference=_REFERENCE, cutoff=_CUTOFF)
def one_pole_high(x: Any, cutoff: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A high-pass of 6 dB per octave."""
    z = state.z
    g = _gain(cutoff[0], env)
    for i in range(n):
        if cutoff.moving:
            g = _gain(cutoff[i], env)
        u = x[i]
        y[i] = (1.0 - g) * (u - z)
        z = times(1.0 - 2.0 * g, z) + 2.0 * g * u
    state.z = z


@kind(
    ins=("x",),
    state=("z",),
    reference="y = (1 - |c|) x + c y1; J. O. Smith, Introduction to Digital Filters, One-Pole",
    coefficient=Param(
        0.5, -1.0, 1.0, doc="Share of the last output: near 1 is dark and slow, negative makes a high-pass."
    ),
)
def one_pole(x: Any, coefficient: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A one-pole smoother set by its coefficient, independent of the sample rate."""
    z = state.z
    for i in range(n):
        c = fmin(fmax(coefficient[i], -0.999999), 0.999999)
        z = c * z + (1.0 - np.abs(c)) * x[i]
        y[i] = z
    state.z = z


@kind(
    ins=("x",),
    state=("before", "z"),
    reference="y = x - x1 + c y1; J. O. Smith, Introduction to Digital Filters, DC Blocker",
    coefficient=Param(
        0.995, 0.0, 0.9999, doc="Closer to 1 removes an offset more slowly; 0.995 cuts below 38 Hz at 48 kHz."
    ),
)
def leak_dc(x: Any, coefficient: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Removes a constant offset."""
    before, z = state.before, state.z
    for i in range(n):
        u = x[i]
        z = fmin(fmax(coefficient[i], 0.0), 0.9999) * z + (u - before)
        before = u
        y[i] = z
    state.before = before
    state.z = z
