"""Noises without memory: each sample, or each step, is the hash of its number (see dsp.math.noise)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import fmax, fmin, shift_right, to_float
from dsp.math.interpolate import linear
from dsp.math.noise import hash32, uniform
from dsp.math.phase import phase_step

_FREQ = Param(500.0, 0.0, 24000.0, Unit.HZ, doc="New values per second.")
_REFERENCE = "counter-based generator, hash: Wellons, 'Prospecting for Hash Functions' (2018)"


@kind(seeded=True, reference=_REFERENCE)
def white(y: Any, seed: Any, n: Any, env: Any) -> None:
    """White noise, evenly spread in -1..1."""
    first = hash32(seed) + env.age
    for i in range(n):
        y[i] = uniform(first + i)


@kind(
    seeded=True,
    reference=_REFERENCE,
    density=Param(10.0, 0.0, 48000.0, Unit.HZ, doc="Impulses per second, on average."),
)
def dust(density: Any, y: Any, seed: Any, n: Any, env: Any) -> None:
    """Single-sample impulses of random height, 0..1, at random times."""
    first = hash32(seed) + env.age
    for i in range(n):
        rare = fmin(fmax(density[i] * env.dt, 0.0), 1.0)
        # it is below `rare` as often as wanted, and then evenly spread over 0..`rare`
        u = 0.5 + 0.5 * uniform(first + i)
        y[i] = np.where(u < rare, u / fmax(rare, 1e-12), 0.0)


@kind(ints=("angle", "count"), seeded=True, reference=_REFERENCE, freq=_FREQ)
def random_steps(freq: Any, y: Any, state: Any, seed: Any, n: Any, env: Any) -> None:
    """Random values in -1..1; a new one every 1 / freq seconds, held in between."""
    angle, count = state.angle, state.count
    base = hash32(seed)
    step = phase_step(0.5 * np.abs(freq[0]), env.dt)
    for i in range(n):
        if freq.moving:
            step = phase_step(0.5 * np.abs(freq[i]), env.dt)
        y[i] = uniform(base + count)
        angle = angle + step  # 31 bits of phase: the top bit is the carry
        count = count + shift_right(angle, 31)
        angle = angle & 0x7FFFFFFF
    state.angle, state.count = angle, count


@kind(ints=("angle", "count"), seeded=True, reference=_REFERENCE, freq=_FREQ)
def random_lines(freq: Any, y: Any, state: Any, seed: Any, n: Any, env: Any) -> None:
    """Straight lines between random values in -1..1, each 1 / freq seconds long."""
    angle, count = state.angle, state.count
    base = hash32(seed)
    step = phase_step(0.5 * np.abs(freq[0]), env.dt)
    for i in range(n):
        if freq.moving:
            step = phase_step(0.5 * np.abs(freq[i]), env.dt)
        y[i] = linear(uniform(base + count), uniform(base + count + 1), to_float(angle) * (2.0**-31))
        angle = angle + step
        count = count + shift_right(angle, 31)
        angle = angle & 0x7FFFFFFF
    state.angle, state.count = angle, count
