"""Effects made of a short delay that swings: chorus, flanger, SuperDirt's phaser, vibrato."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, wrap_int
from dsp.math.delayline import read_cubic, read_linear, sane
from dsp.math.exponential import exp2
from dsp.math.phase import HALF, from_phase, phase_step, to_phase
from dsp.math.trig import cos_phase, sin_phase

_LONGEST = 0.079  # seconds
_DELAYS = "J. Dattorro, 'Effect design, part 2: delay-line modulation and chorus' (JAES 45, 1997)"


@inline
def _frames(seconds: Any, least: Any, rate: Any) -> Any:
    return fmin(fmax(seconds * rate, least), _LONGEST * rate)


@kind(
    ins=("x",),
    outs=("left", "right"),
    ints=("phase",),
    memory=0.08,
    reference=_DELAYS,
    rate=Param(0.6, 0.0, 20.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Frequency of the swing."),
    depth=Param(0.003, 0.0, 0.03, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.02, doc="How far the delays swing both ways."),
    delay=Param(0.015, 0.001, 0.04, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.02, doc="Their mean."),
    mix=Param(0.5, 0.0, 1.0, doc="0: the input alone; 1: the voices alone."),
)  # fmt: skip
def chorus(
    x: Any,
    rate: Any,
    depth: Any,
    delay: Any,
    mix: Any,
    left: Any,
    right: Any,
    state: Any,
    memory: Any,
    n: Any,
    env: Any,
) -> None:
    """A chorus of four voices whose swings are a quarter of a cycle apart: two on the left, two on the right."""
    angle = state.phase
    for i in range(n):
        u = x[i]
        memory.write(i, sane(u))
        mean = fmin(fmax(delay[i], 0.001), 0.04)
        far = fmin(fmax(depth[i], 0.0), 0.03)
        across, along = far * sin_phase(angle), far * cos_phase(angle)
        a = read_cubic(memory, i, _frames(mean + across, 1.0, env.rate), 0)
        b = read_cubic(memory, i, _frames(mean - across, 1.0, env.rate), 0)
        c = read_cubic(memory, i, _frames(mean + along, 1.0, env.rate), 0)
        d = read_cubic(memory, i, _frames(mean - along, 1.0, env.rate), 0)
        wet = fmin(fmax(mix[i], 0.0), 1.0)
        left[i] = u + wet * (0.70710678 * (a + b) - u)
        right[i] = u + wet * (0.70710678 * (c + d) - u)
        angle = wrap_int(angle + phase_step(rate[i], env.dt))
    state.phase = angle


@inline
def _parabola(phase: Any) -> Any:
    """A wave of parabolas, close to a cosine: 1 at phase 0, -1 half a cycle later."""
    a = 4.0 * np.abs(from_phase(phase))
    far = 2.0 - a
    return np.where(a < 1.0, 1.0 - a * a, far * far - 1.0)


@kind(
    ins=("x",),
    ints=("phase",),
    memory=0.08,
    reference=_DELAYS + "; with feedback 0 SuperDirt's phaser (docs/dirt.md, Effects: delay 0.0088, sweep 0.0012)",
    rate=Param(0.3, 0.0, 20.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Frequency of the sweep."),
    delay=Param(0.0005, 0.0, 0.03, Unit.SECONDS, smoothing=0.02, doc="Shortest delay."),
    sweep=Param(0.004, 0.0, 0.03, Unit.SECONDS, smoothing=0.02, doc="Difference between the longest and the shortest delay."),
    feedback=Param(0.0, -1.0, 1.0, doc="Share of the delayed sound that is delayed again; kept within -0.98..0.98."),
    level=Param(0.7, -1.0, 1.0, Unit.GAIN, doc="Level of the delayed sound that is added to the input; negative subtracts it."),
    phase=Param(0.0, -1.0, 1.0, Unit.CYCLES, smoothing=0.0, doc="Where in its cycle the sweep starts: 0 is the longest delay."),
)  # fmt: skip
def flanger(
    x: Any, rate: Any, delay: Any, sweep: Any, feedback: Any, level: Any, phase: Any, y: Any, state: Any, memory: Any,
    n: Any, env: Any,
) -> None:  # fmt: skip
    """A flanger: the input plus a copy whose short delay sweeps."""
    angle = state.phase
    for i in range(n):
        swing = 0.5 + 0.5 * _parabola(wrap_int(angle + to_phase(phase[i])))
        seconds = fmin(fmax(delay[i], 0.0), 0.03) + fmin(fmax(sweep[i], 0.0), 0.03) * swing
        late = read_linear(memory, i, _frames(seconds, 1.0, env.rate), 0)
        u = x[i]
        memory.write(i, fmin(fmax(sane(u) + fmin(fmax(feedback[i], -0.98), 0.98) * late, -64.0), 64.0))
        y[i] = u + fmin(fmax(level[i], -1.0), 1.0) * late
        angle = wrap_int(angle + phase_step(rate[i], env.dt))
    state.phase = angle


_NEAREST, _FARTHEST = 0.0088, 0.01  # seconds, delays of SuperDirt's phaser


@kind(
    ins=("x",),
    ints=("phase",),
    memory=_FARTHEST,
    reference="SuperDirt phaser (docs/dirt.md, Effects): a delay of 8.8 to 10 ms, moved by a wave of parabolas",
    rate=Param(0.3, 0.0, 1000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Frequency of the sweep."),
    depth=Param(1.0, 0.0, 1.0, Unit.GAIN, doc="Level of the delayed sound that is added to the input."),
)
def dirt_phaser(x: Any, rate: Any, depth: Any, y: Any, state: Any, memory: Any, n: Any, env: Any) -> None:
    """SuperDirt's phaser: a moving comb with teeth about 106 Hz apart; it starts at its longest delay."""
    angle = state.phase
    middle, swing = 0.5 * (_FARTHEST + _NEAREST) * env.rate, 0.5 * (_FARTHEST - _NEAREST) * env.rate
    for i in range(n):
        u = x[i]
        memory.write(i, sane(u))
        late = read_linear(memory, i, middle + swing * _parabola(angle), 0)
        y[i] = u + fmin(fmax(depth[i], 0.0), 1.0) * late
        angle = wrap_int(angle + phase_step(rate[i], env.dt))
    state.phase = angle


