"""Equalizers: the responses of Robert Bristow-Johnson's cookbook, in a structure that is quiet and safe to modulate.

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
from dsp.math.statevariable import advance, coefficients
from dsp.math.trig import warp

_REFERENCE = (
    "R. Bristow-Johnson, Audio EQ Cookbook; structure: A. Simper, 'Solving the continuous SVF equations using "
    "trapezoidal integration' (2013)"
)
_MOST = 40.0  # dB either way
_OCTAVES = 0.08304820237218406  # of an amplitude's square root, per dB


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
def _peak(freq: Any, gain: Any, q: Any, env: Any) -> Any:
    """Coefficients of ``advance``, and how much of the band is added."""
    a = _root(gain)
    k = _per_q(q) / a
    _, c1, c2, c3 = coefficients(_warped(freq, env), k)
    return c1, c2, c3, 0.5 * k * (a * a - 1.0)


@kind(
    ins=("x",),
    state=("z1", "z2"),
    reference=_REFERENCE,
    freq=_freq(1000.0, "Centre of the bell"),
    gain=_gain("Level at the centre."),
    q=_q(1.0, "Centre over bandwidth, that between the points of half the gain."),
)
def peak(x: Any, freq: Any, gain: Any, q: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Raises or lowers a band around its centre."""
    z1, z2 = state.z1, state.z2
    moving = freq.moving or gain.moving or q.moving
    c1, c2, c3, part = _peak(freq[0], gain[0], q[0], env)
    for i in range(n):
        if moving:
            c1, c2, c3, part = _peak(freq[i], gain[i], q[i], env)
        u = any_number(x[i])
        a, b = advance(u, z1, z2, c1, c2, c3)
        y[i] = u + part * (a + z1)
        z1, z2 = a, b
    state.z1 = z1
    state.z2 = z2


