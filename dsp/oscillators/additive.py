"""Additive synthesis: a sound made of single partials."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, times
from dsp.math.exponential import exp2
from dsp.math.phase import phase_step
from dsp.math.trig import cos_phase, sin_phase

_MOST = 32.0  # partials


@inline
def _slope(tilt: Any) -> Any:
    """k^-tilt for k = 1 to 32, in groups of eight, from powers of the primes and their products."""
    t = fmin(fmax(tilt, -1.0), 6.0)
    two, three, five, seven = exp2(-t), exp2(-1.5849625 * t), exp2(-2.3219281 * t), exp2(-2.8073549 * t)
    four, six, nine, ten = two * two, two * three, three * three, two * five
    eight, twelve, fourteen, fifteen = two * four, two * six, two * seven, three * five
    eleven, thirteen = exp2(-3.4594316 * t), exp2(-3.7004397 * t)
    return (
        (1.0 + 0.0 * t, two, three, four, five, six, seven, eight),
        (nine, ten, eleven, twelve, thirteen, fourteen, fifteen, two * eight),
        (
            *(exp2(-4.0874628 * t), two * nine, exp2(-4.2479275 * t), two * ten),
            *(three * seven, two * eleven, exp2(-4.5235620 * t), two * twelve),
        ),
        (
            *(five * five, two * thirteen, three * nine, two * fourteen),
            *(exp2(-4.8579810 * t), two * fifteen, exp2(-4.9541963 * t), four * eight),
        ),
    )


@inline
def _weight(count: Any, k: Any) -> Any:
    """The share of partial k, 0..1, in a sum of ``count`` partials (not necessarily a whole number)."""
    return fmin(fmax(count - (k - 1.0), 0.0), 1.0)


@inline
def _two_squares(sums: Any, a: Any, b: Any, k: Any, count: Any) -> Any:
    odd, even = sums
    u, v = a * _weight(count, k), b * _weight(count, k + 1.0)
    return odd + u * u, even + v * v


@inline
def _squares(sums: Any, a: Any, k: Any, count: Any) -> Any:
    """The sums of the squares of the odd and of the even amplitudes, plus those of eight more partials from k (odd)."""
    sums = _two_squares(sums, a[0], a[1], k, count)
    sums = _two_squares(sums, a[2], a[3], k + 2.0, count)
    sums = _two_squares(sums, a[4], a[5], k + 4.0, count)
    return _two_squares(sums, a[6], a[7], k + 6.0, count)


@inline
def _gains(slope: Any, balance: Any, count: Any) -> Any:
    """Gains of the odd and of the even partials: they set the balance and give the sum the power of one sine."""
    sums = _squares((0.0 * count, 0.0 * count), slope[0], 1.0, count)
    sums = _squares(_squares(sums, slope[1], 9.0, count), slope[2], 17.0, count)
    odds, evens = _squares(sums, slope[3], 25.0, count)
    w = fmin(fmax(balance, -1.0), 1.0)
    odd, even = fmin(1.0 - w, 1.0), fmin(1.0 + w, 1.0)
    level = 1.0 / np.sqrt(fmax(times(odd * odd, odds) + even * even * evens, 1e-6))
    return odd * level, even * level


@inline
def _partials(partials: Any) -> Any:
    return fmin(fmax(partials, 1.0), _MOST)


@inline
def _room(freq: Any, partials: Any, dt: Any) -> Any:
    """Number of partials that sound: as many as wanted, but only below half the rate."""
    return fmin(_partials(partials), 0.5 / fmax(np.abs(fmin(fmax(freq, -1e9), 1e9) * dt), 1e-6) - 1.0)


@inline
def _add(chain: Any, turn: Any, a: Any, b: Any, k: Any, room: Any) -> Any:
    """Adds partials k (odd) and k + 1, and makes the next two from them by a turn of two fundamentals."""
    odd_c, odd_s, odd, even_c, even_s, even = chain
    c, s = turn
    odd = odd + a * _weight(room, k) * odd_s
    even = even + b * _weight(room, k + 1.0) * even_s
    odd_c, odd_s = times(odd_c, c) - odd_s * s, times(odd_s, c) + odd_c * s
    even_c, even_s = times(even_c, c) - even_s * s, times(even_s, c) + even_c * s
    return odd_c, odd_s, odd, even_c, even_s, even


@inline
def _add_eight(chain: Any, turn: Any, a: Any, k: Any, room: Any) -> Any:
    chain = _add(chain, turn, a[0], a[1], k, room)
    chain = _add(chain, turn, a[2], a[3], k + 2.0, room)
    chain = _add(chain, turn, a[4], a[5], k + 4.0, room)
    return _add(chain, turn, a[6], a[7], k + 6.0, room)


@kind(
    ints=("angle",),
    reference="additive synthesis: J.-C. Risset and M. Mathews, 'Analysis of musical-instrument tones' (1969)",
    freq=Param(
        220.0,
        0.0,
        24000.0,
        Unit.HZ,
        curve=Curve.EXPONENTIAL,
        doc="Frequency; partials above half the rate are left out.",
    ),
    partials=Param(32.0, 1.0, _MOST, doc="Number of partials; need not be whole."),
    tilt=Param(
        1.0, -1.0, 6.0, doc="Partial k has the amplitude k^-tilt: 0 makes all equal, 1 is like a saw, 2 is soft."
    ),
    balance=Param(0.0, -1.0, 1.0, doc="-1: only odd partials (hollow); 0: all; 1: only even partials."),
)
def additive(freq: Any, partials: Any, tilt: Any, balance: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A harmonic series of sines; its loudness is that of one sine for every setting."""
    angle = state.angle
    colouring = partials.moving or tilt.moving or balance.moving
    step = phase_step(freq[0], env.dt)
    slope = _slope(tilt[0])
    odd, even = _gains(slope, balance[0], _partials(partials[0]))
    room = _room(freq[0], partials[0], env.dt)
    for i in range(n):
        if freq.moving:
            step = phase_step(freq[i], env.dt)
        if colouring:
            slope = _slope(tilt[i])
            odd, even = _gains(slope, balance[i], _partials(partials[i]))
        if freq.moving or partials.moving:
            room = _room(freq[i], partials[i], env.dt)
        double = angle + angle
        c, s = cos_phase(double), sin_phase(double)
        chain = (cos_phase(angle), sin_phase(angle), 0.0 * c, c, s, 0.0 * c)
        chain = _add_eight(chain, (c, s), slope[0], 1.0, room)
        chain = _add_eight(chain, (c, s), slope[1], 9.0, room)
        chain = _add_eight(chain, (c, s), slope[2], 17.0, room)
        _, _, odds, _, _, evens = _add_eight(chain, (c, s), slope[3], 25.0, room)
        y[i] = times(odd, odds) + even * evens
        angle = angle + step
    state.angle = angle
