"""A rotary speaker: a horn and a drum that turn."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, wrap_int
from dsp.math.delayline import read_cubic, sane
from dsp.math.exponential import exp
from dsp.math.phase import phase_step
from dsp.math.statevariable import advance, coefficients
from dsp.math.trig import cos_cycles, cos_phase, sin_cycles, sin_phase, warp

_LN_1000 = 6.907755
_PER_METRE = 1.0 / 343.0  # seconds
_CROSSOVER = 800.0  # Hz
_SLOWER = 0.8  # speed of the drum, relative to the horn
_LONGEST = 0.032  # seconds, delay of the horn


@inline
def _turn(phase: Any, speed: Any, want: Any, seconds: Any, fresh: Any, dt: Any) -> Any:
    """(phase, speed) one frame later; in the given time the speed comes within 1/1000 of the wanted one."""
    speed = np.where(fresh, want, want + exp(-_LN_1000 * dt / seconds) * (speed - want))
    return wrap_int(phase + phase_step(speed, dt)), speed


@inline
def _split(u: Any, z1: Any, z2: Any, h: Any, gk: Any, p: Any, q: Any, r: Any) -> Any:
    """(the sound above the crossover, the states of its filter)."""
    high = h * (u - gk * z1 - z2)
    z1, z2 = advance(u, z1, z2, p, q, r)
    return high, z1, z2


@inline
def _sides(turn: Any, width: Any) -> Any:
    """Gains of left and right for a source at ``turn`` (in cycles, 0.125 is the middle); with width 0 both are equal."""
    a, b = cos_cycles(turn), sin_cycles(turn)
    across = width * (a - b)
    return a + b + across, a + b - across


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    state=("l1", "l2", "r1", "r2", "horn_speed", "horn_side_speed", "drum_speed", "drum_side_speed"),
    ints=("horn", "horn_side", "drum", "drum_side", "started"),
    memory=0.08,
    reference="SuperDirt's leslie (docs/dirt.md, Orbits)",
    amount=Param(0.5, 0.0, 1.0, doc="0: the input alone; 1: the speaker alone.", smoothing=0.02),
    rate=Param(6.7, 0.0, 20.0, Unit.HZ, doc="Turns per second of the horn, reached after seconds; the drum: 0.8 of it."),
    size=Param(0.3, 0.0, 10.0, doc="Path of the horn in metres: depth of its Doppler effect and of all level changes.", smoothing=0.1),
    width=Param(1.0, 0.0, 1.0, doc="How far horn and drum move between left and right; 0 (as in SuperDirt): not at all."),
)  # fmt: skip
def leslie(
    left: Any, right: Any, amount: Any, rate: Any, size: Any, width: Any, left_out: Any, right_out: Any,
    state: Any, memory: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """A Leslie speaker: a drum below 800 Hz, and above it a horn that comes nearer and moves away."""
    l1, l2, r1, r2 = state.l1, state.l2, state.r1, state.r2
    horn, horn_side, drum, drum_side = state.horn, state.horn_side, state.drum, state.drum_side
    horn_speed, horn_side_speed = state.horn_speed, state.horn_side_speed
    drum_speed, drum_side_speed = state.drum_speed, state.drum_side_speed
    started = state.started
    g = warp(_CROSSOVER, env.dt)
    h, p, q, r = coefficients(g, 1.4142135)
    gk = g + 1.4142135
    stretch = int(_LONGEST * env.rate) + 4
    for i in range(n):
        want, fresh = fmin(fmax(rate[i], 0.0), 20.0), started == 0
        started = started | 1
        near = fmin(fmax(size[i], 0.0), 10.0)
        a = fmin(fmax(amount[i], 0.0), 1.0)
        way = near * (0.5 + 0.5 * sin_phase(horn))
        u, v = sane(left[i]), sane(right[i])
        left_high, l1, l2 = _split(u, l1, l2, h, gk, p, q, r)
        right_high, r1, r2 = _split(v, r1, r2, h, gk, p, q, r)
        level = a * (1.0 - 1.3 * near * (0.5 + 0.5 * sin_phase(drum)))
        wide = fmin(fmax(width[i], 0.0), 1.0)
        to_left, to_right = _sides(0.125 + 0.025 * cos_phase(drum_side), wide)
        low_left = (u - left_high) * level * to_left
        low_right = (v - right_high) * level * to_right
        memory.write(i, left_high, stretch)
        memory.write(i, right_high, 2 * stretch)
        frames = fmin(fmax(way * _PER_METRE, env.dt), _LONGEST) * env.rate
        level = a * (1.0 - way)
        to_left, to_right = _sides(0.125 + 0.05 * cos_phase(horn_side), wide)
        high_left = read_cubic(memory, i, frames, stretch) * level * to_left
        high_right = read_cubic(memory, i, frames, 2 * stretch) * level * to_right
        left_out[i] = u + 1.2 * (low_left + high_left) - a * u
        right_out[i] = v + 1.2 * (low_right + high_right) - a * v
        horn, horn_speed = _turn(horn, horn_speed, want, 10.0, fresh, env.dt)
        horn_side, horn_side_speed = _turn(horn_side, horn_side_speed, want, 2.0, fresh, env.dt)
        drum, drum_speed = _turn(drum, drum_speed, _SLOWER * want, 20.0, fresh, env.dt)
        drum_side, drum_side_speed = _turn(drum_side, drum_side_speed, _SLOWER * want, 4.0, fresh, env.dt)
    state.l1, state.l2, state.r1, state.r2 = l1, l2, r1, r2
    state.horn, state.horn_side, state.drum, state.drum_side = horn, horn_side, drum, drum_side
    state.horn_speed, state.horn_side_speed = horn_speed, horn_side_speed
    state.drum_speed, state.drum_side_speed = drum_speed, drum_side_speed
    state.started = started
