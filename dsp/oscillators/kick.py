"""Strudel's synthetic bass drum."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import fmax, fmin, to_float
from dsp.math.exponential import exp2, log2
from dsp.math.hyperbolic import tanh
from dsp.math.noise import hash32, uniform
from dsp.math.phase import CYCLE, phase_step

_SIXTY = 9.965784  # log2 of 1000
_THOUSANDTHS = 1_200_000.0  # of a cent in an octave
_HOLD = 0.02  # seconds at full level
_BURST = 0.025  # seconds of noise


@kind(
    ints=("angle",),
    state=("brown",),
    seeded=True,
    reference="Strudel's sbd (docs/strudel.md, Sources)",
    freq=Param(43.65, 0.0, 24000.0, Unit.HZ, smoothing=0.0, doc="Pitch at the end of its fall."),
    octaves=Param(3.0, -20.0, 20.0, smoothing=0.0, doc="How far the pitch falls."),
    fall=Param(0.5, 0.0, 60.0, Unit.SECONDS, smoothing=0.0, doc="Time in which it falls."),
    decay=Param(0.5, 0.0, 60.0, Unit.SECONDS, smoothing=0.0, doc="Time in which the sound fades."),
)
def kick(freq: Any, octaves: Any, fall: Any, decay: Any, y: Any, state: Any, seed: Any, n: Any, env: Any) -> None:
    """A triangle that falls, saturated, and a short burst of brown noise."""
    angle, brown = state.angle, state.brown
    age, dt = env.age, env.dt
    first = hash32(seed) + age
    for i in range(n):
        down, fade = fmin(fmax(fall[i], 0.001), 60.0), fmin(fmax(decay[i], 0.001), 60.0)
        seconds = to_float(age + i) * dt
        # an exponential fall of the cents, from all of them to a thousandth of one
        height = fmin(fmax(octaves[i], -20.0), 20.0)
        span = log2(fmax(np.abs(height), 1e-6) * _THOUSANDTHS)
        lift = height * np.where(seconds >= down, 0.0, exp2(-fmax(span, 0.0) * fmin(seconds / down, 1.0)))
        t = to_float(angle) * (1.0 / CYCLE)
        triangle = np.where(np.abs(t) <= 0.25, 4.0 * t, np.where(t > 0.0, 2.0 - 4.0 * t, -2.0 - 4.0 * t))
        level = exp2(-_SIXTY * fmin(fmax(seconds - _HOLD, 0.0) / fade, 1.0))
        level = level * fmin(fmax((fade + 0.01 - seconds) * 100.0, 0.0), 1.0)
        brown = (brown + 0.02 * uniform(first + i)) * (1.0 / 1.02)
        burst = 1.2 * exp2(-10.228819 * seconds / _BURST) * np.where(seconds < _BURST, 1.0, 0.0)
        y[i] = tanh(2.0 * triangle) * level + brown * burst
        angle = angle + phase_step(fmin(fmax(freq[i], 0.0), 24000.0) * exp2(fmin(fmax(lift, -30.0), 30.0)), dt)
    state.angle, state.brown = angle, brown
