"""Frequency and phase modulation with sines."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin
from dsp.math.interpolate import any_number
from dsp.math.phase import from_phase, phase_step
from dsp.math.trig import cos_cycles, sin_cycles, sin_phase

_CHOWNING = "Chowning, 'The synthesis of complex audio spectra by means of frequency modulation' (JAES 21, 1973)"
_RADIAN = 0.15915494309189535  # in cycles
_FREQ = Param(440.0, 0.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Frequency of the carrier.")


@kind(
    ints=("carrier", "modulator"),
    reference=_CHOWNING,
    freq=_FREQ,
    ratio=Param(1.0, 0.0, 256.0, Unit.RATIO, doc="Frequency of the modulator as a multiple of the carrier's."),
    detune=Param(
        0.0,
        -24000.0,
        24000.0,
        Unit.HZ,
        doc="Added to the modulator's frequency; with ratio 0 it is the whole frequency.",
    ),
    index=Param(
        1.0,
        0.0,
        100.0,
        doc="Peak deviation divided by the modulator's frequency; there are about index + 1 sidebands on each side.",
    ),
)
def fm(freq: Any, ratio: Any, detune: Any, index: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A sine whose frequency another sine modulates; the deviation may be larger than the frequency (through zero)."""
    carrier, modulator = state.carrier, state.modulator
    gliding = freq.moving or ratio.moving or detune.moving
    step = phase_step(freq[0], env.dt)
    step_modulator = phase_step(freq[0] * ratio[0] + detune[0], env.dt)
    for i in range(n):
        if gliding:
            step = phase_step(freq[i], env.dt)
            step_modulator = phase_step(freq[i] * ratio[i] + detune[i], env.dt)
        depth = fmin(fmax(index[i], 0.0), 100.0) * _RADIAN
        y[i] = sin_cycles(from_phase(carrier) + depth * sin_phase(modulator))
        carrier, modulator = carrier + step, modulator + step_modulator
    state.carrier, state.modulator = carrier, modulator


@kind(
    ins=("modulation",),
    ints=("angle",),
    reference=_CHOWNING,
    freq=_FREQ,
    index=Param(1.0, -100.0, 100.0, doc="Phase in radians for a modulation of 1."),
)
def pm(modulation: Any, freq: Any, index: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A sine whose phase is modulated by any signal."""
    angle = state.angle
    step = phase_step(freq[0], env.dt)
    for i in range(n):
        if freq.moving:
            step = phase_step(freq[i], env.dt)
        depth = fmin(fmax(index[i], -100.0), 100.0) * _RADIAN
        y[i] = sin_cycles(from_phase(angle) + depth * any_number(modulation[i]))
        angle = angle + step
    state.angle = angle


@kind(
    ins=("x", "modulator"),
    reference="y = x cos(2 pi depth m): a ring modulator whose sidebands are Bessel functions of the depth",
    depth=Param(1.0, 0.0, 100.0, Unit.CYCLES, doc="Cycles of the cosine at a modulator of 1; 0 changes nothing."),
)
def fmcrossmod(x: Any, modulator: Any, depth: Any, y: Any, n: Any, env: Any) -> None:
    """Multiplies a signal by the cosine of another, which adds sidebands around it, as frequency modulation does."""
    for i in range(n):
        y[i] = x[i] * cos_cycles(fmin(fmax(depth[i], 0.0), 100.0) * any_number(modulator[i]))
