"""SuperDirt's filters with one control: the DJ filter and the vowels."""

from __future__ import annotations

import math
from typing import Any

from dsp.kind import Param, kind
from dsp.lanes import fmax, fmin, inline, times
from dsp.math.exponential import exp2
from dsp.math.interpolate import any_number
from dsp.math.statevariable import advance, coefficients, high_design, high_pass, low_design, low_pass
from dsp.math.trig import cos_cycles, sin_cycles, warp

_REACH = 8.965784284662087  # octaves from 20 Hz to 10 kHz


@inline
def _gains(position: Any, env: Any) -> Any:
    """g and k for a position between 20 Hz (0) and 10 kHz (1), with rq = 1."""
    f = 20.0 * exp2(_REACH * fmin(fmax(position, 0.0), 1.0))
    g = warp(fmin(f, 0.49 * env.rate), env.dt)
    return g, 1.0 + g * g


@inline
def _low(value: Any, env: Any) -> Any:
    g, k = _gains(2.0 * value, env)
    return low_design(g, k)


@inline
def _high(value: Any, env: Any) -> Any:
    g, k = _gains(2.0 * value - 1.0, env)
    return high_design(g, k)


@kind(
    ins=("x",),
    state=("a1", "b1", "a2", "b2"),
    reference="SuperDirt djf (docs/dirt.md, Effects); structure: Zavalishin, The Art of VA Filter Design, ch. 4",
    value=Param(
        0.5,
        0.0,
        1.0,
        doc="0..0.5 moves a low-pass from 20 Hz to 10 kHz, 0.5..1 moves a high-pass over the same range.",
        aliases=("djf",),
    ),
)
def djf(x: Any, value: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A DJ filter: a low-pass in the lower half of its control, a high-pass in the upper half; at 0.5, 20 Hz to 10 kHz pass."""
    a1, b1, a2, b2 = state.a1, state.b1, state.a2, state.b2
    low, high = _low(value[0], env), _high(value[0], env)
    for i in range(n):
        if value.moving:
            low, high = _low(value[i], env), _high(value[i], env)
        u, a1, b1 = low_pass(any_number(x[i]), a1, b1, low)
        y[i], a2, b2 = high_pass(u, a2, b2, high)
    state.a1, state.b1, state.a2, state.b2 = a1, b1, a2, b2


def _octaves(*hertz: float) -> tuple[float, ...]:
    """Octaves above 1 Hz."""
    return tuple(math.log2(f) for f in hertz)


def _level(*decibels: float) -> tuple[float, ...]:
    """Octaves of amplitude."""
    return tuple(math.log2(10.0) / 20.0 * level for level in decibels)


# Centres, levels and bandwidths (Hz) of a counter-tenor's formants for a, e, i, o, u (docs/dirt.md, Effects).
_F1, _W1 = _octaves(660, 440, 270, 430, 370), (80.0, 70.0, 40.0, 40.0, 40.0)
_F2, _W2 = _octaves(1120, 1800, 1850, 820, 630), (90.0, 80.0, 90.0, 80.0, 60.0)
_F3, _W3 = _octaves(2750, 2700, 2900, 2700, 2750), (120.0, 100.0, 100.0, 100.0, 100.0)
_F4, _W4 = _octaves(3000, 3000, 3350, 3000, 3000), (130.0, 120.0, 120.0, 120.0, 120.0)
_F5, _W5 = _octaves(3350, 3300, 3590, 3300, 3400), (140.0, 120.0, 120.0, 120.0, 120.0)
_L2, _L3 = _level(-6, -14, -24, -10, -20), _level(-23, -18, -24, -26, -23)
_L4, _L5 = _level(-24, -20, -36, -22, -30), _level(-38, -20, -36, -34, -34)


@inline
def _along(row: Any, w: Any) -> Any:
    """A value between those of two vowels; ``w`` is the progress (0..1) of each step from vowel to vowel."""
    w1, w2, w3, w4 = w
    half_way = row[0] + (row[1] - row[0]) * w1 + (row[2] - row[1]) * w2
    return half_way + (row[3] - row[2]) * w3 + (row[4] - row[3]) * w4


@inline
def _steps(vowel: Any) -> Any:
    v = fmin(fmax(vowel, 0.0), 4.0)
    return fmin(v, 1.0), fmin(fmax(v - 1.0, 0.0), 1.0), fmin(fmax(v - 2.0, 0.0), 1.0), fmax(v - 3.0, 0.0)


@inline
def _formant(pitch: Any, level: Any, width: Any, sharp: Any, env: Any) -> Any:
    """Coefficients of ``advance`` and the gain of the band, for a centre in octaves and rq = sharp / width."""
    f = fmin(exp2(pitch), 0.45 * env.rate)
    g = warp(f, env.dt)
    k = warp(f * fmin(sharp / width, 1.0), env.dt) * (1.0 + g * g) / g
    _, c1, c2, c3 = coefficients(g, k)
    return c1, c2, c3, 0.5 * k * exp2(level)


@inline
def _five(vowel: Any, resonance: Any, env: Any) -> Any:
    """The five bands of a vowel, and the levels of the input and of the bands."""
    w = _steps(vowel)
    r = fmin(fmax(resonance, 0.0), 1.0)
    sharp = 1.0 / (0.1 + 0.4 * r)
    one = _formant(_along(_F1, w), 0.0 * r, _along(_W1, w), sharp, env)
    two = _formant(_along(_F2, w), _along(_L2, w), _along(_W2, w), sharp, env)
    three = _formant(_along(_F3, w), _along(_L3, w), _along(_W3, w), sharp, env)
    four = _formant(_along(_F4, w), _along(_L4, w), _along(_W4, w), sharp, env)
    five = _formant(_along(_F5, w), _along(_L5, w), _along(_W5, w), sharp, env)
    place = 0.0625 + 0.1875 * r  # position in the cross-fade, in cycles
    return one, two, three, four, five, 0.25 * cos_cycles(place), (12.5 + 37.5 * r) * sin_cycles(place)


@inline
def _band(u: Any, z1: Any, z2: Any, formant: Any) -> Any:
    """A band's output and next states."""
    c1, c2, c3, part = formant
    a, b = advance(u, z1, z2, c1, c2, c3)
    return times(part, a + z1), a, b


@kind(
    ins=("x",),
    state=("a1", "b1", "a2", "b2", "a3", "b3", "a4", "b4", "a5", "b5"),
    reference="SuperDirt vowel (docs/dirt.md, Effects: counter-tenor formants of the Csound manual)",
    vowel=Param(0.0, 0.0, 4.0, doc="0 a, 1 e, 2 i, 3 o, 4 u; values between them mix two vowels."),
    resonance=Param(0.0, 0.0, 1.0, doc="Higher values give sharper and louder formants, and less of the input."),
)
def vowel_(x: Any, vowel: Any, resonance: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Gives a sound the colour of a vowel: five formants, and some of the input."""
    a1, b1, a2, b2, a3, b3 = state.a1, state.b1, state.a2, state.b2, state.a3, state.b3
    a4, b4, a5, b5 = state.a4, state.b4, state.a5, state.b5
    moving = vowel.moving or resonance.moving
    one, two, three, four, five, direct, formants = _five(vowel[0], resonance[0], env)
    for i in range(n):
        if moving:
            one, two, three, four, five, direct, formants = _five(vowel[i], resonance[i], env)
        u = any_number(x[i])
        v1, a1, b1 = _band(u, a1, b1, one)
        v2, a2, b2 = _band(u, a2, b2, two)
        v3, a3, b3 = _band(u, a3, b3, three)
        v4, a4, b4 = _band(u, a4, b4, four)
        v5, a5, b5 = _band(u, a5, b5, five)
        y[i] = times(direct, u) + formants * ((v1 + v2) + (v3 + (v4 + v5)))
    state.a1, state.b1, state.a2, state.b2, state.a3, state.b3 = a1, b1, a2, b2, a3, b3
    state.a4, state.b4, state.a5, state.b5 = a4, b4, a5, b5