@kind(
    ins=("x",),
    state=("a1", "b1", "a2", "b2", "a3", "b3"),
    reference=_REFERENCE,
    freq1=_freq(120.0, "Centre of the lower band"),
    gain1=_gain("Level of the lower band."),
    q1=_q(1.0, "Centre over bandwidth of the lower band."),
    freq2=_freq(1000.0, "Centre of the middle band"),
    gain2=_gain("Level of the middle band."),
    q2=_q(1.0, "Centre over bandwidth of the middle band."),
    freq3=_freq(6000.0, "Centre of the upper band"),
    gain3=_gain("Level of the upper band."),
    q3=_q(1.0, "Centre over bandwidth of the upper band."),
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
    moving = freq1.moving or gain1.moving or q1.moving or freq2.moving or gain2.moving or q2.moving
    moving = moving or freq3.moving or gain3.moving or q3.moving
    p1, r1, s1, part1 = _peak(freq1[0], gain1[0], q1[0], env)
    p2, r2, s2, part2 = _peak(freq2[0], gain2[0], q2[0], env)
    p3, r3, s3, part3 = _peak(freq3[0], gain3[0], q3[0], env)
    for i in range(n):
        if moving:
            p1, r1, s1, part1 = _peak(freq1[i], gain1[i], q1[i], env)
            p2, r2, s2, part2 = _peak(freq2[i], gain2[i], q2[i], env)
            p3, r3, s3, part3 = _peak(freq3[i], gain3[i], q3[i], env)
        u = any_number(x[i])
        a, b = advance(u, a1, b1, p1, r1, s1)
        u = u + part1 * (a + a1)
        a1, b1 = a, b
        a, b = advance(u, a2, b2, p2, r2, s2)
        u = u + part2 * (a + a2)
        a2, b2 = a, b
        a, b = advance(u, a3, b3, p3, r3, s3)
        y[i] = u + part3 * (a + a3)
        a3, b3 = a, b
    state.a1, state.b1, state.a2, state.b2, state.a3, state.b3 = a1, b1, a2, b2, a3, b3


@inline
def _low_shelf(freq: Any, gain: Any, q: Any, env: Any) -> Any:
    """Coefficients of ``advance``, and shares of band and low."""
    a, k = _root(gain), _per_q(q)
    _, c1, c2, c3 = coefficients(_warped(freq, env) / np.sqrt(a), k)
    return c1, c2, c3, 0.5 * k * (a - 1.0), 0.5 * (a * a - 1.0)


@inline
def _high_shelf(freq: Any, gain: Any, q: Any, env: Any) -> Any:
    """Coefficients of ``advance``, and shares of input, band and low."""
    a, k = _root(gain), _per_q(q)
    _, c1, c2, c3 = coefficients(_warped(freq, env) * np.sqrt(a), k)
    return c1, c2, c3, a * a, 0.5 * k * (1.0 - a) * a, 0.5 * (1.0 - a * a)


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
    z1, z2 = state.z1, state.z2
    moving = freq.moving or gain.moving or q.moving
    c1, c2, c3, band, low = _low_shelf(freq[0], gain[0], q[0], env)
    for i in range(n):
        if moving:
            c1, c2, c3, band, low = _low_shelf(freq[i], gain[i], q[i], env)
        u = any_number(x[i])
        a, b = advance(u, z1, z2, c1, c2, c3)
        y[i] = u + band * (a + z1) + low * (b + z2)
        z1, z2 = a, b
    state.z1 = z1
    state.z2 = z2


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
    z1, z2 = state.z1, state.z2
    moving = freq.moving or gain.moving or q.moving
    c1, c2, c3, direct, band, low = _high_shelf(freq[0], gain[0], q[0], env)
    for i in range(n):
        if moving:
            c1, c2, c3, direct, band, low = _high_shelf(freq[i], gain[i], q[i], env)
        u = any_number(x[i])
        a, b = advance(u, z1, z2, c1, c2, c3)
        y[i] = times(direct, u) + band * (a + z1) + low * (b + z2)
        z1, z2 = a, b
    state.z1 = z1
    state.z2 = z2


@kind(
    ins=("x",),
    state=("z1", "z2"),
    reference=_REFERENCE,
    freq=_freq(1000.0, "What is taken out"),
    q=_q(1.0, "Centre over bandwidth, that between the points 3 dB down."),
)
def notch(x: Any, freq: Any, q: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Takes one frequency out; gain 1 away from it."""
    z1, z2 = state.z1, state.z2
    moving = freq.moving or q.moving
    k = _per_q(q[0])
    _, c1, c2, c3 = coefficients(_warped(freq[0], env), k)
    for i in range(n):
        if moving:
            k = _per_q(q[i])
            _, c1, c2, c3 = coefficients(_warped(freq[i], env), k)
        u = any_number(x[i])
        a, b = advance(u, z1, z2, c1, c2, c3)
        y[i] = u - 0.5 * k * (a + z1)
        z1, z2 = a, b
    state.z1 = z1
    state.z2 = z2


@inline
def _tilt(freq: Any, gain: Any, env: Any) -> Any:
    """Gain G = g / (1 + g) of the one-pole, and shares of input and low."""
    a = _root(2.0 * fmin(fmax(gain, -0.5 * _MOST), 0.5 * _MOST))
    g = _warped(freq, env) * a
    return g / (1.0 + g), a, 0.5 * (1.0 / a - a)


@kind(
    ins=("x",),
    state=("z",),
    reference="H(s) = (A s + 1) / (s + A), s over the pivot; one-pole: Zavalishin, The Art of VA Filter Design, ch. 3",
    freq=_freq(1000.0, "Pivot, where the level stays"),
    gain=Param(
        0.0, -0.5 * _MOST, 0.5 * _MOST, Unit.DECIBEL, doc="Level far above the pivot; far below it is the opposite."
    ),
)
def tilt(x: Any, freq: Any, gain: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Turns the spectrum about a pivot: brighter and thinner, or darker and fuller."""
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
