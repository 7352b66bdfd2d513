"""Noises of simple machines: a chaotic map, and bits that flip. Integer arithmetic gives the same bits on every machine."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, kind
from dsp.lanes import fmax, fmin, to_float, to_int
from dsp.math.noise import hash32, uniform

_ONE = 1 << 24
_STEP = 838861  # 0.05
_MOST = 1 << 28


@kind(
    seeded=True,
    ints=("last", "before", "started"),
    reference="y = |p y1 - y2 - 0.05|, SuperCollider's Crackle; in fixed point, so that rounding has no influence",
    chaos=Param(1.5, 1.0, 2.0, doc="p: 1 is nearly periodic, 2 is loud and dense."),
)
def crackle(chaos: Any, y: Any, state: Any, seed: Any, n: Any, env: Any) -> None:
    """Crackles and pops of a chaotic map, 0 and above. Its mean is not 0; ``leak_dc`` removes it."""
    last, before = state.last, state.before
    last = np.where(state.started == 0, to_int(np.abs(uniform(seed)) * 16777216.0), last)
    for i in range(n):
        p = fmin(fmax(chaos[i], 1.0), 2.0)
        new = to_int(p * to_float(last)) - before - _STEP
        before = last
        last = fmin(np.where(new < 0, -new, new), _MOST)
        y[i] = to_float(last) * (1.0 / _ONE)
    state.last, state.before, state.started = last, before, 1


@kind(
    seeded=True,
    ints=("word",),
    reference="one random bit of 32 flips per sample, as SuperCollider's GrayNoise",
)
def gray(y: Any, state: Any, seed: Any, n: Any, env: Any) -> None:
    """Noise from a number in which one random bit flips per sample: mostly low frequencies, with jumps of every size."""
    word = state.word
    first = hash32(seed) + env.age
    for i in range(n):
        word = word ^ (1 << (hash32(first + i) & 31))
        y[i] = to_float(word) * (2.0**-31)
    state.word = word
