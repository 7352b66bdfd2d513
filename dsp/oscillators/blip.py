"""Sums of many partials in closed form: the pulse train, and a formant."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, to_float, to_int, wrap_int
from dsp.math.exponential import exp
from dsp.math.phase import from_phase, phase_step
from dsp.math.trig import cos_phase, sin_cycles


@inline
def _partials(freq: Any, harmonics: Any, dt: Any) -> Any:
    """Whole number of partials, the share of one more, and 1 / their sum."""
    # so that one more still lies below half the rate
    room = 0.5 / fmax(np.abs(fmin(fmax(freq, -1e9), 1e9) * dt), 1e-6) - 1.0
    count = fmin(fmax(fmin(harmonics, room), 0.0), 1000.0)
    whole = np.floor(count)
    return to_int(whole), count - whole, 1.0 / fmax(count, 1.0)


@kind(
    ints=("angle",),
    reference="G. Winham and K. Steiglitz, 'Input generators for digital sound synthesis' (JASA 47, 1970): "
    "cos x + ... + cos N x = (sin (N + 1/2) x / sin (x / 2) - 1) / 2",
    freq=Param(440.0, 0.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Frequency."),
    harmonics=Param(
        200.0,
        1.0,
        1000.0,
        curve=Curve.EXPONENTIAL,
        doc="Number of partials, all equal; need not be whole. Those above half the rate are left out.",
    ),
)
def blip(freq: Any, harmonics: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A train of pulses with height 1 and no DC: a number of equal partials, none above half the rate."""
    angle = state.angle
    step = phase_step(freq[0], env.dt)
    count, part, scale = _partials(freq[0], harmonics[0], env.dt)
    for i in range(n):
        if freq.moving:
            step = phase_step(freq[i], env.dt)
        if freq.moving or harmonics.moving:
            count, part, scale = _partials(freq[i], harmonics[i], env.dt)
        half = 0.5 * from_phase(angle)
        last = wrap_int(angle * count)
        below = sin_cycles(half)
        narrow = np.abs(below) < 1e-5
        ratio = sin_cycles(from_phase(last) + half) / np.where(narrow, 1.0, below)
        partials = np.where(narrow, to_float(count), 0.5 * ratio - 0.5)
        y[i] = scale * (partials + part * cos_phase(wrap_int(last + angle)))
        angle = angle + step
    state.angle = angle


@inline
def _pitch(freq: Any, rate: Any) -> Any:
    return fmin(fmax(freq, 1.0), 0.25 * rate)


@inline
def _formant(freq: Any, formant: Any, bandwidth: Any, rate: Any) -> Any:
    """Number of the partial below the formant, position of the formant between it and the next, and the index for the width."""
    f = _pitch(freq, rate)
    centre = fmin(fmax(formant, 0.0), 0.45 * rate)
    place = centre / f
    whole = np.floor(place)
    wide = fmin(fmax(bandwidth, 1.0), 0.25 * rate - 0.5 * centre) / f  # the bell must end below half the rate
    return to_int(whole), place - whole, wide * wide * 0.7213475


@kind(
    ints=("angle",),
    reference="V. Lazzarini and J. Timoney, 'Theory and practice of modified frequency modulation synthesis' (JAES 58, 2010), "
    "with the two carriers of M. Puckette, 'Formant-based audio synthesis using nonlinear distortion' (JAES 43, 1995)",
    freq=Param(110.0, 1.0, 12000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Pitch; at most a quarter of the rate."),
    formant=Param(
        800.0, 0.0, 20000.0, Unit.HZ, doc="Centre of the formant, any frequency up to 0.45 of the rate; it may glide."
    ),
    bandwidth=Param(
        200.0,
        1.0,
        10000.0,
        Unit.HZ,
        curve=Curve.EXPONENTIAL,
        doc="Width of the formant, measured 3 dB down; it holds for widths above the pitch.",
    ),
)
def formant_osc(freq: Any, formant: Any, bandwidth: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """The partials of a pitch, with a bell-shaped formant as in a voice; the peak is 1, without aliases."""
    angle = state.angle
    gliding = freq.moving or formant.moving or bandwidth.moving
    step = phase_step(_pitch(freq[0], env.rate), env.dt)
    below, part, index = _formant(freq[0], formant[0], bandwidth[0], env.rate)
    for i in range(n):
        if gliding:
            step = phase_step(_pitch(freq[i], env.rate), env.dt)
            below, part, index = _formant(freq[i], formant[i], bandwidth[i], env.rate)
        s = sin_cycles(0.5 * from_phase(angle))
        bell = exp(-(index * s * s))  # e^(k cos x - k), where k is half the index
        carrier = wrap_int(angle * below)
        first, second = cos_phase(carrier), cos_phase(wrap_int(carrier + angle))
        y[i] = bell * (first + part * (second - first))
        angle = angle + step
    state.angle = angle
