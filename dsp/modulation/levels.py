"""Modulated levels: tremolo, ring modulation, automatic panning."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, to_float, wrap_int
from dsp.math.exponential import exp2, log2
from dsp.math.phase import phase_step, to_phase
from dsp.math.trig import cos_cycles, cos_phase, sin_cycles, sin_phase

_RATE = Param(5.0, 0.0, 1000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Speed.")
_PHASE = Param(0.0, -1.0, 1.0, Unit.CYCLES, doc="Where in its cycle the swing starts.")


@kind(
    ins=("x",),
    ints=("phase",),
    reference="SuperDirt's tremolo (docs/dirt.md, Effects): x (1 - d + d cos(2 pi rate t)), d = depth / 2",
    rate=_RATE,
    depth=Param(0.5, 0.0, 1.0, doc="How far the level falls: 1 falls to silence."),
    phase=_PHASE,
)
def tremolo(x: Any, rate: Any, depth: Any, phase: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A level that swings between 1 and 1 - depth; it starts at 1."""
    angle = state.phase
    for i in range(n):
        d = 0.5 * fmin(fmax(depth[i], 0.0), 1.0)
        y[i] = x[i] * (1.0 - d + d * cos_phase(wrap_int(angle + to_phase(phase[i]))))
        angle = wrap_int(angle + phase_step(rate[i], env.dt))
    state.phase = angle


@inline
def _heard(freq: Any) -> Any:
    return fmin(fmax(freq, 20.0), 20000.0)


@inline
def _swept(freq: Any, sweep: Any, seconds: Any) -> Any:
    """The carrier's frequency at a time after the start; without a sweep it stays the same."""
    start = _heard(freq)
    octaves = log2(_heard(freq + sweep)) - log2(start)
    return np.where(sweep != 0.0, start * exp2(octaves * fmin(seconds, 1.0)), freq)


@kind(
    ins=("x",),
    ints=("phase",),
    reference="ring modulation: sum and difference of every partial and the carrier; with dry 1 SuperDirt's ring "
    "(docs/dirt.md, Effects), whose ringdf is sweep",
    freq=Param(440.0, 0.0, 20000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Frequency of the sine that multiplies."),
    amount=Param(1.0, 0.0, 1.0, Unit.GAIN, doc="Level of the product."),
    dry=Param(0.0, 0.0, 1.0, Unit.GAIN, doc="Level of the input that is added."),
    sweep=Param(
        0.0, -20000.0, 20000.0, Unit.HZ,
        doc="Change of the frequency in the first second, evenly in octaves; then it stays, within 20 to 20,000 Hz.",
    ),
)  # fmt: skip
def ring(x: Any, freq: Any, amount: Any, dry: Any, sweep: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """The input times a sine: x (dry + amount sin(2 pi freq t))."""
    angle = state.phase
    sweeping = sweep.moving or any_lane(sweep[0] != 0.0)
    for i in range(n):
        y[i] = x[i] * (fmin(fmax(dry[i], 0.0), 1.0) + fmin(fmax(amount[i], 0.0), 1.0) * sin_phase(angle))
        carrier = freq[i]
        if sweeping:
            carrier = _swept(carrier, sweep[i], to_float(env.age + i) * env.dt)
        angle = wrap_int(angle + phase_step(carrier, env.dt))
    state.phase = angle


@kind(
    ins=("x",),
    outs=("left", "right"),
    ints=("phase",),
    reference="equal-power panning law (SuperCollider's Pan2) moved by a sine",
    rate=Param(1.0, 0.0, 1000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Speed."),
    depth=Param(1.0, 0.0, 1.0, doc="How far it moves: 1 is from fully left to fully right."),
    phase=_PHASE,
)
def auto_pan(x: Any, rate: Any, depth: Any, phase: Any, left: Any, right: Any, state: Any, n: Any, env: Any) -> None:
    """Moves a sound between left and right at constant power, first to the right."""
    angle = state.phase
    for i in range(n):
        place = fmin(fmax(depth[i], 0.0), 1.0) * sin_phase(wrap_int(angle + to_phase(phase[i])))
        turn = 0.125 + 0.125 * place
        left[i] = x[i] * cos_cycles(turn)
        right[i] = x[i] * sin_cycles(turn)
        angle = wrap_int(angle + phase_step(rate[i], env.dt))
    state.phase = angle
