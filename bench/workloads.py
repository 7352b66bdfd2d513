"""What every engine is given to play: the parameters of each voice of a workload, and how loud the result is.

The three numbers of a voice come from low-discrepancy sequences, so that engines in different languages play the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

RATE = 48000  # Hz
GOLDEN = (0.6180339887498949, 0.7548776662466927, 0.5698402909980532)
SETTLED = 0.5  # seconds after which levels are compared

Controls = dict[str, float]


def sequence(i: int) -> tuple[float, float, float]:
    """The three low-discrepancy numbers of voice ``i``, each from 0 to 1."""
    u, v, w = (((i + 1) * g) % 1.0 for g in GOLDEN)
    return u, v, w


def sines(i: int, n: int) -> Controls:
    """W1, voice ``i`` of ``n``: freq in Hz, pan from -1 to 1, amplitude."""
    u, v, _ = sequence(i)
    return {"freq": 55.0 * 2 ** (5 * u), "pan": 2 * v - 1, "amp": 0.5 / math.sqrt(n)}


def acid(i: int, n: int) -> Controls:
    """W2, voice ``i`` of ``n``: freq, cutoff and lfo in Hz, pan from -1 to 1, amplitude."""
    u, v, w = sequence(i)
    return {
        "freq": 55.0 * 2 ** (4 * u),
        "cutoff": 400.0 * 2 ** (2.5 * w),
        "lfo": 0.1 + 0.9 * v,
        "pan": 2 * v - 1,
        "amp": 0.5 / math.sqrt(n),
    }


PARAMETERS: dict[str, Callable[[int, int], Controls]] = {"W1": sines, "W2": acid}


def voices(workload: str, n: int) -> list[Controls]:
    """The controls of all ``n`` voices of a workload."""
    return [PARAMETERS[workload](i, n) for i in range(n)]


def levels(sound: np.ndarray) -> tuple[float, float]:
    """RMS left and right of a (frames, 2) sound at ``RATE``.

    The first half second (the first half of what is shorter) does not count: all sines of W1 start at phase 0 and reach
    three times full scale, which our master guard turns down and scsynth writes as it is; and the decay is over.
    """
    begin = min(round(SETTLED * RATE), len(sound) // 2)
    left, right = np.sqrt(np.mean(sound[begin:].astype(np.float64) ** 2, axis=0))
    return float(left), float(right)
