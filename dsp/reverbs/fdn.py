"""A feedback delay network: eight delays that feed each other through a lossless matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, to_int, wrap_int
from dsp.math.delayline import read_cubic, sane
from dsp.math.exponential import exp2
from dsp.math.phase import HALF, QUARTER, phase_step
from dsp.math.trig import sin_phase, warp

_LENGTHS = (0.0411, 0.0463, 0.0531, 0.0599, 0.0673, 0.0757, 0.0829, 0.0907)  # seconds at size 1
_LARGEST = 2.0
_DIFFUSERS = (0.0047, 0.0083, 0.0053, 0.0077)  # seconds: two for the left, two for the right
_SWING = 0.0006  # seconds by which four of the lines may swing both ways
_SIXTY = 9.965784  # log2 of 1000
_ROOT = 0.35355339  # 1 / sqrt 8: makes the matrix keep the energy
_FULL = 64.0


@inline
def _diffuse(memory: Any, i: Any, x: Any, frames: Any, place: Any) -> Any:
    old = memory.read_line(i, frames, place)
    new = fmin(fmax(x + 0.6 * old, -_FULL), _FULL)
    memory.write_line(i, new, place)
    return old - 0.6 * new


@inline
def _gains(seconds: Any, decay: Any, high_decay: Any, frozen: Any) -> Any:
    """The gains of low and of high frequencies per turn of a line with a delay of ``seconds``; 1 if frozen."""
    low, high = exp2(-_SIXTY * seconds / decay), exp2(-_SIXTY * seconds / high_decay)
    return low + frozen * (1.0 - low), high + frozen * (1.0 - high)


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
def _whole(seconds: Any, size: Any, rate: Any) -> Any:
    return np.floor(seconds * size * rate + 0.5)


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    state=tuple(f"z{k}" for k in range(1, 9)),
    ints=("phase",),
    memory=1.2,
    lines=True,
    reference="J.-M. Jot and A. Chaigne, 'Digital delay networks for designing artificial reverberators' (AES 90, 1991); "
    "J. O. Smith, Physical Audio Signal Processing, FDN reverberation",
    decay=Param(3.0, 0.05, 1000.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, doc="Time in which low frequencies fall by 60 dB."),
    high_decay=Param(1.0, 0.05, 1000.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, doc="Time in which high frequencies fall by 60 dB."),
    crossover=Param(3000.0, 50.0, 20000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Frequency between low and high."),
    size=Param(
        1.0, 0.1, _LARGEST, Unit.RATIO, smoothing=0.1,
        doc="Size of the room: the delays are 41 to 91 ms times this. Do not sweep it.",
    ),
    depth=Param(0.2, 0.0, 1.0, doc="Swing of four of the delays, at most 0.6 ms: it makes the tail livelier."),
    rate=Param(0.5, 0.0, 10.0, Unit.HZ, doc="Frequency of the swing."),
    freeze=Param(0.0, 0.0, 1.0, smoothing=0.05, doc="1: nothing enters and nothing is lost, so the current sound goes on without end."),
    mix=Param(0.33, 0.0, 1.0, doc="0: the input alone; 1: the reverb alone."),
)  # fmt: skip
def fdn(
    left: Any, right: Any, decay: Any, high_decay: Any, crossover: Any, size: Any, depth: Any, rate: Any, freeze: Any,
    mix: Any, left_out: Any, right_out: Any, state: Any, memory: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """A stereo reverb with separate decays for low and high frequencies, from a box to an endless hall."""
    z1, z2, z3, z4, z5, z6, z7, z8 = state.z1, state.z2, state.z3, state.z4, state.z5, state.z6, state.z7, state.z8
    phase = state.phase
    t1, t2, t3, t4, t5, t6, t7, t8 = _LENGTHS
    e1, e2, e3, e4 = _DIFFUSERS
    d1, d2, d3, d4 = int(e1 * env.rate), int(e2 * env.rate), int(e3 * env.rate), int(e4 * env.rate)
    p1 = d1 + 2  # where each line is written in the memory: behind the longest reach of the line before
    p2 = p1 + d2 + 2
    p3 = p2 + d3 + 2
    p4 = p3 + d4 + 2
    reach = _LARGEST * env.rate
    more = int(2.0 * _SWING * env.rate) + 6
    a1 = p4 + int(t1 * reach) + more
    a2 = a1 + int(t2 * reach) + more
    a3 = a2 + int(t3 * reach) + more
    a4 = a3 + int(t4 * reach) + more
    a5 = a4 + int(t5 * reach) + more
    a6 = a5 + int(t6 * reach) + more
    a7 = a6 + int(t7 * reach) + more
    a8 = a7 + int(t8 * reach) + more
    moving = decay.moving or high_decay.moving or crossover.moving or size.moving or freeze.moving
    zero = 0.0 * z1
    held, room, share = zero, zero, zero
    g1, g2, g3, g4, g5, g6, g7, g8 = (
        (zero, zero), (zero, zero), (zero, zero), (zero, zero), (zero, zero), (zero, zero), (zero, zero), (zero, zero)
    )  # fmt: skip
    for i in range(n):
        if i == 0 or moving:
            room = fmin(fmax(size[i], 0.1), _LARGEST)
            held = fmin(fmax(freeze[i], 0.0), 1.0)
            low, high = fmin(fmax(decay[i], 0.05), 1000.0), fmin(fmax(high_decay[i], 0.05), 1000.0)
            g = warp(fmin(fmax(crossover[i], 50.0), 20000.0), env.dt)
            share = g / (1.0 + g)
            g1, g2 = _gains(t1 * room, low, high, held), _gains(t2 * room, low, high, held)
            g3, g4 = _gains(t3 * room, low, high, held), _gains(t4 * room, low, high, held)
            g5, g6 = _gains(t5 * room, low, high, held), _gains(t6 * room, low, high, held)
            g7, g8 = _gains(t7 * room, low, high, held), _gains(t8 * room, low, high, held)
        far = fmin(fmax(depth[i], 0.0), 1.0) * (1.0 - held) * (_SWING * env.rate)
        v1 = read_cubic(memory, i, _whole(t1, room, env.rate) + far * (1.0 + sin_phase(phase)), a1)
        v2 = memory.read(i, to_int(_whole(t2, room, env.rate)), a2)
        v3 = read_cubic(memory, i, _whole(t3, room, env.rate) + far * (1.0 + sin_phase(wrap_int(phase + QUARTER))), a3)
        v4 = memory.read(i, to_int(_whole(t4, room, env.rate)), a4)
        v5 = read_cubic(memory, i, _whole(t5, room, env.rate) + far * (1.0 + sin_phase(wrap_int(phase + HALF))), a5)
        v6 = memory.read(i, to_int(_whole(t6, room, env.rate)), a6)
        v7 = read_cubic(memory, i, _whole(t7, room, env.rate) + far * (1.0 + sin_phase(wrap_int(phase - QUARTER))), a7)
        v8 = memory.read(i, to_int(_whole(t8, room, env.rate)), a8)
        phase = wrap_int(phase + phase_step(fmin(fmax(rate[i], 0.0), 10.0), env.dt))
        u, v = left[i], right[i]
        v1, z1 = _lose(v1, z1, g1, share)
        v2, z2 = _lose(v2, z2, g2, share)
        v3, z3 = _lose(v3, z3, g3, share)
        v4, z4 = _lose(v4, z4, g4, share)
        v5, z5 = _lose(v5, z5, g5, share)
        v6, z6 = _lose(v6, z6, g6, share)
        v7, z7 = _lose(v7, z7, g7, share)
        v8, z8 = _lose(v8, z8, g8, share)
        wet = fmin(fmax(mix[i], 0.0), 1.0)
        left_out[i] = u + wet * ((v1 - v3) + (v5 - v7) - u)
        right_out[i] = v + wet * ((v2 - v4) + (v6 - v8) - v)
        open_ = 0.5 * (1.0 - held)
        x = _diffuse(memory, i, _diffuse(memory, i, open_ * sane(u), d1, p1), d2, p2)
        y = _diffuse(memory, i, _diffuse(memory, i, open_ * sane(v), d3, p3), d4, p4)
        v1, v2, v3, v4, v5, v6, v7, v8 = _mix(v1, v2, v3, v4, v5, v6, v7, v8)
        memory.write_line(i, fmin(fmax(_ROOT * v1 + x, -_FULL), _FULL), a1)
        memory.write_line(i, fmin(fmax(_ROOT * v2 + y, -_FULL), _FULL), a2)
        memory.write_line(i, fmin(fmax(_ROOT * v3 - x, -_FULL), _FULL), a3)
        memory.write_line(i, fmin(fmax(_ROOT * v4 - y, -_FULL), _FULL), a4)
        memory.write_line(i, fmin(fmax(_ROOT * v5 + x, -_FULL), _FULL), a5)
        memory.write_line(i, fmin(fmax(_ROOT * v6 + y, -_FULL), _FULL), a6)
        memory.write_line(i, fmin(fmax(_ROOT * v7 - x, -_FULL), _FULL), a7)
        memory.write_line(i, fmin(fmax(_ROOT * v8 - y, -_FULL), _FULL), a8)
    state.z1, state.z2, state.z3, state.z4, state.z5, state.z6, state.z7, state.z8 = z1, z2, z3, z4, z5, z6, z7, z8
    state.phase = phase
