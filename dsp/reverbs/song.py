"""Strudel's reverb: decaying noise that fades in, made by a feedback delay network."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, to_int
from dsp.math.delayline import sane
from dsp.math.exponential import exp2
from dsp.math.trig import warp

_LENGTHS = (0.0297, 0.0371, 0.0411, 0.0437, 0.0533, 0.0599, 0.0671, 0.0757)  # seconds
_DIFFUSERS = (0.0047, 0.0083, 0.0053, 0.0077)  # seconds: two for the left, two for the right
_SIXTY = 9.965784  # log2 of 1000
_ROOT = 0.35355339
_LONGEST_FADE = 2.0  # seconds
_FULL = 64.0
_LEVEL = 0.182  # makes the noise as loud as the browser's normalised impulse
_TAPS = 8


@inline
def _diffuse(memory: Any, i: Any, x: Any, frames: Any, place: Any) -> Any:
    old = memory.read_line(i, frames, place)
    new = fmin(fmax(x + 0.6 * old, -_FULL), _FULL)
    memory.write_line(i, new, place)
    return old - 0.6 * new


@inline
def _gains(seconds: Any, decay: Any, high_decay: Any) -> Any:
    return exp2(-_SIXTY * seconds / decay), exp2(-_SIXTY * seconds / high_decay)


@inline
def _lose(u: Any, z: Any, gains: Any, share: Any) -> Any:
    """(u with one gain below the crossover and another above it, state of the filter that splits it)."""
    low, high = gains
    step = share * (u - z)
    bass = z + step
    return high * u + (low - high) * bass, bass + step


@inline
def _mix(a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any, h: Any) -> Any:
    """Hadamard's matrix of order eight, times sqrt 8."""
    a, b, c, d, e, f, g, h = a + b, a - b, c + d, c - d, e + f, e - f, g + h, g - h
    a, c, b, d, e, g, f, h = a + c, a - c, b + d, b - d, e + g, e - g, f + h, f - h
    return a + e, b + f, c + g, d + h, a - e, b - f, c - g, d - h


@inline
def _faded(memory: Any, i: Any, x: Any, fade: Any, decay: Any, place: Any, rate: Any) -> Any:
    """The input, spread over the time of the fade with rising levels."""
    total = 0.0 * x
    spread = fmin(fmax(fade, 0.0), _LONGEST_FADE)
    for k in range(_TAPS):
        seconds = spread * ((k + 0.5) / _TAPS)
        weight = np.sqrt((2.0 * k + 1.0) / (_TAPS * _TAPS) * exp2(-2.0 * _SIXTY * seconds / decay))
        total = total + weight * memory.read(i, to_int(seconds * rate) + 1, place)
    memory.write(i, x, place)
    return np.where(spread > 0.004, total, x)