@inline
def _swing(rate: Any, depth: Any) -> Any:
    """How far (in seconds) a delay must swing in both directions for a vibrato of this depth."""
    ratio = exp2(fmin(fmax(depth, 0.0), 2.0) * (1.0 / 12.0)) - 1.0
    return fmin(ratio * 0.15915494 / fmax(rate, 0.1), 0.039)


@kind(
    ins=("x",),
    ints=("phase",),
    memory=0.08,
    reference=_DELAYS,
    rate=Param(5.0, 0.1, 20.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.02, doc="Speed."),
    depth=Param(
        0.3, 0.0, 2.0, Unit.SEMITONES, smoothing=0.02,
        doc="How far the pitch rises; it falls by nearly as much. Below 0.5 Hz the delay line is too short for two semitones.",
    ),
)  # fmt: skip
def vibrato(x: Any, rate: Any, depth: Any, y: Any, state: Any, memory: Any, n: Any, env: Any) -> None:
    """Vibrato by a delay that swings. The delay starts at one frame; the pitch starts unchanged and falls first."""
    angle = state.phase
    moving = rate.moving or depth.moving
    far = _swing(rate[0], depth[0])
    for i in range(n):
        if moving:
            far = _swing(rate[i], depth[i])
        memory.write(i, sane(x[i]))
        seconds = far + far * cos_phase(wrap_int(angle + HALF))
        y[i] = read_cubic(memory, i, _frames(seconds, 0.0, env.rate) + 1.0, 0)
        angle = wrap_int(angle + phase_step(fmin(fmax(rate[i], 0.1), 20.0), env.dt))
    state.phase = angle
