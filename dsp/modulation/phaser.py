"""Notches that move: the input plus a chain of first-order all-passes."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, wrap_int
from dsp.math.delayline import sane
from dsp.math.exponential import exp2
from dsp.math.phase import phase_step
from dsp.math.trig import sin_phase, warp

_STAGES = tuple(f"s{k}" for k in range(1, 13))


@inline
def _stage(u: Any, s: Any, a: Any, used: Any) -> Any:
    """(output, state) of one all-pass; lanes that do not use it bypass it."""
    y = a * u + s
    return np.where(used, y, u), np.where(used, u - a * y, 0.0)


@kind(
    ins=("x",),
    state=(*_STAGES, "last"),
    ints=("phase",),
    reference="J. O. Smith, Physical Audio Signal Processing: phasing with first-order all-pass filters",
    rate=Param(0.4, 0.0, 20.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Frequency of the sweep."),
    depth=Param(0.7, 0.0, 1.0, doc="How far the sweep goes: 1 is two octaves up and down."),
    center=Param(
        800.0, 20.0, 10000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Middle of the sweep: there each all-pass turns by 90 degrees."
    ),
    feedback=Param(0.3, -1.0, 1.0, doc="Share of the chain's output that is fed back; kept within -0.95..0.95."),
    stages=Param(4.0, 2.0, 12.0, curve=Curve.STEP, smoothing=0.0, doc="Number of all-passes; every two make one notch."),
    mix=Param(0.5, 0.0, 1.0, doc="0: the input alone; 0.5: the deepest notches; 1: the chain alone."),
)  # fmt: skip
def phaser(
    x: Any,
    rate: Any,
    depth: Any,
    center: Any,
    feedback: Any,
    stages: Any,
    mix: Any,
    y: Any,
    state: Any,
    n: Any,
    env: Any,
) -> None:
    """A phaser of two to twelve stages; its frequency swings evenly in octaves."""
    s1, s2, s3, s4, s5, s6 = state.s1, state.s2, state.s3, state.s4, state.s5, state.s6
    s7, s8, s9, s10, s11, s12 = state.s7, state.s8, state.s9, state.s10, state.s11, state.s12
    last, angle = state.last, state.phase
    for i in range(n):
        octaves = 2.0 * fmin(fmax(depth[i], 0.0), 1.0) * sin_phase(angle)
        angle = wrap_int(angle + phase_step(rate[i], env.dt))
        g = warp(fmin(fmax(center[i], 20.0), 10000.0) * exp2(octaves), env.dt)
        a = (g - 1.0) / (g + 1.0)
        count = np.floor(fmin(fmax(stages[i], 2.0), 12.0) + 0.5)
        u = sane(x[i])
        v, s1 = _stage(u + fmin(fmax(feedback[i], -0.95), 0.95) * last, s1, a, count > 0.5)
        v, s2 = _stage(v, s2, a, count > 1.5)
        v, s3 = _stage(v, s3, a, count > 2.5)
        v, s4 = _stage(v, s4, a, count > 3.5)
        v, s5 = _stage(v, s5, a, count > 4.5)
        v, s6 = _stage(v, s6, a, count > 5.5)
        v, s7 = _stage(v, s7, a, count > 6.5)
        v, s8 = _stage(v, s8, a, count > 7.5)
        v, s9 = _stage(v, s9, a, count > 8.5)
        v, s10 = _stage(v, s10, a, count > 9.5)
        v, s11 = _stage(v, s11, a, count > 10.5)
        v, s12 = _stage(v, s12, a, count > 11.5)
        last = fmin(fmax(v, -1e6), 1e6)
        y[i] = u + fmin(fmax(mix[i], 0.0), 1.0) * (last - u)
    state.s1, state.s2, state.s3, state.s4, state.s5, state.s6 = s1, s2, s3, s4, s5, s6
    state.s7, state.s8, state.s9, state.s10, state.s11, state.s12 = s7, s8, s9, s10, s11, s12
    state.last, state.phase = last, angle
