"""Noises whose level falls with frequency: filtered white noise, and a random walk."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import kind
from dsp.math.noise import hash32, uniform


@kind(
    seeded=True,
    state=("slow", "middle", "fast"),
    reference="Paul Kellet, economy pink filter (musicdsp.org 76, public domain)",
)
def pink(y: Any, state: Any, seed: Any, n: Any, env: Any) -> None:
    """Noise falling by 3 dB per octave (within 1 dB from 40 Hz to 16 kHz at 48 kHz), peaks near 1."""
    slow, middle, fast = state.slow, state.middle, state.fast
    first = hash32(seed) + env.age
    for i in range(n):
        x = 0.13 * uniform(first + i)
        slow = 0.99765 * slow + 0.0990460 * x
        middle = 0.96300 * middle + 0.2965164 * x
        fast = 0.57000 * fast + 1.0526913 * x
        y[i] = slow + middle + fast + 0.1848 * x
    state.slow, state.middle, state.fast = slow, middle, fast


@kind(seeded=True, state=("level",), reference="random walk reflected at its limits, as SuperCollider's BrownNoise")
def brown(y: Any, state: Any, seed: Any, n: Any, env: Any) -> None:
    """Noise falling by 6 dB per octave: a random walk in steps of up to 1/8 that is reflected at -1 and 1."""
    level = state.level
    first = hash32(seed) + env.age
    for i in range(n):
        level = level + 0.125 * uniform(first + i)
        level = np.where(level > 1.0, 2.0 - level, np.where(level < -1.0, -2.0 - level, level))
        y[i] = level
    state.level = level
