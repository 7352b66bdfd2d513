"""Sines: a plain oscillator, and the operator of frequency modulation."""

from __future__ import annotations

from typing import Any

from dsp.kind import Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin
from dsp.math.phase import from_phase, phase_step, to_phase
from dsp.math.trig import sin_cycles, sin_phase

_RADIAN = 0.15915494309189535  # in cycles


@kind(
    ints=("angle",),
    reference="32-bit phase accumulator; polynomial of dsp.math.trig",
    freq=Param(440.0, 0.0, 24000.0, Unit.HZ, doc="Frequency; modulation may make it negative."),
    phase=Param(0.0, -1024.0, 1024.0, Unit.CYCLES, doc="Offset of the phase; changing it is phase modulation."),
)
def sine(freq: Any, phase: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A sine that starts at 0, rising."""
    angle = state.angle
    step = phase_step(freq[0], env.dt)
    offset = to_phase(phase[0])
    for i in range(n):
        if freq.moving:
            step = phase_step(freq[i], env.dt)
        if phase.moving:
            offset = to_phase(phase[i])
        y[i] = sin_phase(angle + offset)
        angle = angle + step
    state.angle = angle


@kind(
    ins=("modulation",),
    tags=("chaotic",),
    state=("last", "before"),
    ints=("angle",),
    reference="Chowning, 'The synthesis of complex audio spectra by means of frequency modulation' (JAES 21, 1973); "
    "feedback of the mean of the last two samples: Tomisawa, US patent 4249447 (1981)",
    freq=Param(440.0, 0.0, 24000.0, Unit.HZ, doc="Frequency."),
    feedback=Param(0.0, -16.0, 16.0, doc="How strongly its own output modulates its phase, in radians."),
    level=Param(
        1.0, -100.0, 100.0, Unit.GAIN, doc="Amplitude of the output; the index if it modulates another operator."
    ),
)
def operator(modulation: Any, freq: Any, feedback: Any, level: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A sine whose phase is modulated by the input, in radians, and by itself."""
    angle, last, before = state.angle, state.last, state.before
    step = phase_step(freq[0], env.dt)
    looped = feedback.moving or any_lane(feedback[0] != 0.0)  # without feedback the rows do not depend on each other
    for i in range(n):
        if freq.moving:
            step = phase_step(freq[i], env.dt)
        bent = modulation[i]
        if looped:
            bent = bent + fmin(fmax(feedback[i], -16.0), 16.0) * 0.5 * (last + before)
        before = last
        last = fmin(fmax(level[i], -100.0), 100.0) * sin_cycles(from_phase(angle) + bent * _RADIAN)
        y[i] = last
        angle = angle + step
    state.angle, state.last, state.before = angle, last, before
