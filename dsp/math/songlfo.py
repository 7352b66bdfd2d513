"""The slow wave of Strudel's modulated effects: five shapes, whose phase follows the song."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import fmax, fmin, inline
from dsp.math.trig import sin_cycles

TRIANGLE, SINE, RAMP, SAW, SQUARE = range(5)


@inline
def song_wave(shape: Any, cycles: Any, skew: Any) -> Any:
    """A wave of 0..1 at a place in cycles.

    ``shape``: 0 triangle (its peak at ``skew``), 1 sine, 2 ramp, 3 saw, 4 square (1 below ``skew``).
    """
    p = cycles - np.floor(cycles)
    bent = fmin(fmax(skew, 0.0), 1.0)
    up = p / fmax(bent, 1e-6)
    down = (1.0 - p) / fmax(1.0 - bent, 1e-6)
    triangle = np.where(p < bent, up, np.where(bent >= 1.0, 1.0, down))
    sine = 0.5 + 0.5 * sin_cycles(p)
    late = np.where(shape < 2.5, p, np.where(shape < 3.5, 1.0 - p, np.where(p < bent, 1.0, 0.0)))
    return np.where(shape < 0.5, triangle, np.where(shape < 1.5, sine, late))
