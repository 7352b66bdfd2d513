"""Trains of single samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import shift_right, to_float
from dsp.math.phase import phase_step


@kind(
    ints=("angle", "idle"),
    reference="31-bit phase accumulator, its carry; SuperCollider's Impulse",
    freq=Param(1.0, 0.0, 24000.0, Unit.HZ, doc="Impulses per second; 0: a single one at the lane's start."),
)
def impulse(freq: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Single samples of 1, the first in the lane's first frame; not band-limited."""
    angle, idle = state.angle, state.idle
    step = phase_step(0.5 * np.abs(freq[0]), env.dt)
    for i in range(n):
        if freq.moving:
            step = phase_step(0.5 * np.abs(freq[i]), env.dt)
        y[i] = to_float(1 - idle)
        angle = angle + step
        idle = 1 - shift_right(angle, 31)
        angle = angle & 0x7FFFFFFF
    state.angle, state.idle = angle, idle
