"""Strudel's noises."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, kind
from dsp.lanes import times
from dsp.math.noise import hash32, uniform


@kind(
    seeded=True,
    state=("a", "b", "c", "d", "e", "f", "g"),
    reference="Paul Kellet, refined pink filter (musicdsp.org 76, public domain), times 0.11",
)
def pink_kellet(y: Any, state: Any, seed: Any, n: Any, env: Any) -> None:
    """Noise falling by 3 dB per octave, about 10 dB softer than white noise."""
    a, b, c, d, e, f, g = state.a, state.b, state.c, state.d, state.e, state.f, state.g
    first = hash32(seed) + env.age
    for i in range(n):
        w = uniform(first + i)
        a = 0.99886 * a + times(w, 0.0555179)
        b = 0.99332 * b + times(w, 0.0750759)
        c = 0.96900 * c + times(w, 0.1538520)
        d = 0.86650 * d + times(w, 0.3104856)
        e = 0.55000 * e + times(w, 0.5329522)
        f = -0.7616 * f - times(w, 0.0168980)
        total = a + b + c + d + e + f + g
        y[i] = 0.11 * (total + w * 0.5362)
        g = w * 0.115926
    state.a, state.b, state.c, state.d, state.e, state.f, state.g = a, b, c, d, e, f, g


@kind(seeded=True, state=("level",), reference="leaky sum of white noise: y = (y + 0.02 w) / 1.02")
def brown_leaky(y: Any, state: Any, seed: Any, n: Any, env: Any) -> None:
    """Noise falling by 6 dB per octave, about 21 dB softer than white noise."""
    level = state.level
    first = hash32(seed) + env.age
    for i in range(n):
        level = (level + 0.02 * uniform(first + i)) * (1.0 / 1.02)
        y[i] = level
    state.level = level


@kind(
    seeded=True,
    reference="each sample is, with a small chance, a random value",
    chance=Param(0.0002, 0.0, 1.0, smoothing=0.0, doc="Chance of a sample to be a click."),
)
def clicks(chance: Any, y: Any, seed: Any, n: Any, env: Any) -> None:
    """Single samples of random height, -1..1, at random times; silence between them."""
    first = hash32(seed) + env.age
    other = hash32(seed + 1) + env.age
    for i in range(n):
        lucky = 0.5 + 0.5 * uniform(first + i) < chance[i]
        y[i] = np.where(lucky, uniform(other + i), 0.0)
