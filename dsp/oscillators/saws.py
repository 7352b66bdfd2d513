"""Combined saws: hard sync, and seven detuned ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, times
from dsp.math.edges import edge_span, step_residual, wrap_residual
from dsp.math.exponential import exp2
from dsp.math.noise import hash32
from dsp.math.phase import from_phase, from_phase_up, phase_step, to_phase
from dsp.math.trig import cos_cycles, sin_cycles

_EDGES = "Valimaki, Pekonen and Nam, 'Perceptually informed synthesis of bandlimited classical waveforms' (2012)"
_FREQ = Param(
    220.0, 0.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Frequency; band-limited up to a sixth of the rate."
)


@inline
def _synced(freq: Any, ratio: Any, dt: Any) -> Any:
    """For a slave with ``ratio`` cycles: whole edges, cycles, share of the last cycle, 1 / cycles, frames per master cycle."""
    per_cycle = 1.0 / edge_span(freq, dt)
    cycles = fmin(fmax(ratio, 1.0), fmax(0.16666667 * per_cycle, 1.0))
    edges = -np.floor(-cycles) - 1.0
    return edges, cycles, cycles - edges, 1.0 / cycles, per_cycle


@kind(
    ints=("angle",),
    reference="hard sync in closed form, every edge band-limited: " + _EDGES,
    freq=_FREQ,
    ratio=Param(
        1.5,
        1.0,
        64.0,
        Unit.RATIO,
        curve=Curve.EXPONENTIAL,
        doc="The slave's frequency divided by freq; the slave's frequency is limited to a sixth of the rate.",
    ),
    phase=Param(0.0, -1024.0, 1024.0, Unit.CYCLES, doc="Offset of the master's phase."),
)
def sync_saw(freq: Any, ratio: Any, phase: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A rising saw (the slave) that a master oscillator restarts once per cycle; no DC. Sweep the ratio."""
    angle = state.angle
    step, offset = phase_step(freq[0], env.dt), to_phase(phase[0])
    edges, cycles, part, per_cycles, per_cycle = _synced(freq[0], ratio[0], env.dt)
    for i in range(n):
        if freq.moving:
            step = phase_step(freq[i], env.dt)
        if freq.moving or ratio.moving:
            edges, cycles, part, per_cycles, per_cycle = _synced(freq[i], ratio[i], env.dt)
        if phase.moving:
            offset = to_phase(phase[i])
        p = from_phase_up(angle + offset)
        u = p * cycles
        done = fmin(np.floor(u), edges)
        line = 2.0 * (u - done) - (1.0 + part * (part - 1.0) * per_cycles)
        # The wave falls by 2 at the slave's own edges and by 2 part where the master restarts it. Before an edge the
        # residual is subtracted, after it added. The last edge of the cycle before may still overlap.
        per_slave = per_cycle * per_cycles
        reset = part * step_residual(fmin(p, 1.0 - p) * per_cycle)
        nearest = fmin(fmax(np.floor(u + 0.5), 1.0), edges)
        away = u - nearest
        own = step_residual(np.abs(away) * per_slave)
        former = step_residual((u + part) * per_slave)
        own = np.where(away < 0.0, former - own, former + own)
        y[i] = line + 2.0 * (np.where(p < 0.5, reset, -reset) + np.where(edges > 0.5, own, 0.0))
        angle = angle + step
    state.angle = angle


# detuning of six saws, as a share of the outermost's
_APART = (-1.0, -0.571556, -0.17745, 0.180982, 0.565021, 0.976635)


@inline
def _steps(freq: Any, detune: Any, dt: Any) -> Any:
    """Phase step and 1 / edge_span of the middle saw and of the six around it."""
    octaves = fmin(fmax(detune, 0.0), 12.0) * 0.083333333
    f1, f2, f3 = freq * exp2(octaves * _APART[0]), freq * exp2(octaves * _APART[1]), freq * exp2(octaves * _APART[2])
    f5, f6, f7 = freq * exp2(octaves * _APART[3]), freq * exp2(octaves * _APART[4]), freq * exp2(octaves * _APART[5])
    return (
        (phase_step(f1, dt), phase_step(f2, dt), phase_step(f3, dt), phase_step(freq, dt)),
        (phase_step(f5, dt), phase_step(f6, dt), phase_step(f7, dt)),
        (1.0 / edge_span(f1, dt), 1.0 / edge_span(f2, dt), 1.0 / edge_span(f3, dt), 1.0 / edge_span(freq, dt)),
        (1.0 / edge_span(f5, dt), 1.0 / edge_span(f6, dt), 1.0 / edge_span(f7, dt)),
    )


