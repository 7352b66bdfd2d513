"""Exponential approach: the one-pole that envelope followers and glides share."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import fmax, fmin, inline
from dsp.math.exponential import exp


@inline
def share_of(seconds: Any, dt: Any) -> Any:
    """Share of a distance that is covered in a frame if 1/e of it is left after ``seconds``: 1 - e^(-dt / seconds).

    Relative error below 1e-6, for long times too; nearly 1 for no time (it counts as 1e-6 s), at most 10,000 s.
    """
    a = dt / fmin(fmax(seconds, 1e-6), 1e4)
    return np.where(a < 0.05, a * (1.0 - a * (0.5 - a * (0.16666667 - a * 0.041666668))), 1.0 - exp(-a))


@inline
def follow(level: Any, x: Any, share_up: Any, share_down: Any) -> Any:
    """``level`` one frame nearer to x, by one share of the way if it is up, by another if it is down."""
    return level + np.where(x > level, share_up, share_down) * (x - level)
