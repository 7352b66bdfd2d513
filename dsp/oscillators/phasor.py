"""A phase as a signal."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.math.phase import from_phase_up, phase_step, to_phase


@kind(
    ints=("angle", "was_on"),
    reference="32-bit phase accumulator; SuperCollider's Phasor",
    freq=Param(1.0, -24000.0, 24000.0, Unit.HZ, doc="Ramps per second; below 0 they fall."),
    phase=Param(0.0, -1024.0, 1024.0, Unit.CYCLES, doc="Offset: the ramp begins here, and a reset returns to it."),
    reset=Param(
        0.0,
        0.0,
        1.0,
        Unit.BOOL,
        curve=Curve.STEP,
        smoothing=0.0,
        doc="When this rises above 0.5 the ramp starts again.",
    ),
)
def phasor(freq: Any, phase: Any, reset: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A repeated ramp, 0..1, for reading tables and shaping; not band-limited."""
    angle, was_on = state.angle, state.was_on
    step, offset = phase_step(freq[0], env.dt), to_phase(phase[0])
    for i in range(n):
        if freq.moving:
            step = phase_step(freq[i], env.dt)
        if phase.moving:
            offset = to_phase(phase[i])
        on = reset[i] > 0.5
        angle = np.where(on & (was_on == 0), 0, angle)
        was_on = np.where(on, 1, 0)
        y[i] = from_phase_up(angle + offset)
        angle = angle + step
    state.angle, state.was_on = angle, was_on
