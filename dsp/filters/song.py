"""Strudel's DJ filter of an orbit, and its vowels."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, times
from dsp.math.interpolate import any_number
from dsp.math.trig import sin_cycles

_INS, _OUTS = ("left", "right"), ("left_out", "right_out")
_DAMP = 0.28717459  # 0.5^1.8, the resonance of the DJ filter


@inline
def _djf_design(value: Any, dt: Any) -> Any:
    """(step c, what stays m) of the two integrators."""
    v = fmin(fmax(value, 0.0), 1.0)
    turn = 11.0 * np.where(v > 0.5, 2.0 * (v - 0.5), 2.0 * v)
    f = turn * turn * turn * turn
    c = fmin(fmax(2.0 * sin_cycles(fmin(0.5 * f * dt, 0.25)), 0.0), 1.14)
    return c, 1.0 - _DAMP * c


@kind(
    ins=_INS,
    outs=_OUTS,
    state=("a0", "a1", "b0", "b1"),
    reference="Strudel's djf (docs/strudel.md, Orbit): two integrators in a loop",
    value=Param(
        0.5,
        0.0,
        1.0,
        smoothing=0.01,
        doc="Below 0.49 a low-pass, above 0.51 a high-pass.",
    ),
)
def song_djf(left: Any, right: Any, value: Any, left_out: Any, right_out: Any, state: Any, n: Any, env: Any) -> None:
    """A DJ filter on a sum: nothing in the middle, a low-pass to one side, a high-pass to the other."""
    a0, a1, b0, b1 = state.a0, state.a1, state.b0, state.b1
    c, m = _djf_design(value[0], env.dt)
    for i in range(n):
        if value.moving:
            c, m = _djf_design(value[i], env.dt)
        v = value[i]
        u, w = any_number(left[i]), any_number(right[i])
        a0 = times(m, a0) - c * (a1 - u)
        a1 = times(m, a1) + c * a0
        b0 = times(m, b0) - c * (b1 - w)
        b1 = times(m, b1) + c * b0
        a0, a1, b0, b1 = any_number(a0), any_number(a1), any_number(b0), any_number(b1)
        left_out[i] = np.where(v < 0.49, a1, np.where(v > 0.51, u - a1, u))
        right_out[i] = np.where(v < 0.49, b1, np.where(v > 0.51, w - b1, w))
    state.a0, state.a1, state.b0, state.b1 = a0, a1, b0, b1


# Formants (Hz, amplitude, Q) of a e i o u ae aa oe ue y uh un en an on: the counter-tenor of the Csound manual's table for the first five.
# The others have the frequencies that phonetics gives for them, and the amplitudes and Qs of the vowel nearest to them.
VOWELS = ("a", "e", "i", "o", "u", "ae", "aa", "oe", "ue", "y", "uh", "un", "en", "an", "on")
_F1 = (660.0, 440.0, 270.0, 430.0, 370.0, 650.0, 560.0, 500.0, 250.0, 400.0, 600.0, 500.0, 600.0, 700.0, 500.0)
_F2 = (
    1120.0,
    1800.0,
    1850.0,
    820.0,
    630.0,
    1515.0,
    900.0,
    1430.0,
    1750.0,
    1460.0,
    1250.0,
    1240.0,
    1480.0,
    1050.0,
    1080.0,
)
_F3 = (
    2750.0,
    2700.0,
    2900.0,
    2700.0,
    2750.0,
    2400.0,
    2570.0,
    2300.0,
    2160.0,
    2400.0,
    2100.0,
    2280.0,
    2450.0,
    2500.0,
    2350.0,
)
_F4 = (
    3000.0,
    3000.0,
    3350.0,
    3000.0,
    3000.0,
    3000.0,
    2840.0,
    3000.0,
    3060.0,
    3050.0,
    3100.0,
    3050.0,
    3050.0,
    3000.0,
    3000.0,
)
_F5 = (
    3350.0,
    3300.0,
    3590.0,
    3300.0,
    3400.0,
    3350.0,
    3300.0,
    3300.0,
    3300.0,
    3300.0,
    3500.0,
    3500.0,
    3500.0,
    3500.0,
    3500.0,
)
_G2 = (0.5012, 0.1995, 0.0631, 0.3162, 0.1, 0.5, 0.5012, 0.2, 0.1, 0.2, 0.3, 0.3, 0.3, 0.4, 0.3)
_G3 = (0.0708, 0.1259, 0.0631, 0.0501, 0.0708, 0.1008, 0.0708, 0.1, 0.1, 0.02, 0.1, 0.1, 0.1, 0.1, 0.1)
_G4 = (0.0631, 0.1, 0.0158, 0.0794, 0.0316, 0.0631, 0.0631, 0.1, 0.05, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1)
_G5 = (0.0126, 0.1, 0.0158, 0.01995, 0.01995, 0.0126, 0.0126, 0.1, 0.02, 0.1, 0.05, 0.05, 0.05, 0.05, 0.05)
_Q1 = (80.0, 70.0, 40.0, 40.0, 40.0, 80.0, 80.0, 60.0, 40.0, 40.0, 70.0, 70.0, 70.0, 80.0, 60.0)
_Q2 = (90.0, 80.0, 90.0, 80.0, 60.0, 90.0, 90.0, 80.0, 80.0, 80.0, 80.0, 80.0, 80.0, 90.0, 80.0)
_Q3 = (120.0, 100.0, 100.0, 100.0, 100.0, 120.0, 120.0, 100.0, 100.0, 100.0, 100.0, 100.0, 100.0, 120.0, 100.0)
_Q4 = (130.0, 120.0, 120.0, 120.0, 120.0, 130.0, 130.0, 120.0, 120.0, 120.0, 120.0, 120.0, 120.0, 130.0, 120.0)
_Q5 = (140.0, 120.0, 120.0, 120.0, 120.0, 140.0, 140.0, 120.0, 120.0, 120.0, 120.0, 120.0, 120.0, 140.0, 120.0)


@inline
def _formant(table: Any, chosen: Any) -> Any:
    """The entry of a table that each lane has chosen."""
    found = 0.0 * chosen + table[0]
    found = np.where(chosen > 0.5, table[1], found)
    found = np.where(chosen > 1.5, table[2], found)
    found = np.where(chosen > 2.5, table[3], found)
    found = np.where(chosen > 3.5, table[4], found)
    found = np.where(chosen > 4.5, table[5], found)
    found = np.where(chosen > 5.5, table[6], found)
    found = np.where(chosen > 6.5, table[7], found)
    found = np.where(chosen > 7.5, table[8], found)
    found = np.where(chosen > 8.5, table[9], found)
    found = np.where(chosen > 9.5, table[10], found)
    found = np.where(chosen > 10.5, table[11], found)
    found = np.where(chosen > 11.5, table[12], found)
    found = np.where(chosen > 12.5, table[13], found)
    found = np.where(chosen > 13.5, table[14], found)
    return found


@inline
def _band(f: Any, q: Any, gain: Any, dt: Any) -> Any:
    """(b0, a1, a2) of a band-pass with this gain at its centre; its b1 is 0 and its b2 is -b0."""
    x = fmin(f * dt, 0.49)
    s = sin_cycles(0.5 * x)
    alpha = 0.5 * sin_cycles(x) / q
    scale = 1.0 / (1.0 + alpha)
    return 8.0 * gain * alpha * scale, (times(4.0 * s, s) - 2.0) * scale, (1.0 - alpha) * scale


@inline
def _five(vowel: Any, dt: Any) -> Any:
    """The five bands of a vowel."""
    chosen = fmin(fmax(vowel, 0.0), 14.0)
    return (
        _band(_formant(_F1, chosen), _formant(_Q1, chosen), 1.0, dt),
        _band(_formant(_F2, chosen), _formant(_Q2, chosen), _formant(_G2, chosen), dt),
        _band(_formant(_F3, chosen), _formant(_Q3, chosen), _formant(_G3, chosen), dt),
        _band(_formant(_F4, chosen), _formant(_Q4, chosen), _formant(_G4, chosen), dt),
        _band(_formant(_F5, chosen), _formant(_Q5, chosen), _formant(_G5, chosen), dt),
    )


@inline
def _ring(x: Any, z1: Any, z2: Any, design: Any) -> Any:
    b0, a1, a2 = design
    part = times(b0, x)
    y = part + z1
    return y, any_number(z2 - a1 * y), any_number(-part - a2 * y)


@kind(
    ins=_INS,
    outs=_OUTS,
    state=tuple(f"{side}{k}" for side in ("a", "b") for k in range(10)),
    reference="formants: Csound manual, appendix D; Web Audio API 1.0, BiquadFilterNode, band-pass",
    vowel=Param(
        0.0, 0.0, 14.0, Unit.INDEX, smoothing=0.0, doc="Number of the vowel: a e i o u ae aa oe ue y uh un en an on."
    ),
)
def formants(left: Any, right: Any, vowel: Any, left_out: Any, right_out: Any, state: Any, n: Any, env: Any) -> None:
    """A voice's vowel: five very narrow band-passes side by side, and nothing of the input."""
    s = state
    a0, a1, a2, a3, a4, a5, a6, a7, a8, a9 = s.a0, s.a1, s.a2, s.a3, s.a4, s.a5, s.a6, s.a7, s.a8, s.a9
    b0, b1, b2, b3, b4, b5, b6, b7, b8, b9 = s.b0, s.b1, s.b2, s.b3, s.b4, s.b5, s.b6, s.b7, s.b8, s.b9
    one, two, three, four, five = _five(vowel[0], env.dt)
    for i in range(n):
        if vowel.moving:
            one, two, three, four, five = _five(vowel[i], env.dt)
        u, w = any_number(left[i]), any_number(right[i])
        y1, a0, a1 = _ring(u, a0, a1, one)
        y2, a2, a3 = _ring(u, a2, a3, two)
        y3, a4, a5 = _ring(u, a4, a5, three)
        y4, a6, a7 = _ring(u, a6, a7, four)
        y5, a8, a9 = _ring(u, a8, a9, five)
        left_out[i] = y1 + y2 + y3 + y4 + y5
        y1, b0, b1 = _ring(w, b0, b1, one)
        y2, b2, b3 = _ring(w, b2, b3, two)
        y3, b4, b5 = _ring(w, b4, b5, three)
        y4, b6, b7 = _ring(w, b6, b7, four)
        y5, b8, b9 = _ring(w, b8, b9, five)
        right_out[i] = y1 + y2 + y3 + y4 + y5
    s.a0, s.a1, s.a2, s.a3, s.a4, s.a5, s.a6, s.a7, s.a8, s.a9 = a0, a1, a2, a3, a4, a5, a6, a7, a8, a9
    s.b0, s.b1, s.b2, s.b3, s.b4, s.b5, s.b6, s.b7, s.b8, s.b9 = b0, b1, b2, b3, b4, b5, b6, b7, b8, b9
