"""Exponential smoothing: the one-pole that envelope followers and glides share."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import fmax, fmin, inline
from dsp.math.exponential import exp


@inline
def share_of(seconds: Any, dt: Any) -> Any:
    """Share of a distance that is covered per frame if 1/e is left after ``seconds``: 1 - e^(-dt / seconds).

    Relative error below 1e-6, for long times too; a time of 0 counts as 1e-6 s and gives nearly 1; times are at most 10,000 s.
    """
    a = dt / fmin(fmax(seconds, 1e-6), 1e4)
    return np.where(a < 0.05, a * (1.0 - a * (0.5 - a * (0.16666667 - a * 0.041666668))), 1.0 - exp(-a))


@inline
def follow(level: Any, x: Any, share_up: Any, share_down: Any) -> Any:
    """``level`` moved one frame towards x, with one share of the distance upwards and another downwards."""
    return level + np.where(x > level, share_up, share_down) * (x - level)