@inline
def _levels(mix: Any, spread: Any) -> Any:
    """Gain of the middle saw on either side, and near and far gain of the three pairs."""
    m = fmin(fmax(mix, 0.0), 1.0)
    middle = 0.99785 - 0.55366 * m
    side = 0.044372 + m * (1.2841 - 0.73754 * m)
    level = 1.0 / np.sqrt(times(middle, middle) + 6.0 * side * side)
    middle, side = middle * level * 0.70710678, side * level
    far = fmin(fmax(spread, 0.0), 1.0) * 0.125  # detuning of the outermost pair, in cycles
    a, b, c = 0.125 - far, 0.125 - far * 0.66666667, 0.125 - far * 0.33333333
    return (
        middle,
        (side * cos_cycles(a), side * cos_cycles(b), side * cos_cycles(c)),
        (side * sin_cycles(a), side * sin_cycles(b), side * sin_cycles(c)),
    )


@inline
def _saw(angle: Any, per_cycle: Any) -> Any:
    t = from_phase(angle)
    return 2.0 * (t + wrap_residual(t, per_cycle))


@kind(
    outs=("left", "right"),
    seeded=True,
    ints=("a1", "a2", "a3", "a4", "a5", "a6", "a7", "started"),
    reference="A. Szabo, 'How to emulate the super saw' (KTH, 2010): intervals and levels of the Roland JP-8000; edges: "
    + _EDGES,
    freq=_FREQ,
    detune=Param(0.2, 0.0, 12.0, Unit.SEMITONES, doc="Detuning of the outermost saws from the middle one."),
    mix=Param(
        0.7, 0.0, 1.0, doc="0: almost only the middle saw; 1: the six others are louder. The power stays the same."
    ),
    spread=Param(0.8, 0.0, 1.0, doc="Width: 0 puts all in the middle, 1 puts the outermost fully left and right."),
)
def supersaw(
    freq: Any,
    detune: Any,
    mix: Any,
    spread: Any,
    left: Any,
    right: Any,
    state: Any,
    seed: Any,
    n: Any,
    env: Any,
) -> None:
    """Seven detuned saws between left and right, together as loud as one saw; the seed sets their start phases."""
    fresh = state.started == 0
    first = hash32(seed)
    a1, a2 = np.where(fresh, first, state.a1), np.where(fresh, hash32(first + 1), state.a2)
    a3, a4 = np.where(fresh, hash32(first + 2), state.a3), np.where(fresh, hash32(first + 3), state.a4)
    a5, a6 = np.where(fresh, hash32(first + 4), state.a5), np.where(fresh, hash32(first + 5), state.a6)
    a7 = np.where(fresh, hash32(first + 6), state.a7)
    gliding, moving = freq.moving or detune.moving, mix.moving or spread.moving
    (d1, d2, d3, d4), (d5, d6, d7), (p1, p2, p3, p4), (p5, p6, p7) = _steps(freq[0], detune[0], env.dt)
    middle, (n1, n2, n3), (f1, f2, f3) = _levels(mix[0], spread[0])
    for i in range(n):
        if gliding:
            (d1, d2, d3, d4), (d5, d6, d7), (p1, p2, p3, p4), (p5, p6, p7) = _steps(freq[i], detune[i], env.dt)
        if moving:
            middle, (n1, n2, n3), (f1, f2, f3) = _levels(mix[i], spread[i])
        s1, s2, s3, s5, s6, s7 = _saw(a1, p1), _saw(a2, p2), _saw(a3, p3), _saw(a5, p5), _saw(a6, p6), _saw(a7, p7)
        both = times(middle, _saw(a4, p4))
        # left to right: 1, 6, 3, 4, 5, 2, 7
        left[i] = both + n1 * s1 + f1 * s7 + n2 * s6 + f2 * s2 + n3 * s3 + f3 * s5
        right[i] = both + f1 * s1 + n1 * s7 + f2 * s6 + n2 * s2 + f3 * s3 + n3 * s5
        a1, a2, a3, a4, a5, a6, a7 = a1 + d1, a2 + d2, a3 + d3, a4 + d4, a5 + d5, a6 + d6, a7 + d7
    state.a1, state.a2, state.a3, state.a4, state.a5, state.a6, state.a7 = a1, a2, a3, a4, a5, a6, a7
    state.started = 1