@kind(
    ins=("left", "right", "send_left", "send_right"),
    outs=("left_out", "right_out"),
    state=tuple(f"z{k}" for k in range(1, 9)),
    memory=5.0,
    lines=True,
    reference="J.-M. Jot and A. Chaigne, 'Digital delay networks for designing artificial reverberators' (AES 90, 1991); "
    "docs/strudel.md, Orbit",
    send=Param(0.0, 0.0, 100.0, Unit.GAIN, smoothing=0.01, doc="Level of what goes in."),
    decay=Param(2.0, 0.05, 60.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="Time in which the noise falls by 60 dB."),
    high_decay=Param(1.2, 0.02, 60.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="The same above the crossover."),
    crossover=Param(4000.0, 50.0, 20000.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="Frequency between both."),
    fade=Param(0.1, 0.0, _LONGEST_FADE, Unit.SECONDS, smoothing=0.0, doc="Time in which the noise fades in."),
    level=Param(1.0, 0.0, 100.0, Unit.GAIN, smoothing=0.01, doc="Level of the noise."),
)  # fmt: skip
def song_space(
    left: Any, right: Any, send_left: Any, send_right: Any, send: Any, decay: Any, high_decay: Any, crossover: Any,
    fade: Any, level: Any, left_out: Any, right_out: Any, state: Any, memory: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Adds to a sum the reverb of another: noise that falls by 60 dB in a given time."""
    z1, z2, z3, z4, z5, z6, z7, z8 = state.z1, state.z2, state.z3, state.z4, state.z5, state.z6, state.z7, state.z8
    rate = env.rate
    l1, l2, l3, l4 = (
        int(_LENGTHS[0] * rate),
        int(_LENGTHS[1] * rate),
        int(_LENGTHS[2] * rate),
        int(_LENGTHS[3] * rate),
    )
    l5, l6, l7, l8 = (
        int(_LENGTHS[4] * rate),
        int(_LENGTHS[5] * rate),
        int(_LENGTHS[6] * rate),
        int(_LENGTHS[7] * rate),
    )
    d1, d2 = int(_DIFFUSERS[0] * rate), int(_DIFFUSERS[1] * rate)
    d3, d4 = int(_DIFFUSERS[2] * rate), int(_DIFFUSERS[3] * rate)
    p1 = d1 + 2  # where each line is written in the memory: behind the longest reach of the line before
    p2 = p1 + d2 + 2
    p3 = p2 + d3 + 2
    p4 = p3 + d4 + 2
    a1 = p4 + l1 + 2
    a2 = a1 + l2 + 2
    a3 = a2 + l3 + 2
    a4 = a3 + l4 + 2
    a5 = a4 + l5 + 2
    a6 = a5 + l6 + 2
    a7 = a6 + l7 + 2
    a8 = a7 + l8 + 2
    longest = int(_LONGEST_FADE * rate) + 8
    f1 = a8 + longest
    f2 = f1 + longest
    low = fmin(fmax(decay[0], 0.05), 60.0)
    high = fmin(fmax(high_decay[0], 0.02), 60.0)
    w = warp(fmin(fmax(crossover[0], 50.0), 20000.0), env.dt)
    share = w / (1.0 + w)
    g1, g2 = _gains(_LENGTHS[0], low, high), _gains(_LENGTHS[1], low, high)
    g3, g4 = _gains(_LENGTHS[2], low, high), _gains(_LENGTHS[3], low, high)
    g5, g6 = _gains(_LENGTHS[4], low, high), _gains(_LENGTHS[5], low, high)
    g7, g8 = _gains(_LENGTHS[6], low, high), _gains(_LENGTHS[7], low, high)
    for i in range(n):
        amount = fmin(fmax(send[i], 0.0), 100.0)
        u = _faded(memory, i, sane(send_left[i]) * amount, fade[i], low, f1, rate)
        v = _faded(memory, i, sane(send_right[i]) * amount, fade[i], low, f2, rate)
        u = _diffuse(memory, i, _diffuse(memory, i, u, d1, p1), d2, p2)
        v = _diffuse(memory, i, _diffuse(memory, i, v, d3, p3), d4, p4)
        v1, z1 = _lose(memory.read_line(i, l1, a1), z1, g1, share)
        v2, z2 = _lose(memory.read_line(i, l2, a2), z2, g2, share)
        v3, z3 = _lose(memory.read_line(i, l3, a3), z3, g3, share)
        v4, z4 = _lose(memory.read_line(i, l4, a4), z4, g4, share)
        v5, z5 = _lose(memory.read_line(i, l5, a5), z5, g5, share)
        v6, z6 = _lose(memory.read_line(i, l6, a6), z6, g6, share)
        v7, z7 = _lose(memory.read_line(i, l7, a7), z7, g7, share)
        v8, z8 = _lose(memory.read_line(i, l8, a8), z8, g8, share)
        b1, b2, b3, b4, b5, b6, b7, b8 = _mix(v1, v2, v3, v4, v5, v6, v7, v8)
        memory.write_line(i, fmin(fmax(u + _ROOT * b1, -_FULL), _FULL), a1)
        memory.write_line(i, fmin(fmax(v + _ROOT * b2, -_FULL), _FULL), a2)
        memory.write_line(i, fmin(fmax(-u + _ROOT * b3, -_FULL), _FULL), a3)
        memory.write_line(i, fmin(fmax(-v + _ROOT * b4, -_FULL), _FULL), a4)
        memory.write_line(i, fmin(fmax(u + _ROOT * b5, -_FULL), _FULL), a5)
        memory.write_line(i, fmin(fmax(v + _ROOT * b6, -_FULL), _FULL), a6)
        memory.write_line(i, fmin(fmax(-u + _ROOT * b7, -_FULL), _FULL), a7)
        memory.write_line(i, fmin(fmax(-v + _ROOT * b8, -_FULL), _FULL), a8)
        loud = _LEVEL * fmin(fmax(level[i], 0.0), 100.0)
        left_out[i] = left[i] + loud * (v1 - v3 + v5 - v7)
        right_out[i] = right[i] + loud * (v2 - v4 + v6 - v8)
    state.z1, state.z2, state.z3, state.z4, state.z5, state.z6, state.z7, state.z8 = z1, z2, z3, z4, z5, z6, z7, z8
