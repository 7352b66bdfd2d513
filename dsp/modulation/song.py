"""Strudel's tremolo and phaser. The phase of the tremolo follows the song, not the event."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, times, to_float
from dsp.math.exponential import exp2
from dsp.math.interpolate import any_number
from dsp.math.songlfo import song_wave
from dsp.math.trig import sin_cycles

_INS, _OUTS = ("left", "right"), ("left_out", "right_out")


@inline
def _turns(phase: Any, rate: Any, seconds: Any) -> Any:
    """Cycles of a slow wave; ``phase`` is where it began."""
    start = fmin(fmax(phase, -1e6), 1e6)
    return start - np.floor(start) + seconds * fmin(fmax(rate, 0.0), 1000.0)


@kind(
    ins=_INS,
    outs=_OUTS,
    reference="Strudel's tremolo: max(1 - depth, 0) + (depth wave)^1.5",
    rate=Param(1.0, 0.0, 1000.0, Unit.HZ, smoothing=0.0, doc="Frequency of the wave."),
    depth=Param(1.0, 0.0, 10.0, smoothing=0.005, doc="How far the level falls: 1 is to silence."),
    phase=Param(0.0, -1e6, 1e6, Unit.CYCLES, smoothing=0.0, doc="Where the wave is when the event begins."),
    shape=Param(0.0, 0.0, 4.0, smoothing=0.0, doc="0 triangle, 1 sine, 2 ramp, 3 saw, 4 square."),
    skew=Param(0.5, 0.0, 1.0, smoothing=0.0, doc="Where the triangle peaks, how long the square is high."),
    end=Param(
        3600.0,
        0.0,
        3600.0,
        Unit.SECONDS,
        smoothing=0.0,
        doc="The time after which the wave is over and nothing is heard.",
    ),
)
def song_tremolo(
    left: Any, right: Any, rate: Any, depth: Any, phase: Any, shape: Any, skew: Any, end: Any, left_out: Any,
    right_out: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """A level that moves with a slow wave."""
    age = env.age
    for i in range(n):
        seconds = to_float(age + i) * env.dt
        turns = _turns(phase[i], rate[i], seconds)
        deep = fmin(fmax(depth[i], 0.0), 10.0)
        wave = fmax(deep * song_wave(any_number(shape[i]), turns, skew[i]), 0.0)
        level = fmax(1.0 - deep, 0.0) + fmin(wave * np.sqrt(wave), 1.0)
        level = np.where(seconds > end[i], 0.0, level)
        left_out[i] = left[i] * level
        right_out[i] = right[i] * level


@inline
def _notch(x: Any, z1: Any, z2: Any, design: Any) -> Any:
    """One row of a notch, transposed direct form 2; design (1 / a0, a1, a2)."""
    b0, a1, a2 = design
    y = b0 * x + z1
    return y, any_number(times(a1, x) - a1 * y + z2), any_number(times(b0, x) - a2 * y)


@inline
def _design(centre: Any, cents: Any, q: Any, env: Any) -> Any:
    f = fmin(fmax(centre * exp2(fmin(fmax(cents * (1.0 / 1200.0), -30.0), 30.0)), 1.0), 0.4999 * env.rate) * env.dt
    s = sin_cycles(0.5 * f)
    scale = 1.0 / (1.0 + 0.5 * sin_cycles(f) / q)
    return scale, (4.0 * s * s - 2.0) * scale, 2.0 * scale - 1.0


@kind(
    ins=_INS,
    outs=_OUTS,
    state=("a1", "a2", "b1", "b2"),
    tags=("chaotic",),  # a fast sweep over thousands of cents multiplies rounding
    reference="Web Audio API 1.0, BiquadFilterNode, notch; Strudel's phaser (docs/strudel.md, Effects)",
    rate=Param(1.0, 0.0, 1000.0, Unit.HZ, smoothing=0.0, doc="Frequency of the triangle that moves the notch."),
    depth=Param(0.75, 0.0, 1.0, smoothing=0.005, doc="How wide the notch is: Q is 2 - 2 depth, at least 0.1."),
    centre=Param(1000.0, 0.0, 24000.0, Unit.HZ, smoothing=0.005, doc="Where it moves about, less 282 Hz."),
    sweep=Param(2000.0, -24000.0, 24000.0, smoothing=0.005, doc="How far it moves to either side, in cents."),
    phase=Param(0.0, -1e6, 1e6, Unit.CYCLES, smoothing=0.0, doc="Where the triangle is when the event begins."),
)
def notch_phaser(
    left: Any, right: Any, rate: Any, depth: Any, centre: Any, sweep: Any, phase: Any, left_out: Any, right_out: Any,
    state: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """A phaser of one notch, which a triangle moves up and down."""
    a1, a2, b1, b2 = state.a1, state.a2, state.b1, state.b2
    age = env.age
    for i in range(n):
        turns = _turns(phase[i], rate[i], to_float(age + i) * env.dt)
        cents = (2.0 * song_wave(0.0 * turns, turns, 0.0 * turns + 0.5) - 1.0) * fmin(fmax(sweep[i], -24000.0), 24000.0)
        q = 2.0 - fmin(fmax(2.0 * depth[i], 0.0), 1.9)
        design = _design(fmin(fmax(centre[i], 0.0), 24000.0) + 282.0, cents, q, env)
        left_out[i], a1, a2 = _notch(any_number(left[i]), a1, a2, design)
        right_out[i], b1, b2 = _notch(any_number(right[i]), b1, b2, design)
    state.a1, state.a2, state.b1, state.b2 = a1, a2, b1, b2
