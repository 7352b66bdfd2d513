"""Equalizers: the responses of Robert Bristow-Johnson's cookbook, in a structure with low noise that is safe to modulate.

With A = 10^(gain / 40) and the band-pass and low-pass of the trapezoidal state-variable filter:

    peak        k = 1 / (Q A)                    y = x + k (A^2 - 1) band
    low shelf   k = 1 / Q, g = tan / sqrt A      y = x + k (A - 1) band + (A^2 - 1) low
    high shelf  k = 1 / Q, g = tan sqrt A        y = A^2 x + k (1 - A) A band + (1 - A^2) low
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, times
from dsp.math.exponential import exp2
from dsp.math.interpolate import any_number
from dsp.math.statevariable import add_band, advance, coefficients, run_filter
from dsp.math.trig import warp

_REFERENCE = (
    "R. Bristow-Johnson, Audio EQ Cookbook; structure: A. Simper, 'Solving the continuous SVF equations using "
    "trapezoidal integration' (2013)"
)
_MOST = 40.0  # dB either way
_OCTAVES = 0.08304820237218406  # octaves of an amplitude's square root per dB


def _freq(default: float, doc: str) -> Param:
    return Param(
        default, 10.0, 22000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc=doc + "; at most 0.49 of the sample rate."
    )


def _gain(doc: str) -> Param:
    return Param(0.0, -_MOST, _MOST, Unit.DECIBEL, doc=doc)


def _q(default: float, doc: str) -> Param:
    return Param(default, 0.1, 100.0, Unit.RATIO, curve=Curve.EXPONENTIAL, doc=doc)


@inline
def _warped(freq: Any, env: Any) -> Any:
    return warp(fmin(fmax(freq, 1.0), 0.49 * env.rate), env.dt)


@inline
def _root(gain: Any) -> Any:
    """A, the square root of the amplitude factor."""
    return exp2(fmin(fmax(gain, -_MOST), _MOST) * _OCTAVES)


@inline
def _per_q(q: Any) -> Any:
    return 1.0 / fmin(fmax(q, 0.05), 1000.0)


@inline
def _peak(params: Any, i: Any, env: Any) -> Any:
    """The design of a bell for ``add_band``."""
    freq, gain, q = params
    a = _root(gain[i])
    k = _per_q(q[i]) / a
    _, c1, c2, c3 = coefficients(_warped(freq[i], env), k)
    return 0.5 * k * (a * a - 1.0), c1, c2, c3


@inline
def _add_band(u: Any, z1: Any, z2: Any, design: Any) -> Any:
    return add_band(any_number(u), z1, z2, design)


@kind(
    ins=("x",),
    state=("z1", "z2"),
    reference=_REFERENCE,
    freq=_freq(1000.0, "Centre of the bell"),
    gain=_gain("Level at the centre."),
    q=_q(1.0, "Centre frequency divided by bandwidth; the bandwidth is measured at half the gain (dB)."),
)
def peak(x: Any, freq: Any, gain: Any, q: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Raises or lowers a band around its centre."""
    moving = freq.moving or gain.moving or q.moving
    run_filter(_peak, _add_band, moving, x, (freq, gain, q), y, state, n, env)


@kind(
    ins=("x",),
    state=("a1", "b1", "a2", "b2", "a3", "b3"),
    reference=_REFERENCE,
    freq1=_freq(120.0, "Centre of the lower band"),
    gain1=_gain("Level of the lower band."),
    q1=_q(1.0, "Centre frequency divided by bandwidth, lower band."),
    freq2=_freq(1000.0, "Centre of the middle band"),
    gain2=_gain("Level of the middle band."),
    q2=_q(1.0, "Centre frequency divided by bandwidth, middle band."),
    freq3=_freq(6000.0, "Centre of the upper band"),
    gain3=_gain("Level of the upper band."),
    q3=_q(1.0, "Centre frequency divided by bandwidth, upper band."),
)
def parametric_eq(
    x: Any,
    freq1: Any,
    gain1: Any,
    q1: Any,
    freq2: Any,
    gain2: Any,
    q2: Any,
    freq3: Any,
    gain3: Any,
    q3: Any,
    y: Any,
    state: Any,
    n: Any,
    env: Any,
) -> None:
    """Three bells in a row, each as ``peak``."""
    a1, b1, a2, b2, a3, b3 = state.a1, state.b1, state.a2, state.b2, state.a3, state.b3
    lower, middle, upper = (freq1, gain1, q1), (freq2, gain2, q2), (freq3, gain3, q3)
    moving = freq1.moving or gain1.moving or q1.moving or freq2.moving or gain2.moving or q2.moving
    moving = moving or freq3.moving or gain3.moving or q3.moving
    one, two, three = _peak(lower, 0, env), _peak(middle, 0, env), _peak(upper, 0, env)
    for i in range(n):
        if moving:
            one, two, three = _peak(lower, i, env), _peak(middle, i, env), _peak(upper, i, env)
        u, a1, b1 = add_band(any_number(x[i]), a1, b1, one)
        u, a2, b2 = add_band(u, a2, b2, two)
        y[i], a3, b3 = add_band(u, a3, b3, three)
    state.a1, state.b1, state.a2, state.b2, state.a3, state.b3 = a1, b1, a2, b2, a3, b3


@inline
def _low_design(params: Any, i: Any, env: Any) -> Any:
    """Shares of the band-pass and the low-pass, and the coefficients of ``advance``."""
    freq, gain, q = params
    a, k = _root(gain[i]), _per_q(q[i])
    _, c1, c2, c3 = coefficients(_warped(freq[i], env) / np.sqrt(a), k)
    return 0.5 * k * (a - 1.0), 0.5 * (a * a - 1.0), c1, c2, c3


@inline
def _low_shelf(x: Any, z1: Any, z2: Any, design: Any) -> Any:
    band, low, c1, c2, c3 = design
    u = any_number(x)
    a, b = advance(u, z1, z2, c1, c2, c3)
    return u + band * (a + z1) + low * (b + z2), a, b


@inline
def _high_design(params: Any, i: Any, env: Any) -> Any:
    """Shares of the input, the band-pass and the low-pass, and the coefficients of ``advance``."""
    freq, gain, q = params
    a, k = _root(gain[i]), _per_q(q[i])
    _, c1, c2, c3 = coefficients(_warped(freq[i], env) * np.sqrt(a), k)
    return a * a, 0.5 * k * (1.0 - a) * a, 0.5 * (1.0 - a * a), c1, c2, c3


@inline
def _high_shelf(x: Any, z1: Any, z2: Any, design: Any) -> Any:
    direct, band, low, c1, c2, c3 = design
    u = any_number(x)
    a, b = advance(u, z1, z2, c1, c2, c3)
    return times(direct, u) + band * (a + z1) + low * (b + z2), a, b


@inline
def _notch(params: Any, i: Any, env: Any) -> Any:
    """The design of the input minus its band, for ``add_band``."""
    freq, q = params
    k = _per_q(q[i])
    _, c1, c2, c3 = coefficients(_warped(freq[i], env), k)
    return -0.5 * k, c1, c2, c3


@kind(
    ins=("x",),
    state=("z1", "z2"),
    reference=_REFERENCE,
    freq=_freq(200.0, "Middle of the slope, where half of the gain is reached"),
    gain=_gain("Level below the slope."),
    q=_q(0.70710678, "Steepness of the slope; above 0.71 it overshoots."),
)
def low_shelf(x: Any, freq: Any, gain: Any, q: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Raises or lowers everything below a frequency."""
    moving = freq.moving or gain.moving or q.moving
    run_filter(_low_design, _low_shelf, moving, x, (freq, gain, q), y, state, n, env)


@kind(
    ins=("x",),
    state=("z1", "z2"),
    reference=_REFERENCE,
    freq=_freq(4000.0, "Middle of the slope, where half of the gain is reached"),
    gain=_gain("Level above the slope."),
    q=_q(0.70710678, "Steepness of the slope; above 0.71 it overshoots."),
)
def high_shelf(x: Any, freq: Any, gain: Any, q: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Raises or lowers everything above a frequency."""
    moving = freq.moving or gain.moving or q.moving
    run_filter(_high_design, _high_shelf, moving, x, (freq, gain, q), y, state, n, env)


@kind(
    ins=("x",),
    state=("z1", "z2"),
    reference=_REFERENCE,
    freq=_freq(1000.0, "Frequency to remove"),
    q=_q(1.0, "Centre frequency divided by bandwidth; the bandwidth is measured 3 dB down."),
)
def notch(x: Any, freq: Any, q: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A notch: it removes one frequency; gain 1 far from it."""
    run_filter(_notch, _add_band, freq.moving or q.moving, x, (freq, q), y, state, n, env)


@inline
def _tilt(freq: Any, gain: Any, env: Any) -> Any:
    """Gain G = g / (1 + g) of the one-pole, and the shares of the input and of the low-pass."""
    a = _root(2.0 * fmin(fmax(gain, -0.5 * _MOST), 0.5 * _MOST))
    g = _warped(freq, env) * a
    return g / (1.0 + g), a, 0.5 * (1.0 / a - a)


@kind(
    ins=("x",),
    state=("z",),
    reference="H(s) = (A s + 1) / (s + A), s over the pivot; one-pole: Zavalishin, The Art of VA Filter Design, ch. 3",
    freq=_freq(1000.0, "Pivot: the frequency at which the level stays the same"),
    gain=Param(
        0.0,
        -0.5 * _MOST,
        0.5 * _MOST,
        Unit.DECIBEL,
        doc="Level far above the pivot; the level far below is its opposite.",
    ),
)
def tilt(x: Any, freq: Any, gain: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Tilts the spectrum about a pivot: brighter and thinner, or darker and fuller."""
    z = state.z
    moving = freq.moving or gain.moving
    g, direct, low = _tilt(freq[0], gain[0], env)
    for i in range(n):
        if moving:
            g, direct, low = _tilt(freq[i], gain[i], env)
        u = any_number(x[i])
        new = times(2.0 * g, u) + (1.0 - 2.0 * g) * z
        y[i] = times(direct, u) + low * (new + z)
        z = new
    state.z = z
